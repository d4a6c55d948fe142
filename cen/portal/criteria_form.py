"""The words of a search as a form: one field for each dimension of cen.queries.criteria, none beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.reference.regions import region_choices
from alerts.portal.faces import Section
from cen.codelists import lists
from cen.models.case import CaseKind
from cen.queries.criteria import DIMENSIONS, BadCriteria, Criteria

# Longer lists come as a box to scroll, shorter ones as ticks.
TICKS = 26


@dataclass(frozen=True, slots=True)
class Word:
    """How a dimension is asked: its label, the code list of its values ('' where they are typed), its section."""

    label: Any
    codes: str = ""
    section: str = "what"
    typed: str = "text"


WORDS: Mapping[str, Word] = {
    "text": Word(_("Words in the texts")),
    "kind": Word(_("Kind of record"), "=kind"),
    "category": Word(_("Category of goods"), "category"),
    "region": Word(_("Region of route or place"), "=region", "where"),
    "touches": Word(_("Route or place"), "country", "where", "codes"),
    "route": Word(_("Anywhere on the route"), "country", "where", "codes"),
    "departure": Word(_("Departure"), "country", "where", "codes"),
    "transit": Word(_("Transit"), "country", "where", "codes"),
    "destination": Word(_("Destination"), "country", "where", "codes"),
    "origin": Word(_("Origin of the goods"), "country", "where", "codes"),
    "place": Word(_("Where it was found"), "country", "where", "codes"),
    "locode": Word(_("UN/LOCODE of the place"), "", "where"),
    "location_type": Word(_("Kind of place"), "location_type", "where"),
    "type": Word(_("Type of goods"), "goods_type", "goods"),
    "hs": Word(_("HS headings"), "", "goods"),
    "min_kg": Word(_("At least, kilograms"), "", "goods"),
    "max_kg": Word(_("At most, kilograms"), "", "goods"),
    "min_pieces": Word(_("At least, pieces"), "", "goods"),
    "max_pieces": Word(_("At most, pieces"), "", "goods"),
    "min_litres": Word(_("At least, litres"), "", "goods"),
    "max_litres": Word(_("At most, litres"), "", "goods"),
    "mode": Word(_("Mode of transport"), "transport_mode", "how"),
    "conveyance": Word(_("Conveyance"), "conveyance_type", "how"),
    "direction": Word(_("Direction"), "direction", "how"),
    "detection": Word(_("Why it was selected"), "detection_trigger", "how"),
    "technique": Word(_("How it was found"), "detection_technique", "how"),
    "concealment": Word(_("Place of concealment"), "concealment_place", "how"),
    "method": Word(_("Method of concealment"), "concealment_method", "how"),
    "since": Word(_("Seized on or after"), "", "when", "date"),
    "until": Word(_("Seized on or before"), "", "when", "date"),
}
SECTIONS: Mapping[str, Any] = {
    "what": _("What"),
    "where": _("Where"),
    "goods": _("Goods and quantities"),
    "how": _("How it travelled and how it was found"),
    "when": _("When"),
}
ALWAYS_OPEN = frozenset({"what"})


def word_of(name: str) -> Word:
    """The word of a dimension; one without an own entry is typed, and named as in the address."""
    return WORDS.get(name) or Word(name, "", "how")


def choices_of(codes: str) -> list[tuple[str, str]]:
    """The values to choose from, in the reader's language."""
    if codes == "=kind":
        return [(str(value), str(label)) for value, label in CaseKind.choices]
    if codes == "=region":
        return region_choices()
    return lists.choices(codes)


class CodesField(forms.CharField):
    """Country codes typed with commas or blanks between them."""

    def clean(self, value: Any) -> str:
        given = super().clean(value).replace(",", " ").upper().split()
        for code in given:
            if not lists.is_valid("country", code):
                raise forms.ValidationError(_t("There is no country with the code %s.") % code[:10])
        return ",".join(given)


