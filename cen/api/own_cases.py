"""An administration's own cases for its own systems: read them, record drafts, change drafts.

Sending, releasing and everything behind it is done by people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.refusals import Conflict, Finding, Refusal
from cen.actions.record import amend, record
from cen.api import schemas
from cen.api.paging import NAMES, PARAMETERS, cursor_of, limit_of, paged, place_of
from cen.lifecycle import CaseState
from cen.models import Case
from cen.queries.criteria import BadCriteria
from cen.queries.own import changed
from cen.sheet import Sheet
from cen.sheet_document import document_of, sheet_of_document
from cen.sheet_rows import sheet_of, sheets_of


class RevisionMissing(Refusal):
    """A change must name the revision it saw (RFC 6585)."""

    status = 428
    code = "revision_missing"
    sentence = 'Send the ETag of the version you changed: If-Match: "3".'


class RevisionStale(Refusal):
    """Another revision stands now (RFC 9110)."""

    status = 412
    code = "changed_meanwhile"
    sentence = Conflict.sentence


def document(case: Case, sheet: Sheet) -> dict[str, Any]:
    """One own case as the API gives it: where it stands, and its content as it was recorded."""
    return {
        "reference": case.reference,
        "state": case.state,
        "revision": case.revision,
        "edition": case.edition,
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "quality_score": case.quality_score,
        "missing_fields": case.missing_fields,
        "content": document_of(sheet),
    }


class OwnCases(DeclaredView):
    """The administration's cases in the order of their last change, and the door for new drafts."""

    object = Case
    actions = {"GET": Action.LIST, "POST": Action.CREATE}
    parameters = ("state", *NAMES)

    @extend_schema(
        operation_id="own_cases_list",
        parameters=[OpenApiParameter("state", str, description="One or more states, by comma."), *PARAMETERS],
        responses=schemas.page_of("OwnCase"),
    )
    def get(self, request: Request) -> Response:
        given = request.query_params
        cursor, limit = given.get("cursor", ""), limit_of(given.get("limit"))
        states = [one for one in given.get("state", "").split(",") if one]
        for name in (one for one in states if one not in CaseState.values):
            raise BadCriteria(Finding("parameter_unreadable", _("There is no state %s.") % name[:40], "state"))
        behind = tuple(place_of(cursor, datetime.fromisoformat, UUID)) if cursor else None
        found = list(changed(self.actor, states=states, behind=behind)[: limit + 1])  # type: ignore[arg-type]
        page, last = found[:limit], found[limit - 1] if len(found) > limit else None
        sheets = sheets_of(page)
        further = cursor_of(last.updated_at.isoformat(), str(last.pk)) if last else None
        return paged(request, [document(one, sheets[one.pk]) for one in page], further)

    @extend_schema(
        operation_id="own_cases_record", request=schemas.body("Sheet"), responses=schemas.one("OwnCase", status=201)
    )
    def post(self, request: Request) -> Response:
        case, warnings = record(self.actor, sheet_of_document(request.data))
        answer = _answer(case, warnings, status=201)
        answer["Location"] = reverse("api_own_case", args=[case.reference])
        return answer


class OwnCase(DeclaredView):
    """One own case. PUT replaces the content of a draft and names the revision it saw by If-Match."""

    object = Case
    actions = {"GET": Action.READ, "PUT": Action.AMEND}

    @extend_schema(operation_id="own_cases_read", responses=schemas.one("OwnCase"))
    def get(self, request: Request, reference: str) -> Response:
        return _answer(self.load(Case, reference=reference), [])

    @extend_schema(
        operation_id="own_cases_amend",
        parameters=[OpenApiParameter("If-Match", str, location=OpenApiParameter.HEADER, required=True)],
        request=schemas.body("Sheet"),
        responses=schemas.one("OwnCase"),
    )
    def put(self, request: Request, reference: str) -> Response:
        case = self.load(Case, reference=reference)
        revision = request.headers.get("If-Match", "").strip().strip('"')
        if not revision.isascii() or not revision.isdigit() or len(revision) > 9:
            raise RevisionMissing
        try:
            warnings = amend(self.actor, case, sheet_of_document(request.data), revision=int(revision))
        except Conflict:
            raise RevisionStale from None
        return _answer(case, warnings)


def _answer(case: Case, warnings: list[Finding], status: int = 200) -> Response:
    case.refresh_from_db()
    content = document(case, sheet_of(case)) | {"warnings": [one.as_problem() for one in warnings]}
    return Response(content, status=status, headers={"ETag": f'"{case.revision}"'})
