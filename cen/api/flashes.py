"""Flashes for machines of their addressees and of their issuer. A machine reads; acknowledging is a person's act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
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
from cen.actions.flash import about
from cen.api.paging import NAMES, PARAMETERS, cursor_of, limit_of, paged, place_of
from cen.models import Flash, FlashAddressee
from cen.queries.flashes import STANDINGS, board, standing_flashes, visible_flashes

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_FLASH: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reference": _TEXT,
        "edition": {**_COUNT, "description": "Later editions take the place of earlier ones; each has a list entry."},
        "drill": {"type": "boolean", "description": "An exercise: title and reference begin with DRILL too."},
        "issuer": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": ["administration", "liaison_office", "secretariat"]},
                "code": _TEXT,
            },
        },
        "issued_at": _MOMENT,
        "kind": {**_TEXT, "description": "Code of the list flash_kind."},
        "title": _TEXT,
        "tlp": _TEXT,
        "content": {"type": "object", "description": "Allow-listed fields; codes are those of the code lists."},
        "content_hash": {**_TEXT, "description": "SHA-256 of what its issuer saw, hexadecimal."},
        "follow_kind": {"type": ["string", "null"], "enum": ["update", "all_clear", None]},
        "superseded": {"type": "boolean", "description": "A later edition takes its place."},
        "acknowledge_by": _MOMENT,
        "acknowledged_at": {**_MOMENT, "description": "When a person of the credential's administration took note."},
    },
}
_PAGE = {
    "type": "object",
    "properties": {
        "results": {"type": "array", "items": _FLASH},
        "next": {"type": ["string", "null"], "format": "uri"},
    },
}
_BOARD = {
    "type": "object",
    "properties": {
        "reference": _TEXT,
        "edition": _COUNT,
        "drill": {"type": "boolean"},
        "counts": {"type": "object", "properties": dict.fromkeys(STANDINGS, _COUNT)},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": _TEXT,
                    "administration": _TEXT,
                    "standing": {"type": "string", "enum": list(STANDINGS)},
                    "seen_at": _MOMENT,
                    "acknowledged_at": _MOMENT,
                    "steps": {**_COUNT, "description": "How many contacts were turned to."},
                },
            },
        },
    },
}


class Flashes(DeclaredView):
    """Flashes issued to or by the credential's seat, newest edition first."""

    object = Flash
    actions = {"GET": Action.LIST}
    parameters = NAMES

    @extend_schema(operation_id="flashes_list", parameters=PARAMETERS, responses={200: _PAGE})
    def get(self, request: Request) -> Response:
        given = request.query_params
        cursor, limit = given.get("cursor", ""), limit_of(given.get("limit"))
        rows = visible_flashes(self.actor)
        if cursor:
            rows = rows.filter(pk__lt=place_of(cursor, UUID)[0])
        found = list(rows[: limit + 1])
        further = cursor_of(str(found[limit - 1].pk)) if len(found) > limit else None
        return paged(request, [_document(one) for one in found[:limit]], further)


class FlashRead(DeclaredView):
    """One flash by its reference: the edition that stands."""

    object = Flash
    actions = {"GET": Action.READ}

    @extend_schema(operation_id="flashes_read", responses={200: _FLASH})
    def get(self, request: Request, reference: str) -> Response:
        flash = _standing(self.actor, reference)
        trail.record(self.actor.who(), Verb.FLASH_READ, about(flash))
        return Response(_document(flash))


class FlashBoard(DeclaredView):
    """Where the edition that stands is acknowledged: everywhere for its issuer, else the credential's own line."""

    object = FlashAddressee
    actions = {"GET": Action.LIST}

    @extend_schema(
        operation_id="flashes_board",
        parameters=[OpenApiParameter("reference", str, OpenApiParameter.PATH)],
        responses={200: _BOARD},
    )
    def get(self, request: Request, reference: str) -> Response:
        flash = _standing(self.actor, reference)
        trail.record(self.actor.who(), Verb.FLASH_READ, about(flash))
        standing = board(self.actor, flash)
        codes = codes_of({one.row.administration_id for one in standing.rows})
        return Response(
            {
                "reference": flash.reference,
                "edition": flash.edition,
                "drill": flash.drill,
                "counts": standing.counts,
                "results": [
                    {
                        "id": str(one.row.pk),
                        "administration": codes[one.row.administration_id],
                        "standing": one.standing,
                        "seen_at": one.row.seen_at,
                        "acknowledged_at": one.row.acknowledged_at,
                        "steps": one.row.steps,
                    }
                    for one in standing.rows
                ],
            }
        )


def _standing(actor: Actor, reference: str) -> Any:
    """The newest edition of the reference that the actor may read; Absent where there is none."""
    if refusal := policy_for(Flash).possible(actor, Action.READ):
        raise refusal
    found = standing_flashes(actor).filter(reference=reference).first() if "\0" not in reference else None
    if found is None:
        raise Absent
    return found


def _document(flash: Any) -> dict[str, Any]:
    office, administration = flash.liaison_office, flash.administration
    issuer = {"kind": "secretariat", "code": ""}
    if administration is not None:
        issuer = {"kind": "administration", "code": administration.code}
    elif office is not None:
        issuer = {"kind": "liaison_office", "code": office.code}
    return {
        "reference": flash.reference,
        "edition": flash.edition,
        "drill": flash.drill,
        "issuer": issuer,
        "issued_at": flash.issued_at,
        "kind": flash.kind,
        "title": flash.title,
        "tlp": flash.tlp,
        "content": flash.body,
        "content_hash": bytes(flash.content_hash).hex(),
        "follow_kind": flash.follow_kind or None,
        "superseded": flash.superseded,
        "acknowledge_by": flash.acknowledge_by,
        "acknowledged_at": flash.taken_note_at,
    }
