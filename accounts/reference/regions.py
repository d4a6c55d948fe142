"""The directory in words: regions, and codes of administrations. It is open to everybody with a seat."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.functions import Left

from accounts.models import Administration, Region


def countries_of_regions(text: str) -> list[str]:
    """`EUR,WCA` to the countries of these regions, as they are today; raises ValueError for an unknown one."""
    wanted = {value.strip().upper() for value in text.split(",") if value.strip()}
    if not wanted or len(wanted) != Region.unguarded.filter(code__in=wanted).count():
        raise ValueError(text)
    codes = Administration.unguarded.filter(region__code__in=wanted).values_list("code", flat=True)
    return sorted({code[:2] for code in codes})


def codes_of_regions() -> frozenset[str]:
    """The codes of all regions."""
    return frozenset(Region.unguarded.values_list("code", flat=True))


def regions_of_countries(countries: Collection[str]) -> set[str]:
    """Codes of the regions that hold one of the countries, as they are today."""
    found = Administration.unguarded.annotate(country=Left("code", 2)).filter(country__in=countries)
    return set(found.values_list("region__code", flat=True))


def region_choices() -> list[tuple[str, str]]:
    """Code and name of each region, for a form's choice."""
    return [(region.code, region.name) for region in Region.unguarded.all()]


def codes_of(keys: Collection[int]) -> dict[int, str]:
    """Codes of administrations by key."""
    return dict(Administration.unguarded.filter(pk__in=keys).values_list("pk", "code"))
