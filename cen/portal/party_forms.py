"""Forms of persons, companies and nominal identifiers, and how what is kept of them is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.actions.nominal_identifiers import OpenIdentifier
from cen.codelists import lists
from cen.identifiers.kinds import KINDS, NOMINAL_KINDS
from cen.identifiers.reading import LONGEST_RAW
from cen.models.party import PartyKind
from cen.nominal.fields import DOCUMENT_KINDS, FIELDS, Field, doubts, fields_of
from cen.nominal.lookups import LOOKUPS

_PRIVATE = {"autocomplete": "off", "spellcheck": "false"}


def _choices(field: Field) -> list[tuple[str, Any]]:
    given = list(DOCUMENT_KINDS) if field.code == "document_kind" else lists.choices(field.listed)
    return [("", "—"), *given]


def _control(field: Field) -> forms.Field:
    plain: dict[str, Any] = {"label": field.label, "help_text": field.hint, "required": False}
    if field.listed or field.code == "document_kind":
        return forms.ChoiceField(choices=lambda: _choices(field), **plain)
    widget = forms.Textarea(attrs={**_PRIVATE, "rows": 2}) if field.many else forms.TextInput(attrs=_PRIVATE)
    return forms.CharField(max_length=field.longest, widget=widget, **plain)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Part in this case"), choices=lambda: [("", "—"), *lists.choices("person_role")])


class PartyForm(forms.Form):
    """The fields of a person or a company."""

    def __init__(self, kind: str, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for field in fields_of(kind):
            self.fields[field.code] = _control(field)

    def details(self) -> dict[str, str]:
        """What was typed, field by field."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name in FIELDS}

    def show(self, findings: Sequence[Finding]) -> None:
        """Puts each finding at its field."""
        for finding in findings:
            target = finding.pointer if finding.pointer in self.fields else None
            self.add_error(target, forms.ValidationError(finding.sentence, code=finding.code))


class LookForm(forms.Form):
    """What is to be looked up before anything is typed anew."""

    kind = forms.ChoiceField(label=_("What"), choices=PartyKind.choices, widget=forms.RadioSelect, initial="person")
    lookup = forms.ChoiceField(
        label=_("Look up by"),
        choices=lambda: [(one.code, one.label) for one in LOOKUPS.values() if one.in_parties],
    )
    text = forms.CharField(
        label=_("Name or number"),
        help_text=_("The whole name in any order, or the whole number. Accents and spaces make no difference."),
        max_length=LONGEST_RAW,
        widget=forms.TextInput(attrs=_PRIVATE),
    )


class SearchForm(forms.Form):
    lookup = forms.ChoiceField(
        label=_("Look up by"), choices=lambda: [(one.code, one.label) for one in LOOKUPS.values()]
    )
    text = forms.CharField(
        label=_("Name or number"),
        help_text=_("The whole name in any order, or the whole number. Accents and spaces make no difference."),
        max_length=LONGEST_RAW,
        widget=forms.TextInput(attrs=_PRIVATE),
    )


class IdentifierForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of number"),
        choices=lambda: [("", "—"), *((code, KINDS[code].label) for code in KINDS if code in NOMINAL_KINDS)],
    )
    raw = forms.CharField(
        label=_("Number"),
        help_text=_("As it is written there."),
        max_length=LONGEST_RAW,
        widget=forms.TextInput(attrs=_PRIVATE),
    )


def shown(details: dict[str, str]) -> list[dict[str, Any]]:
    """The fields that say something, in order, codes in words: rows of label, value and what is doubtful about it."""
    return [
        {
            "code": code,
            "label": field.label,
            "value": in_words(code, details[code]),
            "doubts": doubts(field, details[code]),
        }
        for code, field in FIELDS.items()
        if details.get(code)
    ]


def in_words(code: str, value: str) -> Any:
    """The value of a field as it is read."""
    if code == "document_kind":
        return dict(DOCUMENT_KINDS).get(value, value)
    listed = FIELDS[code].listed
    return lists.label(listed, value) if listed else value


def shown_identifier(one: OpenIdentifier) -> dict[str, Any]:
    """A nominal identifier as a line of a list: kind, number as written, and what is doubtful about it."""
    reading = one.reading
    return {
        "pk": one.row.pk,
        "case": one.row.case,
        "kind": KINDS[reading.kind].label,
        "raw": reading.raw,
        "sentence": reading.sentence or "",
        "suggestion": reading.suggestion[0] if reading.suggestion else "",
    }
