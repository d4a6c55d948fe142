"""From which quantity on a record belongs into the network: what the thresholds say of one sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cen.quantities import UnitFacts
from cen.sheet import Sheet
from cen.units_of_list import measures_of


@dataclass(frozen=True, slots=True)
class Minimum:
    """One threshold. goods_type '': of the whole category. of_office: set by the liaison office in charge."""

    category: str
    goods_type: str
    measure: str
    minimum: Decimal
    of_office: bool = False


def is_below(sheet: Sheet, minimums: Iterable[Minimum], units: Mapping[str, UnitFacts]) -> bool:
    """Whether all goods of the sheet stay under their thresholds.

    Lines of the same goods are added up. What was not measured, or has no threshold in any of its measures,
    is not below one. The office's own threshold goes before that of everywhere, that of a type before that of
    its category.
    """
    known = list(minimums)
    if not known or not sheet.goods:
        return False
    totals: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for line in sheet.goods:
        measured = measures_of(line, units)
        if not measured:
            return False
        total = totals[line.category, line.goods_type]
        for measure, value in measured.items():
            total[measure] = total.get(measure, Decimal(0)) + value
    return all(_below(category, kind, total, known) for (category, kind), total in totals.items())


def applying(category: str, goods_type: str, measure: str, minimums: Iterable[Minimum]) -> Minimum | None:
    """The threshold that counts for goods in a measure."""
    fitting = [
        one
        for one in minimums
        if one.category == category and one.measure == measure and one.goods_type in ("", goods_type)
    ]
    return max(fitting, key=lambda one: (one.of_office, bool(one.goods_type)), default=None)


def _below(category: str, kind: str, total: Mapping[str, Decimal], known: list[Minimum]) -> bool:
    counting = [(value, applying(category, kind, measure, known)) for measure, value in total.items()]
    compared = [value < one.minimum for value, one in counting if one is not None]
    return bool(compared) and all(compared)
