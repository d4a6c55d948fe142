"""The full form as one thing: drawn from a sheet, re-drawn from a request, read back into a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Self

from django import forms
from django.http import QueryDict

from accounts.refusals import Finding
from cen.case_words import HEADER, LINES, SECTIONS, UNKNOWN
from cen.portal.full_form.rows import ROWS, GoodsRow, HeaderForm, RowForm
from cen.portal.full_form.typed import MOST_ROWS, Typed, typed_of
from cen.sheet import Sheet

ADD, REMOVE, CHOOSE, MORE = "add", "remove", "choose", "more"


class FullForm:
    """Header and rows. Either unbound, with initial values as typed, or bound to a request that saves."""

    def __init__(self, header: HeaderForm, rows: dict[str, list[RowForm]]) -> None:
        self.header, self.rows = header, rows
        self._places: dict[str, list[int]] = {}

    @classmethod
    def drawn(cls, typed: Typed) -> Self:
        """Unbound, showing what is typed."""
        rows = {
            lines: [form(prefix=f"{lines}-{number}", initial=dict(row)) for number, row in enumerate(typed.rows[lines])]
            for lines, form in ROWS.items()
        }
        return cls(HeaderForm(initial=typed.header), rows)

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        """Unbound, showing a sheet."""
        return cls.drawn(typed_of(sheet))

    @classmethod
    def sent(cls, data: QueryDict, sheet: Sheet) -> Self:
        """Bound to a request that saves. `sheet` is what stands: its retired codes may stay chosen."""
        rows = {
            lines: [form(data, prefix=f"{lines}-{number}") for number in range(_rows_in(data, lines))]
            for lines, form in ROWS.items()
            if f"{lines}-rows" in data
        }
        return cls(HeaderForm(data, initial=typed_of(sheet).header), rows)

    def typed(self) -> Typed:
        """What was sent, as it was typed, whether it can be read or not."""
        header = _as_typed(self.header)
        rows = {lines: [_as_typed(row) for row in self.rows.get(lines, ())] for lines in ROWS}
        return Typed(header, rows)

    def changed_by(self, data: QueryDict) -> Self:
        """Re-drawn after a button that adds, removes or chooses; everything typed stays."""
        typed = self.typed()
        if lines := data.get(ADD):
            typed.add(lines)
        elif place := data.get(REMOVE):
            lines, _dash, number = place.rpartition("-")
            typed.remove(lines, int(number) if number.isascii() and number.isdigit() else -1)
        return type(self).drawn(typed)

    @property
    def needs_another_look(self) -> bool:
        """Whether a category was changed, so that its fields were never shown."""
        return any(row.was_drawn_for_another for row in self.rows.get("goods", ()) if isinstance(row, GoodsRow))

    def is_valid(self) -> bool:
        """Whether everything can be read; all forms are asked, so that all errors show at once."""
        return not [one for one in self.forms if not one.is_valid()]

    def onto(self, sheet: Sheet) -> Sheet:
        """The sheet with this form's answers. Lines that were not sent, or are beyond its rows, stay as they were."""
        new, given = deepcopy(sheet), self.header.cleaned_data
        for name in HEADER:
            setattr(new, name, given[name])
        asked = {name: given[f"unknown_{name}"] for name in UNKNOWN}
        kept = {name: reason for name, reason in sheet.unknown.items() if name not in UNKNOWN}
        new.unknown = kept | {name: reason for name, reason in asked.items() if reason}
        new.form = "long"
        for lines, rows in self.rows.items():
            filled = [(number, row) for number, row in enumerate(rows) if not row.is_empty]
            self._places[lines] = [number for number, _row in filled]
            setattr(new, lines, [row.line() for _number, row in filled] + getattr(sheet, lines)[MOST_ROWS:])
        return new

    def show(self, findings: Iterable[Finding]) -> None:
        """Puts each finding that stops at its field."""
        for finding in findings:
            if finding.severity != "warning":
                form, name = self._place_of(finding.pointer)
                form.add_error(name, forms.ValidationError(finding.sentence, code=finding.code))

    def _place_of(self, pointer: str) -> tuple[forms.Form, str | None]:
        head, _slash, rest = pointer.partition("/")
        number, _slash, column = rest.partition("/")
        places = self._places.get(head, [])
        if number.isdigit() and int(number) < len(places):
            row = self.rows[head][places[int(number)]]
            name = row.field_for(column)
            return row, name if name in row.fields else None
        name = f"unknown_{rest}" if head == "unknown" else head
        return self.header, name if name in self.header.fields else None

    # --- For templates ---

    @property
    def forms(self) -> list[forms.Form]:
        """Header and rows in the order of the page: the error summary walks through them."""
        return [self.header, *(row for lines in LINES for row in self.rows.get(lines, ()))]

    def non_form_errors(self) -> list[str]:
        """Errors of the whole stand in the header."""
        return []

    @property
    def sections(self) -> dict[str, dict[str, Any]]:
        """Title and fields of the header's sections, by key."""
        return {key: {"title": title, "groups": self.header.section(names)} for key, title, names in SECTIONS}

    @property
    def unknown_fields(self) -> list[Any]:
        return [self.header[f"unknown_{name}"] for name in UNKNOWN]


def _rows_in(data: QueryDict, lines: str) -> int:
    count = data.get(f"{lines}-rows", "")
    return min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 5 else 0


def _as_typed(form: forms.Form) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
