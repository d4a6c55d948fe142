"""Totals of a file under the keys that its mapping names, so that they can be compared with the source's own.

They count what the file says, row by row, whatever becomes of the row afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cen.imports.cells import Row, text_of
from cen.numbers import read_number

MEASURES = frozenset(
    {
        "rows",
        "events",
        "events_of_several_rows",
        "rows_blank",
        "rows_without_factor",
        "quantity",
        "weight",
        "exact_duplicates",
    }
)
# Beyond so many different words a column is no classification, and counting them would need memory without end.
MOST_WORDS = 5_000
REST = "…"


@dataclass(frozen=True, slots=True)
class TotalSpec:
    """What is counted under `key`.

    measure: rows; events (cases of the file); events_of_several_rows; rows_blank (the column says nothing);
    exact_duplicates; quantity (sum of the column); weight (sum of the first column times the factor of the second
    column's word) and rows_without_factor, its complement. by: "" for one number, `column` for the words of the
    last column, `month`, `route`, or the name of a field for the code it was read as. top: only the so many largest,
    and those equal to the last of them.
    blank_as: codes that count as blank.
    """

    key: str
    measure: str
    by: str = ""
    columns: tuple[str, ...] = ()
    top: int = 0
    blank_as: frozenset[str] = frozenset()
    factors: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RowFacts:
    """What a row was read as: codes by field (blank where none), and the day, as far as it is known."""

    row: Row
    codes: dict[str, str] = field(default_factory=dict)
    day: str = ""


class Totals:
    """Counts rows and events as they pass; its state is plain JSON, so that counting can go on in another process."""

    def __init__(self, specs: Sequence[TotalSpec], *, decimal: str = "", state: dict[str, Any] | None = None) -> None:
        self._specs, self._decimal = specs, decimal
        self._sums: dict[str, dict[str, Decimal]] = {
            key: {word: Decimal(value) for word, value in table.items()} for key, table in (state or {}).items()
        }

    @property
    def state(self) -> dict[str, dict[str, str]]:
        """The sums as JSON; the order of words is part of it."""
        return {key: {word: str(value) for word, value in table.items()} for key, table in self._sums.items()}

    def add_event(self, rows: Sequence[RowFacts], duplicates: int, *, keyed: bool) -> None:
        """Counts one event with all its rows; `keyed`: its event column says something."""
        for spec in self._specs:
            if spec.measure == "events" and keyed:
                self._add(spec, self._word(spec, rows[0]), Decimal(1))
            elif spec.measure == "events_of_several_rows":
                self._add(spec, "", Decimal(len(rows) > 1))
            elif spec.measure == "exact_duplicates":
                self._add(spec, "", Decimal(duplicates))
            elif spec.measure not in {"events", "events_of_several_rows"}:
                for facts in rows:
                    self._add_row(spec, facts)

    def as_dict(self) -> dict[str, Any]:
        """The totals in the mapping's order; whole numbers as integers, others rounded to six decimals."""
        shown: dict[str, Any] = {}
        for spec in self._specs:
            found = self._sums.get(spec.key, {})
            if not spec.by:
                shown[spec.key] = _number(found.get("", Decimal(0)), spec)
                continue
            # Equal sums stay in the order of the file.
            largest = sorted(found.items(), key=lambda pair: -pair[1])
            least = largest[spec.top - 1][1] if 0 < spec.top <= len(largest) else None
            shown[spec.key] = {word: _number(value, spec) for word, value in largest if least is None or value >= least}
        return shown

    def _add_row(self, spec: TotalSpec, facts: RowFacts) -> None:
        cells = facts.row.cells
        if spec.measure == "rows":
            self._add(spec, self._word(spec, facts), Decimal(1))
        elif spec.measure == "rows_blank":
            self._add(spec, "", Decimal(not text_of(cells.get(spec.columns[0]))))
        elif spec.measure == "quantity":
            self._add(spec, self._word(spec, facts), self._amount(spec, facts))
        else:
            factor = spec.factors.get(" ".join(text_of(cells.get(spec.columns[1])).casefold().split()))
            if spec.measure == "rows_without_factor":
                self._add(spec, "", Decimal(factor is None))
            elif factor is not None:
                self._add(spec, self._word(spec, facts), self._amount(spec, facts) * Decimal(factor))

    def _amount(self, spec: TotalSpec, facts: RowFacts) -> Decimal:
        cell = facts.row.cells.get(spec.columns[0])
        value = cell if isinstance(cell, int | float | Decimal) else text_of(cell)
        return read_number(value, locale_hint=self._decimal or None).value or Decimal(0)

    def _word(self, spec: TotalSpec, facts: RowFacts) -> str | None:
        """Under which word the row counts; None: under none."""
        if not spec.by:
            return ""
        if spec.by == "column":
            word = text_of(facts.row.cells.get(spec.columns[-1]))
            return word.removesuffix(".0") if word.removesuffix(".0").isdecimal() else word
        if spec.by == "month":
            return facts.day[:7] or None
        if spec.by == "route":
            ends = (facts.codes.get("leg.departure.country"), facts.codes.get("leg.destination.country"))
            return ">".join(end for end in ends if end) if all(ends) else None
        code = facts.codes.get(spec.by, "")
        if spec.blank_as:
            return "" if code in spec.blank_as else code
        return code or None

    def _add(self, spec: TotalSpec, word: str | None, value: Decimal) -> None:
        if word is None:
            return
        table = self._sums.setdefault(spec.key, {})
        if word not in table and len(table) >= MOST_WORDS:
            word = REST
        table[word] = table.get(word, Decimal(0)) + value


def _number(value: Decimal, spec: TotalSpec) -> int | float:
    if spec.measure in {"quantity", "weight"}:
        return float(round(value, 6))
    return int(value)
