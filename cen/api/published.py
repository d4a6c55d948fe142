"""Published cases: newest first, by keyset, with the same criteria as the portal and subscriptions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.registry import policy_for
from audit import trail
from audit.verbs import Verb
from cen.api import schemas
from cen.api.paging import NAMES, PARAMETERS, cursor_of, limit_of, or_none, paged, place_of
from cen.models import ReleasedCase, ReleasedIdentifier
from cen.queries.criteria import DIMENSIONS
from cen.queries.published import search

_PARAMETERS = [
    *(OpenApiParameter(name, str, description=one.about) for name, one in DIMENSIONS.items()),
    OpenApiParameter("identifier", str, description="kind:number, of identifiers that the credential may search."),
    *PARAMETERS,
]


def document(released: ReleasedCase, administration: str) -> dict[str, Any]:
    """One published case as the API gives it: the released body and the facts of its publication."""
    return {
        "reference": released.reference,
        "edition": released.edition,
        "administration": administration,
        "published_at": released.published_at,
        "state": released.state,
        "content_hash": bytes(released.content_hash).hex(),
        **released.body,
    }


def after_cursor(cursor: str) -> Q:
    """Rows behind the place; raises BadCriteria for what is no cursor of ours."""
    seized_on, identity = place_of(cursor, or_none(date.fromisoformat), UUID)
    if seized_on is None:
        return Q(seized_on__isnull=True, pk__lt=identity)
    return Q(seized_on__lt=seized_on) | Q(seized_on=seized_on, pk__lt=identity) | Q(seized_on__isnull=True)


class PublishedCases(DeclaredView):
    """The list; `next` and the Link header lead on."""

    object = ReleasedCase
    actions = {"GET": Action.LIST}
    parameters = (*DIMENSIONS, "identifier", *NAMES)

    @extend_schema(operation_id="cases_list", parameters=_PARAMETERS, responses=schemas.page_of("PublishedCase"))
    def get(self, request: Request) -> Response:
        given = request.query_params.dict()
        cursor, limit = given.pop("cursor", ""), limit_of(given.pop("limit", None))
        rows = search(self.actor, given)
        if cursor:
            rows = rows.filter(after_cursor(cursor))
        found = list(rows[: limit + 1])
        page, last = found[:limit], found[limit - 1] if len(found) > limit else None
        further = cursor_of(last.seized_on.isoformat() if last.seized_on else None, str(last.pk)) if last else None
        return paged(request, [document(one, one.administration.code) for one in page], further)


class PublishedCase(DeclaredView):
    """One published case by its reference."""

    object = ReleasedCase
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="cases_read", responses=schemas.one("PublishedCase"))
    def get(self, request: Request, reference: str) -> Response:
        released = self.load(ReleasedCase, reference=reference, state="published")
        what = trail.What("released_case", str(released.pk), str(released), released.administration_id)
        trail.record(self.actor.who(), Verb.RELEASED_READ, what)
        return Response(document(released, released.administration.code))


class PublishedIdentifiers(DeclaredView):
    """The identifiers of one published case, for its owner and the office in charge; none for others."""

    object = ReleasedIdentifier
    actions = {"GET": Action.READ}

    @extend_schema(operation_id="cases_identifiers", responses=schemas.list_of("Identifier"))
    def get(self, request: Request, reference: str) -> Response:
        released = self.load(ReleasedCase, reference=reference, state="published")
        rows = policy_for(ReleasedIdentifier).visible_to(self.actor).filter(released_case=released)
        what = trail.What("released_case", str(released.pk), str(released), released.administration_id)
        trail.record(self.actor.who(), Verb.IDENTIFIER_SEARCHED, what)
        return Response({"results": list(rows.values("kind", "normalised", "verdict"))})
