"""The units of the code list, as conversions need them."""

from __future__ import annotations

from cen.codelists import lists
from cen.quantities import UnitFacts, unit_facts


def units() -> dict[str, UnitFacts]:
    """Units of the code list, as the conversion needs them."""
    return unit_facts({"code": entry.code, **entry.extra} for entry in lists.entries("unit").values())
