"""From the cells of a row to typed values: one reading a field, with what there is to say about it."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cen.codelists import lists
from cen.codelists.countries import Unresolved, resolve_country, why_unresolved
from cen.dates import read_date
from cen.imports.cells import Cell, Row, text_of
from cen.imports.findings import RowFinding, Severity, said
from cen.imports.mapping import Field, FileMapping, plain
from cen.numbers import NumberReading, read_number

UNKNOWN_WORDS = frozenset(
    plain(word)
    for word in (
        *("unknown", "not known", "n/a", "na", "n.a.", "unk", "unspecified", "not specified", "not stated", "?", "-"),
        *("--", "undetermined", "inconnu", "inconnue", "desconocido", "desconocida", "desconhecido", "неизвестно"),
        *("غير معروف", "null", "none given"),
    )
)
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_YES = frozenset({"y", "yes", "true", "1", "x", "oui", "sí", "si", "sim", "да", "نعم"})
# What stands between code and name in the drop-downs of our own workbook: `KGM · kilogram`.
SHOWN_BETWEEN = " · "
# Reasons of the code list `missing_reason`.
BLANK, SOURCE, UNRESOLVED = "BLANK", "SOURCE", "UNRESOLVED"


@dataclass(slots=True)
class Value:
    """A field as read: the typed value, or why there is none (a code of `missing_reason`).

    precision belongs to dates, number to quantities; factor multiplies the quantity whose unit this is; column and
    given say where it came from; other: the word had no code; whole: the text before it was cut.
    """

    value: Any = None
    reason: str = ""
    precision: str = ""
    number: NumberReading | None = None
    factor: Decimal | None = None
    column: str = ""
    given: str = ""
    other: bool = False
    whole: str = ""


@dataclass(slots=True)
class Reader:
    """Reads the fields of one mapping; `today` bounds the future."""

    mapping: FileMapping
    today: date | None = None
    _labels: dict[str, dict[str, str]] = field(default_factory=dict)
    _countries: dict[str, Value] = field(default_factory=dict)

    def read(self, row: Row, one: Field, say: list[RowFinding]) -> Value:
        """The value of the field in the row; what there is to say is added to `say`.

        A broken cell was reported with its row already, so it reads as blank.
        """
        column = next((name for name in one.columns if _usable(row, name)), one.columns[0] if one.columns else "")
        cell = row.cells.get(column) if column and column not in row.broken else None
        given = text_of(cell)
        if one.value and not one.columns:
            return Value(one.value)
        read: Callable[..., Value] = getattr(self, f"_{one.read}")
        found = read(row, one, cell, given, say)
        found.column, found.given = column, given
        return found

    def country_code(self, given: str) -> str:
        """The code of the country that the text names; blank where it names none."""
        return self._resolved(given).value

    def _text(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        parts = [text_of(row.cells.get(name)) for name in one.columns if _usable(row, name)]
        # A city that is its own region is named once.
        text = ", ".join(dict.fromkeys(" ".join(part.split()) if one.longest <= 120 else part for part in parts))
        if plain(text) in one.words:
            text = one.words[plain(text)]
        elif not text or plain(text) in UNKNOWN_WORDS:
            return Value(one.blank or "", SOURCE if text else BLANK)
        if one.to.endswith("locode"):
            text = text.replace(" ", "").upper()
        elif one.to.endswith("hs_code"):
            # National subdivisions behind the six digits of the system are left out.
            text = "".join(char for char in text if char.isalnum())[:6]
        if not one.longest or len(text) <= one.longest:
            return Value(text)
        severity: Severity = "error" if self.mapping.strict else "warning"
        code = "text_too_long" if self.mapping.strict else "text_cut"
        say.append(said(row.number, code, one.columns[0], given, severity))
        return Value(text[: one.longest], whole=text)

    def _code(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        word = plain(given)
        if word in one.words:
            return _coded(one.words[word])
        if not word:
            return _coded(one.blank) if one.blank else Value("", BLANK)
        if code := self._known(one.code_list, given.strip(), word):
            return Value(code)
        if word in UNKNOWN_WORDS:
            return Value("", SOURCE)
        for prefix, code in one.prefixes.items():
            if word.startswith(prefix):
                return _coded(code)
        column = one.columns[0]
        if self.mapping.strict:
            # As it stands, so that the rule of the record says what it says in the form.
            return Value(given.partition(SHOWN_BETWEEN)[0].strip()[:20])
        if one.otherwise:
            say.append(said(row.number, "word_other", column, given, "warning"))
            return Value(one.otherwise, other=True)
        if one.code_list != "unit":
            say.append(said(row.number, "word_unknown", column, given, "warning"))
        return Value("", UNRESOLVED)

    def _codes(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        found: list[str] = []
        for part in filter(None, (part.strip() for part in given.replace("\n", ";").split(";"))):
            value = self._code(row, one, part, part, say).value
            if value and value not in found:
                found.append(value)
        return Value(found, "" if found else BLANK)

    def _country(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        given = given.partition(SHOWN_BETWEEN)[0]
        word = plain(given)
        if word in one.words:
            return _coded(one.words[word])
        if word not in self._countries:
            if len(self._countries) > 5_000:
                self._countries.clear()
            self._countries[word] = self._resolved(given)
        known = self._countries[word]
        if known.reason == UNRESOLVED:
            why = why_unresolved(given) or Unresolved.NOT_FOUND
            severity: Severity = "error" if self.mapping.strict else "warning"
            finding = RowFinding(
                row.number, f"country_{why.value}", str(why.sentence), one.columns[0], given[:120], severity
            )
            say.append(finding)
        return Value(known.value, known.reason)

    @staticmethod
    def _resolved(given: str) -> Value:
        match = resolve_country(given)
        if match:
            return Value(match.code)
        why = why_unresolved(given)
        return Value("", {Unresolved.BLANK: BLANK, Unresolved.UNKNOWN: SOURCE}.get(why or Unresolved.BLANK, UNRESOLVED))

    def _date(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        order: Any = self.mapping.date_order or None
        reading = read_date(cell if isinstance(cell, date | int | float) else given, order=order, today=self.today)
        if reading.code in {"date_absent", "date_unknown"}:
            return Value(None, BLANK if reading.code == "date_absent" else SOURCE)
        value, precision = reading.value, reading.precision or ""
        for column in one.columns[1:]:
            # A further column can only make the day less exact: a source's own range of years.
            more = read_date(text_of(row.cells.get(column)), order=order, today=self.today)
            if more.until is not None and more.value is not None:
                value, precision = more.value, "year"
                say.append(said(row.number, "date_range_of_years", column, text_of(row.cells.get(column)), "warning"))
        if reading.code:
            severity: Severity = "error" if value is None or reading.code == "date_future" else "warning"
            say.append(
                RowFinding(row.number, reading.code, str(reading.sentence), one.columns[0], given[:120], severity)
            )
        return Value(value, "" if value else UNRESOLVED, precision)

    def _fiscal_month(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        year, month = (text_of(row.cells.get(name)) for name in one.columns[:2])
        number = _MONTHS.get(month[:3].casefold(), int(month) if month.isdecimal() else 0)
        plain_year = year.removesuffix(".0")
        if not (plain_year.isdecimal() and 1900 < int(plain_year) < 3000 and 1 <= number <= 12):
            say.append(said(row.number, "fiscal_month_impossible", one.columns[0], f"{year} {month}"))
            return Value(None, UNRESOLVED)
        before = one.first_month > 1 and number >= one.first_month
        return Value(date(int(plain_year) - before, number, 1), "", "month")

    def _number(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        exact = cell if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) else given
        reading = read_number(exact, locale_hint=self.mapping.decimal or None)
        # That a long fraction is shown shorter takes nothing away: the text is kept.
        if reading.code and reading.state != "absent" and reading.code != "number_rounded":
            severity: Severity = "error" if reading.state == "refused" else "warning"
            say.append(
                RowFinding(row.number, reading.code, str(reading.sentence), one.columns[0], given[:120], severity)
            )
        reason = "" if reading.value is not None else BLANK if reading.code == "number_empty" else SOURCE
        return Value(reading.value, reason, number=reading)

    def _integer(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        found = self._number(row, one, cell, given, say)
        if found.value is None:
            return Value(None, found.reason)
        if found.value != int(found.value) or found.value > 2_147_483_647:
            say.append(said(row.number, "integer_needed", one.columns[0], given))
            return Value(None, UNRESOLVED)
        return Value(int(found.value))

    def _coordinate(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        if not given or plain(given) in UNKNOWN_WORDS:
            return Value(None, SOURCE if given else BLANK)
        most = 90 if one.to == "latitude" else 180
        try:
            degrees = Decimal(given.replace(",", ".") if self.mapping.decimal == "comma" else given)
        except InvalidOperation:
            degrees = Decimal("NaN")
        if not degrees.is_finite() or abs(degrees) > most:
            say.append(said(row.number, "coordinate_impossible", one.columns[0], given))
            return Value(None, UNRESOLVED)
        return Value(round(degrees, 6))

    def _yes(self, row: Row, one: Field, cell: Cell, given: str, say: list[RowFinding]) -> Value:
        return Value(plain(given) in _YES)

    def _known(self, name: str, given: str, word: str) -> str:
        """The code of the list that is written so, or whose name in some language is."""
        entries = lists.entries(name)
        if given in entries:
            return given
        if given.upper() in entries:
            return given.upper()
        before = given.partition(SHOWN_BETWEEN)[0]
        if before in entries:
            return before
        if name not in self._labels:
            labels: dict[str, str] = {}
            for entry in entries.values():
                for label in set(map(plain, filter(None, entry.names.values()))):
                    # A name that two codes share tells neither.
                    labels[label] = entry.code if labels.get(label, entry.code) == entry.code else ""
            self._labels[name] = labels
        return self._labels[name].get(word, "")


def _usable(row: Row, column: str) -> bool:
    return column not in row.broken and text_of(row.cells.get(column)) != ""


def _coded(code: str) -> Value:
    """A code that a mapping gives: "" where none fits on purpose; `DOS*1000` for a unit of thousands."""
    if not code:
        return Value("", UNRESOLVED)
    code, mark, factor = code.partition("*")
    return Value(code, factor=Decimal(factor) if mark else None)
