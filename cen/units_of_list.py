"""The units of the code list, as conversions need them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cen.codelists import lists
from cen.quantities import Canonical, Quantity, UnitFacts, canonical, unit_facts
from cen.sheet import GoodsEntry

MEASURES = ("kg", "pieces", "litres")


def units() -> dict[str, UnitFacts]:
    """Units of the code list, as the conversion needs them."""
    return unit_facts({"code": entry.code, **entry.extra} for entry in lists.entries("unit").values())


def canonical_of(line: GoodsEntry, facts: Mapping[str, UnitFacts]) -> Canonical | None:
    """Kilograms, pieces and litres of a goods line with their method; None where nothing was measured."""
    if line.quantity is None:
        return None
    second = Quantity(line.second_quantity, line.second_unit) if line.second_quantity is not None else None
    return canonical(Quantity(line.quantity, line.unit), second, units=facts)


def measures_of(line: GoodsEntry, facts: Mapping[str, UnitFacts]) -> dict[str, Decimal]:
    """The line's canonical quantities by measure (kg, pieces, litres); empty where nothing was measured."""
    found = canonical_of(line, facts)
    return {name: value for name in MEASURES if (value := getattr(found, name, None)) is not None}
