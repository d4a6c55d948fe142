"""Warning notices for machines of their addressees and of their issuer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.reference.regions import codes_of
from accounts.refusals import Absent
from audit import trail
from audit.verbs import Verb
from cen.actions.warn import about
from cen.api.paging import NAMES, PARAMETERS, cursor_of, limit_of, paged, place_of
from cen.models import WarningAcknowledgement, WarningNotice
from cen.queries.warnings import issued_here, visible_warnings

_TEXT = {"type": "string"}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_WARNING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reference": _TEXT,
        "issuer": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": ["administration", "liaison_office", "secretariat"]},
                "code": _TEXT,
            },
        },
        "issued_at": _MOMENT,
        "title": _TEXT,
        "tlp": _TEXT,
        "content": {"type": "object", "description": "Allow-listed fields; codes are those of the code lists."},
        "content_hash": {**_TEXT, "description": "SHA-256 of what its issuer saw, hexadecimal."},
        "follows": {"type": ["string", "null"], "description": "Reference of the notice this one follows."},
        "follow_kind": {"type": ["string", "null"], "enum": ["update", "withdrawal", None]},
        "superseded": {"type": "boolean", "description": "A later notice takes its place."},
        "acknowledge_by": _MOMENT,
        "answer_by": {**_MOMENT, "description": "By when feedback is asked for."},
        "acknowledged_at": {**_MOMENT, "description": "When the credential's own administration took note."},
        "addressees": {
            "type": ["array", "null"],
            "items": {
                "type": "object",
                "properties": {"administration": _TEXT, "acknowledged_at": _MOMENT},
            },
            "description": "Who was addressed and who took note: for the issuer only.",
        },
    },
}
_PAGE = {
    "type": "object",
    "properties": {
        "results": {"type": "array", "items": _WARNING},
        "next": {"type": ["string", "null"], "format": "uri"},
    },
}


def documents(actor: Actor, notices: list[Any]) -> list[dict[str, Any]]:
    """Notices as the actor may read them; a fixed number of queries for any number of them."""
    said: dict[Any, dict[int, Any]] = {}
    rows = policy_for(WarningAcknowledgement).visible_to(actor, Action.LIST).filter(warning__in=notices)
    for warning_id, administration_id, moment in rows.values_list("warning", "administration", "acknowledged_at"):
        said.setdefault(warning_id, {})[administration_id] = moment
    ours = policy_for(WarningNotice).visible_to(actor, Action.LIST).filter(issued_here(actor))
    issued = set(ours.filter(pk__in=[one.pk for one in notices]).values_list("pk", flat=True))
    keys = {key for one in notices if one.pk in issued for key in one.addressee_ids}
    codes = codes_of(keys)
    return [_document(one, said.get(one.pk, {}), codes if one.pk in issued else None, actor) for one in notices]


def _document(notice: Any, said: dict[int, Any], codes: dict[int, str] | None, actor: Actor) -> dict[str, Any]:
    office, administration = notice.liaison_office, notice.administration
    issuer = {"kind": "secretariat", "code": ""}
    if administration is not None:
        issuer = {"kind": "administration", "code": administration.code}
    elif office is not None:
        issuer = {"kind": "liaison_office", "code": office.code}
    addressees = None
    if codes is not None:
        addressees = sorted(
            ({"administration": codes[key], "acknowledged_at": said.get(key)} for key in notice.addressee_ids),
            key=lambda one: str(one["administration"]),
        )
    return {
        "reference": notice.reference,
        "issuer": issuer,
        "issued_at": notice.issued_at,
        "title": notice.title,
        "tlp": notice.tlp,
        "content": notice.body,
        "content_hash": bytes(notice.content_hash).hex(),
        "follows": notice.follows.reference if notice.follows_id else None,
        "follow_kind": notice.follow_kind or None,
        "superseded": notice.superseded,
        "acknowledge_by": notice.acknowledge_by,
        "answer_by": notice.answer_by,
        "acknowledged_at": said.get(actor.administration_id or 0),
        "addressees": addressees,
    }


class Warnings(DeclaredView):
    """Warnings issued to or by the credential's seat, newest first."""

    object = WarningNotice
    actions = {"GET": Action.LIST}
    parameters = NAMES

    @extend_schema(operation_id="warnings_list", parameters=PARAMETERS, responses={200: _PAGE})
    def get(self, request: Request) -> Response:
        given = request.query_params
        cursor, limit = given.get("cursor", ""), limit_of(given.get("limit"))
        rows = visible_warnings(self.actor).select_related("follows")
        if cursor:
            rows = rows.filter(pk__lt=place_of(cursor, UUID)[0])
        found = list(rows[: limit + 1])
        further = cursor_of(str(found[limit - 1].pk)) if len(found) > limit else None
        return paged(request, documents(self.actor, found[:limit]), further)


class Warning(DeclaredView):
    """One warning by its reference."""

    object = WarningNotice
    actions = {"GET": Action.READ}

    @extend_schema(operation_id="warnings_read", responses={200: _WARNING})
    def get(self, request: Request, reference: str) -> Response:
        notice = visible_warnings(self.actor).select_related("follows").filter(reference=reference).first()
        if notice is None:
            raise Absent
        trail.record(self.actor.who(), Verb.WARNING_READ, about(notice))
        return Response(documents(self.actor, [notice])[0])
