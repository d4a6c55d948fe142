"""Fields that the forms of warnings and flashes share: codes of a list, numbers in a row, and for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice, Region
from accounts.refusals import Finding
from cen.addressees import Chosen
from cen.codelists import lists

ADDRESSING = ("administrations", "regions", "liaison_offices")


def codes(name: str) -> Any:
    return lambda: lists.choices(name)


def one_of(label: Any, name: str, **more: Any) -> forms.ChoiceField:
    known = {"required": False, **more}
    return forms.ChoiceField(label=label, choices=lambda: [("", "—"), *lists.choices(name)], **known)


def ticks(label: Any, name: str, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=codes(name), required=False, widget=forms.CheckboxSelectMultiple, **more
    )


def several(label: Any, name: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=codes(name), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )


class ListField(forms.CharField):
    """Several words typed with commas or blanks between them."""

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value) or "").replace(",", " ").upper().split()

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        super().run_validators(" ".join(value))

    def validate(self, value: Any) -> None:
        super().validate(" ".join(value))


class AddressingFields(forms.Form):
    """For whom: administrations one by one, regions, liaison offices."""

    administrations = forms.MultipleChoiceField(
        label=_("Administrations"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    regions = forms.MultipleChoiceField(
        label=_("All administrations of these regions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    liaison_offices = forms.MultipleChoiceField(
        label=_("All administrations of these liaison offices"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer_addressees(self, actor: Actor) -> None:
        """What the actor can choose from."""
        here = policy_for(Administration).visible_to(actor, Action.LIST).filter(active=True)
        if actor.administration_id:
            here = here.exclude(pk=actor.administration_id)
        offices = policy_for(LiaisonOffice).visible_to(actor, Action.LIST).filter(active=True)
        regions = policy_for(Region).visible_to(actor, Action.LIST)
        for name, rows in zip(ADDRESSING, (here, regions, offices), strict=True):
            field: Any = self.fields[name]
            field.choices = [(str(row.pk), row.name) for row in rows]

    def chosen(self) -> Chosen:
        """The answers; `everyone` where the form asks for it."""
        given = self.cleaned_data
        keys = (frozenset(int(key) for key in given[name]) for name in ADDRESSING)
        administrations, regions, offices = keys
        return Chosen(administrations, regions, offices, everyone=bool(given.get("everyone")))

    def show(self, findings: tuple[Finding, ...]) -> None:
        """Puts findings at their fields."""
        for finding in findings:
            sentence = str(finding.sentence)
            if finding.suggestion:
                sentence += " " + _("Perhaps: %s") % finding.suggestion
            self.add_error(finding.pointer if finding.pointer in self.fields else None, sentence)
