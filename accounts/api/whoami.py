"""What this credential is and may do."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.registry import policy_for
from accounts.models import Administration, LiaisonOffice
from accounts.scopes import Scope

_ANSWER = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "seat": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": ["administration", "liaison_office", "secretariat"]},
                "code": {"type": "string"},
            },
        },
        "scopes": {"type": "array", "items": {"type": "string", "enum": list(Scope.values)}},
    },
}


class WhoAmI(DeclaredView):
    """Seat and scopes of the credential."""

    object = Administration
    actions = {"GET": Action.READ}

    @extend_schema(operation_id="whoami", responses={200: _ANSWER})
    def get(self, request: Request) -> Response:
        actor = self.actor
        seat = {"kind": "secretariat", "code": ""}
        if actor.administration_id:
            found = policy_for(Administration).visible_to(actor).get(pk=actor.administration_id)
            seat = {"kind": "administration", "code": found.code}
        elif actor.liaison_office_id:
            office = policy_for(LiaisonOffice).visible_to(actor).get(pk=actor.liaison_office_id)
            seat = {"kind": "liaison_office", "code": office.code}
        return Response({"name": actor.display_name, "seat": seat, "scopes": sorted(actor.scopes or ())})
