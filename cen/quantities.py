"""Quantities as given, and the same in kilograms, pieces or litres, with the way that led there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext

from cen.numbers import NumberReading, read_number

__all__ = [
    "Canonical",
    "NumberReading",
    "Quantity",
    "UnitFacts",
    "canonical",
    "read_number",
    "unit_facts",
]

UNODC_LITRE = "volume as weight, 1 l = 1 kg (practice of UNODC's seizure statistics)"

# The three measures that totals are made of, by the words and bases a unit list may use for them.
_MEASURES = {
    "weight": "kg",
    "mass": "kg",
    "KGM": "kg",
    "kg": "kg",
    "pieces": "pieces",
    "count": "pieces",
    "H87": "pieces",
    "piece": "pieces",
    "volume": "litres",
    "LTR": "litres",
    "l": "litres",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the code of its unit, as the officer gave it."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """``kind`` (weight, volume, pieces; others have no canonical form) and the factor to its base."""

    kind: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Canonical:
    """The same goods in comparable measures, None where none was given; ``method`` says how."""

    kg: Decimal | None
    pieces: Decimal | None
    litres: Decimal | None
    method: str


def unit_facts(rows: Iterable[Mapping[str, str]]) -> dict[str, UnitFacts]:
    """Facts by unit code from rows with ``code``, ``kind``, ``base`` and ``factor`` (factor x unit = base).

    A unit without a positive finite factor has no conversion and is left with kind ``other``.
    """
    facts: dict[str, UnitFacts] = {}
    for row in rows:
        measure = _MEASURES.get(row.get("kind", "").strip()) or _MEASURES.get(row.get("base", "").strip())
        try:
            factor = Decimal(row.get("factor", "").strip() or "0")
        except InvalidOperation:
            factor = Decimal(0)
        usable = measure is not None and factor.is_finite() and factor > 0
        kind = {"kg": "weight", "pieces": "pieces", "litres": "volume"}[measure] if usable and measure else "other"
        facts[row["code"].strip()] = UnitFacts(kind, factor if usable else Decimal(1))
    return facts


def canonical(
    quantity: Quantity,
    second: Quantity | None = None,
    *,
    units: Mapping[str, UnitFacts],
    litres_as_kg: bool = False,
) -> Canonical:
    """Kilograms, pieces and litres of one line of goods from its quantity and optional second quantity.

    Conversion is exact and only within one measure: pieces never become kilograms, litres stay litres. With
    ``litres_as_kg`` litres also count as kilograms where no weight was given, and the method says so. Where
    both
    quantities give the same measure the first counts.
    """
    found: dict[str, Decimal] = {}
    steps: list[str] = []
    for given in (quantity, second):
        if given is None:
            continue
        facts = units.get(given.unit)
        measure = _MEASURES.get(facts.kind) if facts else None
        if facts is None:
            steps.append(f"{given.unit}: unknown unit, kept as given")
        elif measure is None:
            steps.append(f"{given.unit}: own measure, kept as given")
        elif not given.value.is_finite() or given.value < 0:
            steps.append(f"{given.unit}: no usable number, kept as given")
        elif measure in found:
            steps.append(f"{given.unit}: second {measure}, kept as given")
        else:
            found[measure] = _times(given.value, facts.factor)
            steps.append(f"{measure} = {given.unit} x {facts.factor.normalize():f}")
    if litres_as_kg and "litres" in found and "kg" not in found:
        found["kg"] = found["litres"]
        steps.append(UNODC_LITRE)
    return Canonical(found.get("kg"), found.get("pieces"), found.get("litres"), "; ".join(steps))


def _times(value: Decimal, factor: Decimal) -> Decimal:
    """The exact product: as many digits as both factors have together."""
    with localcontext(prec=len(value.as_tuple().digits) + len(factor.as_tuple().digits) + 2):
        return value * factor
