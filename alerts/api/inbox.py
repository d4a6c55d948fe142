"""The seat's inbox for machines."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.registry import policy_for
from accounts.refusals import Refusal
from alerts.models import Alert

PAGE = 200
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_ALERT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"type": "string", "examples": ["case.published"]},
        "headline": {"type": "object", "description": "What it is about: references and codes, never a name."},
        "reasons": {"type": "array", "items": {"type": "object"}, "description": "Why it came, each with its code."},
        "needs_me": {"type": "boolean"},
        "needs_acknowledgement": {"type": "boolean"},
        "acknowledge_by": _MOMENT,
        "acknowledged_at": _MOMENT,
        "made_at": _MOMENT,
        "read_at": _MOMENT,
    },
}
_ANSWER = {"type": "object", "properties": {"results": {"type": "array", "items": _ALERT}}}


class Inbox(DeclaredView):
    """Alerts of the desk, oldest first, behind the alert named by `after`."""

    object = Alert
    actions = {"GET": Action.LIST}
    parameters = ("after",)

    @extend_schema(operation_id="alerts_list", parameters=[OpenApiParameter("after", str)], responses={200: _ANSWER})
    def get(self, request: Request) -> Response:
        rows = policy_for(Alert).visible_to(self.actor, Action.LIST).order_by("pk")
        if after := request.query_params.get("after"):
            try:
                rows = rows.filter(pk__gt=UUID(after))
            except ValueError:
                raise Refusal("after is the id of an alert.", code="parameter_unreadable") from None
        return Response(
            {
                "results": [
                    {
                        "id": one.pk,
                        "kind": one.kind,
                        "headline": one.headline,
                        "reasons": one.reasons,
                        "needs_me": one.needs_me,
                        "needs_acknowledgement": one.needs_acknowledgement,
                        "acknowledge_by": one.acknowledge_by,
                        "acknowledged_at": one.acknowledged_at,
                        "made_at": one.made_at,
                        "read_at": one.read_at,
                    }
                    for one in rows[:PAGE]
                ]
            }
        )
