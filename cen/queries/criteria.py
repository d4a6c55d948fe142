"""What a search asks: one definition for page, API and subscription.

Each dimension reads its parameter, says itself as a filter and tests one released case in memory, so that a
subscription matches exactly what the search with the same words finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.refusals import Finding, Refusal
from cen.models import ReleasedCase


class BadCriteria(Refusal):
    """A parameter is unknown or its value can't be read."""

    code = "bad_parameter"

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Dimension:
    """column: of ReleasedCase. lookup: Django's. reads: text to value; raises ValueError."""

    column: str
    lookup: str
    reads: Callable[[str], Any]
    test: Callable[[Any, Any], bool]


def _several(text: str) -> list[str]:
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values:
        raise ValueError(text)
    return values


def _upper(text: str) -> list[str]:
    return [value.upper() for value in _several(text)]


def _headings(text: str) -> list[str]:
    values = _several(text)
    if any(not value.isdigit() or len(value) not in {2, 4, 6} for value in values):
        raise ValueError(text)
    return values


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value.adjusted()) > 20:
        raise ValueError(text)
    return value


def _overlap(column: str, reads: Callable[[str], Any] = _upper) -> Dimension:
    return Dimension(column, "overlap", reads, lambda have, want: not set(have).isdisjoint(want))


def _one_of(column: str, reads: Callable[[str], Any] = _upper) -> Dimension:
    return Dimension(column, "in", reads, lambda have, want: have in want)


def _at_least(column: str, reads: Callable[[str], Any]) -> Dimension:
    return Dimension(column, "gte", reads, lambda have, want: have is not None and have >= want)


def _at_most(column: str, reads: Callable[[str], Any]) -> Dimension:
    return Dimension(column, "lte", reads, lambda have, want: have is not None and have <= want)


def _words(text: str) -> str:
    if not text.strip() or len(text) > 200:
        raise ValueError(text)
    return text.strip()


def _contains(column: str) -> Dimension:
    return Dimension(column, "icontains", _words, lambda have, want: want.casefold() in have.casefold())


DIMENSIONS: Mapping[str, Dimension] = {
    "text": _contains("search_text"),
    "kind": _one_of("kind", _several),
    "category": _overlap("category_codes"),
    "type": _overlap("goods_types"),
    "hs": _overlap("hs_codes", _headings),
    "since": _at_least("seized_on", date.fromisoformat),
    "until": _at_most("seized_on", date.fromisoformat),
    "place": _one_of("place_country"),
    "locode": _one_of("locode"),
    "location_type": _one_of("location_type"),
    "direction": _one_of("direction"),
    "mode": _overlap("modes"),
    "departure": _overlap("departure_countries"),
    "transit": _overlap("transit_countries"),
    "destination": _overlap("destination_countries"),
    "origin": _overlap("origin_countries"),
    "route": _overlap("route_countries"),
    "detection": _one_of("detection_trigger"),
    "concealment": _overlap("concealment_places"),
    "min_kg": _at_least("kg", _number),
    "max_kg": _at_most("kg", _number),
    "min_pieces": _at_least("pieces", _number),
    "max_pieces": _at_most("pieces", _number),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """Parameters that were read; no parameter at all matches everything."""

    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, query: str | Mapping[str, str]) -> Criteria:
        """From a query string or its parameters; raises BadCriteria with what to do."""
        given = dict(parse_qsl(query)) if isinstance(query, str) else query
        values = {}
        for name, text in given.items():
            dimension = DIMENSIONS.get(name)
            if dimension is None:
                raise BadCriteria(
                    Finding("parameter_unknown", _("There is no parameter of this name: %s") % name[:40], name)
                )
            try:
                values[name] = dimension.reads(text)
            except ValueError:
                raise BadCriteria(
                    Finding("parameter_unreadable", _("The value of %s can't be read.") % name, name)
                ) from None
        return cls(values)

    def as_filter(self) -> Q:
        """The same as a filter on released cases."""
        query = Q()
        for name, value in self.values.items():
            dimension = DIMENSIONS[name]
            query &= Q(**{f"{dimension.column}__{dimension.lookup}": value})
        return query

    def matches(self, released: ReleasedCase) -> bool:
        """Whether the released case meets every parameter."""
        return all(
            DIMENSIONS[name].test(getattr(released, DIMENSIONS[name].column), value)
            for name, value in self.values.items()
        )
