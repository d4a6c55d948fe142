"""The short form: one seizure in two minutes, every answer a field of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.codelists import lists
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


def options(name: str) -> Any:
    """Choices of a code list, read when the form is drawn."""
    return lambda: [("", "—"), *lists.choices(name)]


class ShortForm(forms.Form):
    seizure_date = forms.DateField(
        label=_("Date of the seizure"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
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
    goods_type = forms.ChoiceField(label=_("Type"), choices=options("goods_type"), required=False)
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
        roles = ("departure", "transit", "destination")
        kept = [leg for leg in new.legs if leg.role not in roles]
        new.legs = [LegEntry(role, given[role]) for role in roles if given[role]] + kept
        others = [one for one in new.identifiers if one.kind != "container"]
        container = [IdentifierEntry("container", given["container"])] if given["container"] else []
        new.identifiers = container + others
        return new

    def _goods_onto(self, sheet: Sheet) -> None:
        given = self.cleaned_data
        if not any(given[name] for name in ("category", "goods_type", "quantity")):
            sheet.goods = sheet.goods[1:]
            return
        line = sheet.goods[0] if sheet.goods else GoodsEntry()
        reading = read_number(given["quantity"])
        line.category, line.goods_type, line.unit = given["category"], given["goods_type"], given["unit"]
        line.quantity, line.quantity_text = reading.value, given["quantity"]
        line.unmeasured = "not_measured" if reading.state == "unmeasured" else ""
        sheet.goods = [line, *sheet.goods[1:]]

    def show(self, findings: Sequence[Finding]) -> None:
        """Puts each finding at its field, or on top where it has none here."""
        for finding in findings:
            name = FIELD_OF_POINTER.get(finding.pointer, finding.pointer)
            target = name if name in self.fields else None
            self.add_error(target, forms.ValidationError(finding.sentence, code=finding.code))


def answers_of(sheet: Sheet) -> dict[str, Any]:
    """A sheet as the form's initial answers."""
    first = sheet.goods[0] if sheet.goods else GoodsEntry()
    by_role = {leg.role: leg.country for leg in sheet.legs}
    plain = ("seizure_date", "location_type", "place_name", "locode", "direction", "narrative_public")
    container = next((one.raw for one in sheet.identifiers if one.kind == "container"), "")
    return {name: getattr(sheet, name) for name in plain} | {
        "detection_trigger": sheet.detection_trigger,
        "category": first.category,
        "goods_type": first.goods_type,
        "quantity": first.quantity_text,
        "unit": first.unit,
        "departure": by_role.get("departure", ""),
        "transit": by_role.get("transit", ""),
        "destination": by_role.get("destination", ""),
        "container": container,
    }
