"""The short form: one seizure in two minutes, every answer a field of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.goods_blocks import FieldSpec, block_of, tidied
from cen.portal.fields import block_from, block_name, day, fields_of_block, typed_block
from cen.portal.full_form.typed import shown_quantity
from cen.quantities import read_number
from cen.sheet import GoodsEntry, IdentifierEntry, LegEntry, Sheet

# Where a finding about the sheet is shown in this form.
FIELD_OF_POINTER = {
    "goods": "category",
    "goods/0/category": "category",
    "goods/0/goods_type": "goods_type",
    "goods/0/quantity": "quantity",
    "goods/0/unit": "unit",
    "identifiers/0/kind": "container",
    "legs": "departure",
}
ROLES = ("departure", "transit", "destination")


def options(name: str) -> Any:
    """Choices of a code list, read when the form is drawn."""
    return lambda: [("", "—"), *lists.choices(name)]


def types_by_category() -> list[tuple[Any, Any]]:
    """Types of goods, each under its category."""
    of_category: dict[str, list[tuple[str, str]]] = {}
    for entry in lists.codes("goods_type"):
        of_category.setdefault(entry.parent, []).append((entry.code, entry.label()))
    return [("", "—"), *((lists.label("category", category), pairs) for category, pairs in of_category.items())]


def units_for(category: str) -> list[tuple[Any, Any]]:
    """All units; those of the category first, where one is chosen."""
    entry, every = lists.entries("category").get(category), lists.choices("unit")
    if entry is None:
        return [("", "—"), *every]
    labels, usual = dict(every), str(entry.extra.get("units", "")).split()
    first = [(code, labels[code]) for code in usual if code in labels]
    return [("", "—"), (_("Usual for these goods"), first), (_("Others"), [one for one in every if one not in first])]


class ShortForm(forms.Form):
    seizure_date = day(label=_("Date of the seizure"), required=False)
    location_type = forms.ChoiceField(label=_("Kind of place"), choices=options("location_type"), required=False)
    place_name = forms.CharField(label=_("Name of the place"), max_length=120, required=False)
    locode = forms.CharField(
        label=_("UN/LOCODE"), help_text=_("Five characters, such as GHTEM."), max_length=5, required=False
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=options("direction"), required=False)
    detection_trigger = forms.ChoiceField(
        label=_("Why it was selected"), choices=options("detection_trigger"), required=False
    )
    category = forms.ChoiceField(label=_("Category"), choices=options("category"), required=False)
    goods_type = forms.ChoiceField(label=_("Type"), choices=types_by_category, required=False)
    quantity = forms.CharField(
        label=_("Quantity"), help_text=_("As you would write it: 500 or 12.5"), max_length=40, required=False
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=options("unit"), required=False)
    departure = forms.ChoiceField(label=_("Departure"), choices=options("country"), required=False)
    transit = forms.ChoiceField(label=_("Transit"), choices=options("country"), required=False)
    destination = forms.ChoiceField(label=_("Destination"), choices=options("country"), required=False)
    container = forms.CharField(label=_("Container number"), max_length=40, required=False)
    narrative_public = forms.CharField(
        label=_("What happened"),
        help_text=_("No names, plates or numbers of documents: this text may leave your administration."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = str((self.data if self.is_bound else self.initial).get("category") or "")
        unit: Any = self.fields["unit"]
        unit.choices = units_for(category)
        block = block_of(category)
        # Of the block only what these goods may not go without; the full form has the rest.
        self.asked: tuple[FieldSpec, ...] = tuple(
            spec for spec in (block.fields if block else ()) if spec.needed and not spec.needed_when
        )
        for spec in self.asked:
            self.fields |= fields_of_block(spec)
        self.order_fields([*self._through("unit"), *(block_name(spec.name) for spec in self.asked)])

    def _through(self, last: str) -> list[str]:
        names = list(self.fields)
        return names[: names.index(last) + 1]

    def clean_quantity(self) -> str:
        """The text as typed; refused where it is no number."""
        text = str(self.cleaned_data["quantity"])
        reading = read_number(text)
        if reading.state == "refused":
            raise forms.ValidationError(str(reading.sentence), code=reading.code)
        return text

    def onto(self, sheet: Sheet) -> Sheet:
        """The sheet with this form's answers; what the form does not ask stays as it was."""
        given, new = self.cleaned_data, deepcopy(sheet)
        for name in ("seizure_date", "location_type", "place_name", "direction", "narrative_public"):
            setattr(new, name, given[name])
        new.detection_trigger = given["detection_trigger"]
        new.locode = given["locode"].upper()
        self._goods_onto(new)
        for role in ROLES:
            _first_leg_onto(new, role, given[role])
        _container_onto(new, given["container"])
        return new

    def _goods_onto(self, sheet: Sheet) -> None:
        given = self.cleaned_data
        if not any(given[name] for name in ("category", "goods_type", "quantity")):
            sheet.goods = sheet.goods[1:]
            return
        line = sheet.goods[0] if sheet.goods else GoodsEntry()
        reading = read_number(given["quantity"])
        if given["quantity"] != shown_quantity(line):
            line.quantity, line.quantity_text = reading.value, given["quantity"]
        if reading.state != "absent":
            line.unmeasured = "not_measured" if reading.state == "unmeasured" else ""
        old, new = block_of(line.category), block_of(given["category"])
        line.block = line.block if old is new else {}
        line.block = {name: value for name, value in line.block.items() if name not in {one.name for one in self.asked}}
        line.block |= tidied(given["category"], block_from(self.asked, given))
        line.category, line.goods_type, line.unit = given["category"], given["goods_type"], given["unit"]
        sheet.goods = [line, *sheet.goods[1:]]

    def show(self, findings: Sequence[Finding]) -> None:
        """Puts each finding at its field, or on top where it has none here."""
        for finding in findings:
            pointer = finding.pointer.replace("goods/0/block/", "block_")
            name = FIELD_OF_POINTER.get(pointer, pointer)
            target = name if name in self.fields else None
            if finding.severity != "warning":
                self.add_error(target, forms.ValidationError(finding.sentence, code=finding.code))


