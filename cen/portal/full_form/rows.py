"""The forms of the full form: the header, and one for each line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from cen import case_words
from cen.case_words import HEADER, LINES, UNKNOWN, Word
from cen.codelists import lists
from cen.goods_blocks import block_of, codes
from cen.models import Case, CaseIdentifier, Concealment, Conveyance, Goods, RouteLeg
from cen.numbers import read_number
from cen.portal.fields import NumberField, block_from, field_of, fields_of_block
from cen.sheet import ConcealmentEntry, ConveyanceEntry, GoodsEntry, IdentifierEntry, LegEntry

NOT_MEASURED = "not_measured"


def _longest(model: type[models.Model] | None, name: str) -> int | None:
    """Characters that the column holds."""
    if model is None:
        return 100
    column: Any = {one.name: one for one in model._meta.concrete_fields}.get(name)
    return column.max_length if column is not None else None


class HeaderForm(forms.Form):
    """Every column of the header, and what is said to be unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, word in HEADER.items():
            self.fields[name] = _lenient(field_of(word, longest=_longest(Case, name)), self.initial.get(name))
        for name, most, degrees in (
            ("latitude", 90, _("Write degrees from -90 to 90.")),
            ("longitude", 180, _("Write degrees from -180 to 180.")),
        ):
            word = HEADER[name]
            self.fields[name] = forms.DecimalField(
                label=word.label,
                help_text=word.help,
                required=False,
                max_digits=9,
                decimal_places=6,
                min_value=-most,
                max_value=most,
                error_messages={"min_value": degrees, "max_value": degrees, "invalid": degrees},
                widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12}),
            )
        for name, label in UNKNOWN.items():
            because = Word(label, case_words.WordKind.CODE, "missing_reason")
            self.fields[f"unknown_{name}"] = field_of(because)

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone. Write it like Africa/Accra."))
        return zone

    def clean(self) -> dict[str, Any]:
        """Brings the date to the first day of what is known of it, and codes of places to capitals."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        given["date_precision"] = given.get("date_precision") or "day"
        if (seized := given.get("seizure_date")) and given["date_precision"] in {"month", "year"}:
            given["seizure_date"] = seized.replace(
                day=1, month=1 if given["date_precision"] == "year" else seized.month
            )
        for name in ("locode", "intelligence_administration"):
            given[name] = (given.get(name) or "").upper()
        given["tlp"] = given.get("tlp") or "GREEN"
        return given

    def section(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """The fields of one section, in its order; texts and lists of boxes take the whole width."""
        groups: list[dict[str, Any]] = []
        for name in names:
            wide = isinstance(self.fields[name].widget, forms.Textarea | forms.CheckboxSelectMultiple)
            if not groups or groups[-1]["wide"] is not wide:
                groups.append({"wide": wide, "fields": []})
            groups[-1]["fields"].append(self[name])
        return groups


def _lenient(field: forms.Field, current: Any) -> forms.Field:
    """Check boxes keep a code that went out of use as long as the case has it."""
    if isinstance(field, forms.MultipleChoiceField) and isinstance(current, list):
        known = list(field.choices)  # type: ignore[arg-type]
        gone = [code for code in current if code not in {str(one) for one, _label in known}]
        field.choices = [*known, *((code, code) for code in gone)]
    return field


class RowForm(forms.Form):
    """One line; a row in which nothing is filled is no line."""

    lines: ClassVar[str]
    model: ClassVar[type[models.Model] | None] = None
    entry: ClassVar[Callable[..., Any]] = dict
    # Columns that alone make no line: they are filled in before anybody types.
    given_before: ClassVar[frozenset[str]] = frozenset()
    capitals: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, word in LINES[self.lines][1].items():
            self.fields[name] = field_of(word, longest=_longest(self.model, name))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not any(value for name, value in self.cleaned_data.items() if name not in self.given_before)

    def line(self) -> Any:
        """The row as a line of the sheet."""
        values = {name: self.cleaned_data[name] for name in LINES[self.lines][1]}
        return type(self).entry(**(values | {name: values[name].upper() for name in self.capitals}))

    def field_for(self, column: str) -> str:
        """The form field in which a finding about a column of this line is shown."""
        return column.replace("/", "_")


def _digits(hs_code: str) -> str:
    """An HS code without the marks between its digits."""
    return hs_code.replace(".", "").replace(" ", "")


class GoodsRow(RowForm):
    """A goods line with the block of the category that it was drawn for."""

    lines, model, entry = "goods", Goods, GoodsEntry
    given_before = frozenset({"drawn", "written", "shown"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = str(self._given("category") or "")
        block = block_of(self.category)
        self.block_specs = block.fields if block else ()
        for spec in self.block_specs:
            self.fields |= fields_of_block(spec)
        self._narrow("goods_type", lambda: lists.choices("goods_type", parent=self.category) if self.category else [])
        self._narrow("unit", self._units)
        self._narrow("second_unit", self._units)
        self._narrow(
            "unmeasured", lambda: [(NOT_MEASURED, _("There, but not measured")), *lists.choices("missing_reason")]
        )
        # What the source wrote ("500 packs") stays, as long as the number shown for it is not changed.
        for name in ("written", "shown"):
            self.fields[name] = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
        self.fields["drawn"] = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
        self.initial["drawn"] = self.category

    def _given(self, name: str) -> Any:
        return self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)

    def _narrow(self, name: str, choices: Callable[[], list[tuple[str, Any]]]) -> None:
        field: Any = self.fields[name]
        field.choices = lambda: [("", "—"), *choices()]

    def _units(self) -> list[tuple[str, Any]]:
        entry = lists.entries("category").get(self.category)
        return codes.choices("unit", only=tuple(entry.extra.get("units", "").split()) if entry else ())

    @property
    def was_drawn_for_another(self) -> bool:
        """Whether the category was changed since its fields were drawn."""
        return str(self.data.get(self.add_prefix("drawn")) or "") != self.category

    def clean_quantity_text(self) -> str:
        text = str(self.cleaned_data["quantity_text"])
        reading = read_number(text)
        if reading.state == "refused":
            raise forms.ValidationError(str(reading.sentence), code=reading.code or "")
        return text

    def clean_hs_code(self) -> str:
        return _digits(self.cleaned_data["hs_code"])

    def clean_declared_hs_code(self) -> str:
        return _digits(self.cleaned_data["declared_hs_code"])

    def line(self) -> GoodsEntry:
        given = {name: self.cleaned_data[name] for name in LINES["goods"][1]}
        reading = read_number(given["quantity_text"])
        if self.cleaned_data["written"] and given["quantity_text"] == self.cleaned_data["shown"]:
            given["quantity_text"] = self.cleaned_data["written"]
        given["unmeasured"] = given["unmeasured"] or (NOT_MEASURED if reading.state == "unmeasured" else "")
        return GoodsEntry(**given, quantity=reading.value, block=block_from(self.block_specs, self.cleaned_data))

    def field_for(self, column: str) -> str:
        if column == "quantity":
            return "quantity_text"
        name = super().field_for(column)
        # An entry of a list is shown at the list.
        while name not in self.fields and "_" in name and column.startswith("block/"):
            name = name.rpartition("_")[0]
        return name

    @property
    def plain_fields(self) -> list[Any]:
        """Fields of every line, beyond category and type."""
        names = [name for name in case_words.GOODS if name not in {"category", "goods_type"}]
        return [self[name] for name in names]

    @property
    def block_fields(self) -> list[Any]:
        """Fields of the block of this category."""
        return [self[name] for name in self.fields if name.startswith("block_")]


class LegRow(RowForm):
    lines, model, entry = "legs", RouteLeg, LegEntry
    given_before = frozenset({"role", "confidence"})
    capitals = ("locode", "iata")


class ConveyanceRow(RowForm):
    lines, model, entry = "conveyances", Conveyance, ConveyanceEntry


class ConcealmentRow(RowForm):
    lines, model, entry = "concealments", Concealment, ConcealmentEntry


class IdentifierRow(RowForm):
    lines, model, entry = "identifiers", CaseIdentifier, IdentifierEntry
    given_before = frozenset({"kind"})


class ReferenceRow(RowForm):
    lines = "external_refs"


class PersonsRow(RowForm):
    """Persons of one kind, counted: no name, no date of birth."""

    lines = "persons_statistics"


ROWS: dict[str, type[RowForm]] = {
    one.lines: one for one in (GoodsRow, LegRow, ConveyanceRow, ConcealmentRow, IdentifierRow, ReferenceRow, PersonsRow)
}
__all__ = ["ROWS", "GoodsRow", "HeaderForm", "NumberField", "RowForm"]
