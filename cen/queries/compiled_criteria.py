"""Criteria as tests for matching in the process (alerts.matching), and the query that decides what they leave open.

The query is the same filter that searches use, and the yardstick of the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.reference.regions import codes_of_regions, regions_of_countries
from alerts.matching import AnyOf, AtLeast, AtMost, Compiled, Facts, Test
from cen.models import ReleasedCase
from cen.queries.criteria import DIMENSIONS, BadCriteria, Criteria, parameters

# A region is a region here, not the countries that it had when the criteria were compiled.
REGION = "region"
TOUCHES = "touches"
# Conditions that one statement decides.
AT_ONCE = 100
_BOUNDS: dict[str, Callable[[str, Any], Test]] = {"gte": AtLeast, "lte": AtMost}
_SINGLE = frozenset(one.column for one in DIMENSIONS.values() if one.lookup == "in")


def compiler() -> Callable[[str], Compiled]:
    """A function from a query string to its tests, which raises BadCriteria; it knows the regions of now."""
    regions = codes_of_regions()

    def compiled(query: str) -> Compiled:
        given = parameters(query)
        tests: list[Test] = []
        if asked := given.get(REGION):
            codes = frozenset(part for part in (one.strip().upper() for one in asked.split(",")) if part)
            if codes and codes <= regions:
                tests.append(AnyOf(REGION, codes))
                del given[REGION]
        undecided = False
        for name, value in Criteria.read(given).values.items():
            dimension = DIMENSIONS[name]
            if name == REGION or dimension.lookup not in {"overlap", "in", *_BOUNDS}:
                undecided = True
            elif bound := _BOUNDS.get(dimension.lookup):
                tests.append(bound(dimension.column, value))
            else:
                tests.append(AnyOf(TOUCHES if name == TOUCHES else dimension.column, frozenset(value)))
        return Compiled(tuple(tests), undecided)

    return compiled


def facts(released: ReleasedCase, asked: Collection[str]) -> Facts:
    """What the tests ask of a released case, by attribute."""
    known: dict[str, Any] = {}
    for attribute in asked:
        if attribute in {TOUCHES, REGION}:
            countries = {*released.route_countries, released.place_country}
            known[attribute] = countries if attribute == TOUCHES else regions_of_countries(countries)
        else:
            value = getattr(released, attribute)
            known[attribute] = (value,) if attribute in _SINGLE else value
    return known


def meeting(released: ReleasedCase, queries: Sequence[str]) -> set[str]:
    """Those of the query strings whose search finds the released case; what can't be read finds nothing."""
    found: set[str] = set()
    filters: list[tuple[str, Q]] = []
    for one in queries:
        try:
            condition = Criteria.read(one).as_filter()
        except BadCriteria:
            continue
        if condition:
            filters.append((one, condition))
        else:
            found.add(one)
    for start in range(0, len(filters), AT_ONCE):
        some = filters[start : start + AT_ONCE]
        asked = {
            f"c{place}": ExpressionWrapper(condition, output_field=BooleanField())
            for place, (_, condition) in enumerate(some)
        }
        row = ReleasedCase.unguarded.filter(pk=released.pk).values(**asked).get()
        found |= {query for place, (query, _) in enumerate(some) if row[f"c{place}"]}
    return found
