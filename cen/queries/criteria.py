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

from accounts.reference.regions import countries_of_regions
from accounts.refusals import Finding, Refusal


class BadCriteria(Refusal):
    """A parameter is unknown or its value can't be read."""

    code = "bad_parameter"

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Dimension:
    """column: of ReleasedCase. about: for the reader of the API. lookup: Django's. reads: text to value, or
    ValueError."""

    column: str
    about: str
    lookup: str
    reads: Callable[[str], Any]

    def as_filter(self, value: Any) -> Q:
        """The dimension as a filter on released cases."""
        return Q(**{f"{self.column}__{self.lookup}": value})


class Touching(Dimension):
    """Countries on the route or of the place where it was found."""

    def as_filter(self, value: Any) -> Q:
        return Q(route_countries__overlap=value) | Q(place_country__in=value)


def _several(text: str) -> list[str]:
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values or "\0" in text:
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


def _overlap(column: str, about: str, reads: Callable[[str], Any] = _upper) -> Dimension:
    return Dimension(column, about, "overlap", reads)


def _touching(reads: Callable[[str], Any], about: str) -> Dimension:
    return Touching("route_countries", about, "overlap", reads)


def _one_of(column: str, about: str, reads: Callable[[str], Any] = _upper) -> Dimension:
    return Dimension(column, about, "in", reads)


def _at_least(column: str, reads: Callable[[str], Any], about: str) -> Dimension:
    return Dimension(column, about, "gte", reads)


def _at_most(column: str, reads: Callable[[str], Any], about: str) -> Dimension:
    return Dimension(column, about, "lte", reads)


def _words(text: str) -> str:
    if not text.strip() or len(text) > 200 or "\0" in text:
        raise ValueError(text)
    return text.strip()


def _contains(column: str, about: str) -> Dimension:
    return Dimension(column, about, "icontains", _words)


DIMENSIONS: Mapping[str, Dimension] = {
    "text": _contains("search_text", "Words in the texts, as they stand."),
    "kind": _one_of("kind", "seizure or incident.", reads=_several),
    "category": _overlap("category_codes", "Categories of goods, by comma."),
    "type": _overlap("goods_types", "Types of goods, by comma."),
    "hs": _overlap("hs_codes", "HS headings of 2, 4 or 6 digits, by comma.", reads=_headings),
    "since": _at_least("seized_on", date.fromisoformat, "First day of the seizure, such as 2026-10-19."),
    "until": _at_most("seized_on", date.fromisoformat, "Last day of the seizure."),
    "place": _one_of("place_country", "ISO codes of where it was found, by comma."),
    "locode": _one_of("locode", "UN/LOCODEs of where it was found, by comma."),
    "location_type": _one_of("location_type", "Kinds of place, by comma."),
    "direction": _one_of("direction", "Directions, by comma."),
    "mode": _overlap("modes", "Modes of transport, by comma."),
    "conveyance": _overlap("conveyance_types", "Types of conveyance, by comma."),
    "touches": _touching(_upper, "ISO codes on the route or of where it was found, by comma."),
    "region": _touching(countries_of_regions, "Regions that the route or the place touches, by comma."),
    "departure": _overlap("departure_countries", "ISO codes of departure, by comma."),
    "transit": _overlap("transit_countries", "ISO codes of transit or transhipment, by comma."),
    "destination": _overlap("destination_countries", "ISO codes of destination, by comma."),
    "origin": _overlap("origin_countries", "ISO codes of origin or production, by comma."),
    "route": _overlap("route_countries", "ISO codes anywhere on the route, by comma."),
    "detection": _one_of("detection_trigger", "Why it was selected, by comma."),
    "technique": _overlap("detection_techniques", "How it was found, by comma."),
    "concealment": _overlap("concealment_places", "Places of concealment, by comma."),
    "method": _overlap("concealment_methods", "Methods of concealment, by comma."),
    "min_kg": _at_least("kg", _number, "Least weight in kilograms."),
    "max_kg": _at_most("kg", _number, "Greatest weight in kilograms."),
    "min_pieces": _at_least("pieces", _number, "Least number of pieces."),
    "max_pieces": _at_most("pieces", _number, "Greatest number of pieces."),
    "min_litres": _at_least("litres", _number, "Least volume in litres."),
    "max_litres": _at_most("litres", _number, "Greatest volume in litres."),
}


def parameters(query: str) -> dict[str, str]:
    """The parameters of a query string; raises BadCriteria for what would get lost without a word."""
    for part in query.split("&"):
        if part and "=" not in part:
            sentence = _("Write each condition as name=value, joined by &: %s") % part[:40]
            raise BadCriteria(Finding("parameter_without_value", sentence, part[:40]))
    given: dict[str, str] = {}
    for name, text in parse_qsl(query):
        if name in given:
            sentence = _("%s stands there twice. Give it once, its values joined by commas.") % name[:40]
            raise BadCriteria(Finding("parameter_twice", sentence, name))
        given[name] = text
    return given


@dataclass(frozen=True, slots=True)
class Criteria:
    """Parameters that were read; no parameter at all matches everything."""

    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, query: str | Mapping[str, str]) -> Criteria:
        """From a query string or its parameters; raises BadCriteria with what to do."""
        given = parameters(query) if isinstance(query, str) else query
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
            query &= DIMENSIONS[name].as_filter(value)
        return query