class SearchForm(forms.Form):
    """Criteria as fields. `criteria` fills it; what no search knows is kept in `unreadable` and told."""

    def __init__(self, data: Any = None, *, criteria: str = "") -> None:
        given = dict(parse_qsl(criteria))
        self.unreadable = tuple(sorted(set(given) - set(DIMENSIONS)))
        super().__init__(data, initial={name: _initial(name, text) for name, text in given.items()})
        for name in DIMENSIONS:
            self.fields[name] = _field(name)
        for name in given:
            # A value that left its list is still shown, so that it can be taken out.
            field = self.fields.get(name)
            if isinstance(field, forms.MultipleChoiceField):
                choices = cast("list[tuple[str, str]]", list(field.choices))  # type: ignore[arg-type]
                known = {code for code, _label in choices}
                field.choices = choices + [(code, code) for code in self.initial[name] if code not in known]

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if not self.errors:
            try:
                Criteria.read(self._said(given))
            except BadCriteria as refusal:
                self.add_error(refusal.finding.pointer or None, str(refusal.sentence))
        return given

    def criteria(self) -> str:
        """The query string of the search; '' matches everything."""
        return urlencode(self._said(self.cleaned_data))

    def sections(self) -> list[Section]:
        """Fields by section, in the order of the words; sections without an answer are folded."""
        made = []
        order = [*(name for name in WORDS if name in self.fields), *(set(self.fields) - set(WORDS))]
        for key, title in SECTIONS.items():
            fields = [self[name] for name in order if word_of(name).section == key]
            opened = key in ALWAYS_OPEN or any(field.value() or field.errors for field in fields)
            if fields:
                made.append(Section(str(title), fields, opened))
        return made

    @staticmethod
    def _said(values: Mapping[str, Any]) -> dict[str, str]:
        said = {
            name: ",".join(value) if isinstance(value, list) else str(value)
            for name, value in values.items()
            if value is not None
        }
        return {name: text.strip() for name, text in said.items() if text.strip()}


def _initial(name: str, text: str) -> Any:
    word = word_of(name)
    return text.split(",") if word.codes and word.typed != "codes" else text


def _field(name: str) -> forms.Field:
    word = word_of(name)
    if word.typed == "codes":
        return CodesField(
            label=word.label, required=False, max_length=400, help_text=_("Codes of countries, such as NL, GH.")
        )
    if word.codes:
        choices = choices_of(word.codes)
        several: Any = (
            forms.CheckboxSelectMultiple
            if len(choices) <= TICKS
            else forms.SelectMultiple(attrs={"size": 8, "class": "input"})
        )
        return forms.MultipleChoiceField(label=word.label, choices=choices, required=False, widget=several)
    if word.typed == "date":
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=word.label, required=False, widget=widget)
    hint = "" if name == "text" else DIMENSIONS[name].about
    return forms.CharField(label=word.label, required=False, max_length=400, help_text=hint)


class PublishedCriteria:
    """The editor of subscriptions to published cases."""

    kind = "case.published"

    def form(self, data: Any = None, *, criteria: str = "") -> SearchForm:
        return SearchForm(data, criteria=criteria)

    def words(self, criteria: str) -> list[tuple[str, str]]:
        """What the criteria say, label and values; one line for everything where there are none."""
        said = []
        for name, text in parse_qsl(criteria):
            word = word_of(name)
            said.append((str(word.label), self._values(word, text)))
        return said or [(_t("Everything"), _t("every published case"))]

    def search_url(self, criteria: str) -> str:
        address = reverse("published")
        return f"{address}?{criteria}" if criteria else address

    @staticmethod
    def _values(word: Word, text: str) -> str:
        if not word.codes:
            return text
        if word.codes.startswith("="):
            labels = dict(choices_of(word.codes))
            return ", ".join(labels.get(code, code) for code in text.split(","))
        return ", ".join(lists.label(word.codes, code, get_language()) for code in text.split(","))
