"""Keyset pages: a limit, an opaque cursor, and the way on in the body and in the Link header (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import Finding
from cen.queries.criteria import BadCriteria

USUAL_PAGE = 100
LARGEST_PAGE = 1_000
NAMES = ("limit", "cursor")
PARAMETERS = [
    OpenApiParameter("limit", int, description=f"Rows a page, 1 to {LARGEST_PAGE}; {USUAL_PAGE} where not given."),
    OpenApiParameter("cursor", str, description="From a `next` link of this list."),
]


def limit_of(text: str | None) -> int:
    """The limit asked for; BadCriteria where it is no number from 1 to LARGEST_PAGE."""
    if text is None:
        return USUAL_PAGE
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= LARGEST_PAGE:
        sentence = _("limit is a number from 1 to %s.") % LARGEST_PAGE
        raise BadCriteria(Finding("limit_unreadable", sentence, "limit"))
    return int(text)


def cursor_of(*place: str | None) -> str:
    """The place behind a row, opaque to the caller."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of(cursor: str, *reads: Callable[[str], Any]) -> list[Any]:
    """The parts of a cursor, each read by its reader; BadCriteria for what is not ours.

    Null is a place only where the reader says so (`or_none`).
    """
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [read(part) for read, part in zip(reads, parts, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error):
        sentence = _("Take the cursor from a link of this API.")
        raise BadCriteria(Finding("cursor_unreadable", sentence, "cursor")) from None


def or_none(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A reader that takes null too."""
    return lambda part: None if part is None else read(part)


def paged(request: Request, results: Sequence[Any], next_cursor: str | None) -> Response:
    """The page, and the address of the next one where there is more."""
    answer = Response({"results": results, "next": None})
    if next_cursor:
        query = request.query_params.copy()
        query["cursor"] = next_cursor
        answer.data["next"] = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        answer["Link"] = f'<{answer.data["next"]}>; rel="next"'
    return answer
