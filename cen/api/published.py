"""Published cases: newest first, by keyset, with the same criteria as the portal and subscriptions."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F, Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access.actions import Action
from accounts.access.api import DeclaredView
from accounts.access.registry import policy_for
from accounts.refusals import Finding
from audit import trail
from audit.verbs import Verb
from cen.models import ReleasedCase
from cen.queries.criteria import DIMENSIONS, BadCriteria, Criteria

LARGEST_PAGE = 1_000
_PARAMETERS = [OpenApiParameter(name, str) for name in (*DIMENSIONS, "limit", "cursor")]


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


def encode_cursor(released: ReleasedCase) -> str:
    """The place behind this row, opaque to the caller."""
    place = [released.seized_on.isoformat() if released.seized_on else None, str(released.pk)]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def after_cursor(cursor: str) -> Q:
    """Rows behind the place; raises BadCriteria for what is no cursor of ours."""
    try:
        day, key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        identity = UUID(key)
        seized_on = date.fromisoformat(day) if day is not None else None
    except (ValueError, TypeError, binascii.Error):
        raise BadCriteria(Finding("cursor_unreadable", "Take the cursor from a link of this API.", "cursor")) from None
    if seized_on is None:
        return Q(seized_on__isnull=True, pk__lt=identity)
    return Q(seized_on__lt=seized_on) | Q(seized_on=seized_on, pk__lt=identity) | Q(seized_on__isnull=True)


class PublishedCases(DeclaredView):
    """The list. An unknown parameter is refused; `next` and the Link header lead on."""

    object = ReleasedCase
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="cases_list", parameters=_PARAMETERS, responses={200: dict})
    def get(self, request: Request) -> Response:
        given = request.query_params.dict()
        cursor = given.pop("cursor", "")
        limit = self._limit(given.pop("limit", "100"))
        criteria = Criteria.read(given)
        rows = policy_for(ReleasedCase).visible_to(self.actor, Action.LIST).filter(criteria.as_filter())
        if cursor:
            rows = rows.filter(after_cursor(cursor))
        rows = rows.select_related("administration").order_by(F("seized_on").desc(nulls_last=True), "-pk")
        found = list(rows[: limit + 1])
        page, more = found[:limit], len(found) > limit
        trail.record(self.actor.who(), Verb.RELEASED_SEARCHED, facts={"criteria": given, "limit": limit})
        answer = Response({"results": [document(one, one.administration.code) for one in page], "next": None})
        if more:
            query = request.query_params.copy()
            query["cursor"] = encode_cursor(page[-1])
            answer.data["next"] = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
            answer["Link"] = f'<{answer.data["next"]}>; rel="next"'
        return answer

    @staticmethod
    def _limit(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= LARGEST_PAGE or len(text) > 4:
            raise BadCriteria(Finding("limit_unreadable", f"limit is a number from 1 to {LARGEST_PAGE}.", "limit"))
        return int(text)


class PublishedCase(DeclaredView):
    """One published case by its reference."""

    object = ReleasedCase
    actions = {"GET": Action.LIST}

    @extend_schema(operation_id="cases_read", responses={200: dict})
    def get(self, request: Request, reference: str) -> Response:
        released = self.load(ReleasedCase, reference=reference, state="published")
        what = trail.What("released_case", str(released.pk), str(released), released.administration_id)
        trail.record(self.actor.who(), Verb.RELEASED_READ, what)
        return Response(document(released, released.administration.code))
