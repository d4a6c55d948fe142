"""The directory in words: regions, and codes of administrations. It is open to everybody with a seat."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import Administration, Region


def countries_of_regions(text: str) -> list[str]:
    """`EUR,WCA` to the countries of these regions, as they are today; raises ValueError for an unknown one."""
    wanted = {value.strip().upper() for value in text.split(",") if value.strip()}
    if not wanted or len(wanted) != Region.unguarded.filter(code__in=wanted).count():
        raise ValueError(text)
    codes = Administration.unguarded.filter(region__code__in=wanted).values_list("code", flat=True)
    return sorted({code[:2] for code in codes})


def region_choices() -> list[tuple[str, str]]:
    """Code and name of each region, for a form's choice."""
    return [(region.code, region.name) for region in Region.unguarded.all()]


def codes_of(keys: Collection[int]) -> dict[int, str]:
    """Codes of administrations by key."""
    return dict(Administration.unguarded.filter(pk__in=keys).values_list("pk", "code"))