def _first_leg_onto(sheet: Sheet, role: str, country: str) -> None:
    """Of each role the short form shows the first leg; further ones, and what else a leg says, stay."""
    first = next((leg for leg in sheet.legs if leg.role == role), None)
    if first is not None and country:
        first.country = country
    elif first is not None:
        sheet.legs.remove(first)
    elif country:
        order = [leg for leg in sheet.legs if leg.role in ROLES[: ROLES.index(role)]]
        sheet.legs.insert(sheet.legs.index(order[-1]) + 1 if order else 0, LegEntry(role, country))


def _container_onto(sheet: Sheet, number: str) -> None:
    first = next((one for one in sheet.identifiers if one.kind == "container"), None)
    if first is not None and number:
        first.raw = number
    elif first is not None:
        sheet.identifiers.remove(first)
    elif number:
        sheet.identifiers.insert(0, IdentifierEntry("container", number))


def answers_of(sheet: Sheet) -> dict[str, Any]:
    """A sheet as the form's initial answers."""
    first = sheet.goods[0] if sheet.goods else GoodsEntry()
    block = block_of(first.category)
    by_role = {leg.role: leg.country for leg in reversed(sheet.legs)}
    plain = ("seizure_date", "location_type", "place_name", "locode", "direction", "narrative_public")
    container = next((one.raw for one in sheet.identifiers if one.kind == "container"), "")
    return {name: getattr(sheet, name) for name in plain} | {
        "detection_trigger": sheet.detection_trigger,
        "category": first.category,
        "goods_type": first.goods_type,
        "quantity": shown_quantity(first),
        "unit": first.unit,
        "departure": by_role.get("departure", ""),
        "transit": by_role.get("transit", ""),
        "destination": by_role.get("destination", ""),
        "container": container,
        **typed_block(block.fields if block else (), first.block),
    }
