"""The seat's inbox for machines, in the network's one order."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.registry import policy_for
from accounts.refusals import Refusal
from alerts.models import Alert

PAGE, LARGEST_PAGE = 200, 500
LARGEST_NUMBER = 2**63 - 1
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_ALERT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "number": {"type": "integer", "description": "Its place in the network's order; gaps mean nothing."},
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
_ANSWER = {
    "type": "object",
    "properties": {
        "results": {"type": "array", "items": _ALERT},
        "after": {"type": "integer", "description": "Send this next time, now or later: nothing is missed."},
        "next": {"type": ["string", "null"], "description": "There is more already; also in the Link header."},
    },
}
_AFTER = "The number of the last alert that is known; 0 or nothing for all of them."
_TEXT = (
    "Ordered and complete: alerts become visible in the order of their numbers, so whoever always asks behind the last "
    "number misses none, however many publish at once. Ask when `/api/v1/alerts/stream` says `look`, and now and then "
    "without it."
)


class Inbox(DeclaredView):
    """Alerts of the desk in the order of their numbers, behind the number `after`."""

    object = Alert
    actions = {"GET": Action.LIST}
    parameters = ("after", "limit")

    @extend_schema(
        operation_id="alerts_list",
        description=_TEXT,
        parameters=[
            OpenApiParameter("after", int, description=_AFTER),
            OpenApiParameter("limit", int, description=f"At most {LARGEST_PAGE}; {PAGE} unless told."),
        ],
        responses={200: _ANSWER},
    )
    def get(self, request: Request) -> Response:
        after, limit = _number(request, "after", 0, 0, LARGEST_NUMBER), _number(request, "limit", PAGE, 1, LARGEST_PAGE)
        rows = policy_for(Alert).visible_to(self.actor, Action.LIST).filter(number__gt=after).order_by("number")
        found = list(rows[: limit + 1])
        page = found[:limit]
        reached = page[-1].number if page else after
        further = None
        if len(found) > limit:
            query = urlencode({**request.query_params.dict(), "after": reached})
            further = request.build_absolute_uri(f"{request.path}?{query}")
        response = Response({"results": [_document(one) for one in page], "after": reached, "next": further})
        if further:
            response["Link"] = f'<{further}>; rel="next"'
        return response


def _document(one: Alert) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
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


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    raw = request.query_params.get(name)
    if raw is None:
        return usual
    if not raw.isascii() or not raw.isdecimal() or not least <= int(raw[:20]) <= most:
        sentence = _("%(name)s is a whole number from %(least)s to %(most)s.")
        raise Refusal(sentence % {"name": name, "least": least, "most": most}, code="parameter_unreadable")
    return int(raw)
