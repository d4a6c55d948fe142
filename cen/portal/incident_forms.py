"""Forms of incidents: what happened, the steps of its handling, and pre-loading referrals."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cen.actions.incident import LONGEST_ENTRY, Step, colleagues
from cen.actions.referrals import Answer, Asked, statuses
from cen.codelists import lists
from cen.incident_facts import IncidentFacts
from cen.lifecycle import IncidentState
from cen.models import Incident
from cen.sheet import IdentifierEntry, Sheet

NUMBERS = {"container": _("Container number"), "awb": _("Air waybill"), "hawb": _("House air waybill")}
HEADER = ("location_type", "place_name", "locode", "direction", "narrative_public")


def options(name: str) -> Any:
    """Choices of a code list, read when the form is drawn."""
    return lambda: [("", "—"), *lists.choices(name)]


def moment(label: Any, **facts: Any) -> forms.DateTimeField:
    """A day with its time of day, in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget, **facts)


def text(label: Any, rows: int, longest: int, **facts: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=forms.Textarea(attrs={"rows": rows}), **facts
    )


def several(label: Any, name: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=lambda: lists.choices(name), required=False, widget=forms.CheckboxSelectMultiple
    )


class IncidentForm(forms.Form):
    """The incident and, as long as its record is open, the header that it shares with seizures."""

    title = forms.CharField(
        label=_("What is it, in a few words"),
        max_length=200,
        error_messages={"required": _("Say in a few words what it is.")},
    )
    incident_type = forms.ChoiceField(
        label=_("Type"),
        choices=options("incident_type"),
        error_messages={"required": _("Choose the type of the incident.")},
    )
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=options("severity"), required=False, coerce=int, empty_value=None
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=options("urgency"), required=False)
    first_seen = moment(_("First seen"))
    ended_at = moment(_("Ended"))
    location_type = forms.ChoiceField(label=_("Kind of place"), choices=options("location_type"), required=False)
    place_name = forms.CharField(label=_("Name of the place"), max_length=120, required=False)
    locode = forms.CharField(label=_("UN/LOCODE"), max_length=5, required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=options("direction"), required=False)
    container = forms.CharField(label=NUMBERS["container"], max_length=40, required=False)
    awb = forms.CharField(label=NUMBERS["awb"], max_length=40, required=False)
    hawb = forms.CharField(label=NUMBERS["hawb"], max_length=40, required=False)
    narrative_public = text(_("What happened"), 5, 4_000, help_text=_("This text may leave your administration."))
    threat = text(_("Assessment of the threat"), 4, 4_000, help_text=_("Only your administration reads this."))
    likelihood = forms.ChoiceField(label=_("Likelihood"), choices=options("likelihood"), required=False)
    confidence = forms.ChoiceField(label=_("Confidence"), choices=options("analytic_confidence"), required=False)
    indicators = several(_("Indicators"), "indicator")
    requested_actions = several(_("What is asked for"), "requested_action")
    action_deadline = moment(_("Until when"), help_text=_("Left out, it follows from the urgency."))
    impact = text(_("Effect and containment"), 3, 2_000)

    def without_header(self) -> IncidentForm:
        """The same form where the record is on its way or out, and its header can't be changed."""
        for name in (*HEADER, *NUMBERS):
            del self.fields[name]
        return self

    def facts(self) -> IncidentFacts:
        """The incident's own answers."""
        return IncidentFacts(**{one.name: self.cleaned_data[one.name] for one in fields(IncidentFacts)})

    def onto(self, sheet: Sheet) -> Sheet:
        """The header with this form's answers; what the form does not ask stays as it was."""
        given, new = self.cleaned_data, deepcopy(sheet)
        for name in HEADER:
            setattr(new, name, given[name])
        new.locode = given["locode"].upper()
        new.seizure_date = given["first_seen"].date() if given["first_seen"] else new.seizure_date
        entered = [IdentifierEntry(kind, given[kind]) for kind in NUMBERS if given[kind]]
        # The form shows the first number of each kind; further ones stay.
        first = {one.kind: one for one in reversed(new.identifiers)}
        shown = [first[kind] for kind in NUMBERS if kind in first]
        new.identifiers = entered + [one for one in new.identifiers if not any(one is other for other in shown)]
        return new


def answers_of(incident: Incident, sheet: Sheet) -> dict[str, Any]:
    """An incident and its header as the form's initial answers."""
    numbers = {one.kind: one.raw for one in reversed(sheet.identifiers) if one.kind in NUMBERS}
    own = {one.name: getattr(incident, one.name) for one in fields(IncidentFacts)}
    return own | {name: getattr(sheet, name) for name in HEADER} | numbers


class StepForm(forms.Form):
    """What a step of handling asks: its own fields, then a text for the log."""

    def __init__(self, data: Any, incident: Incident, to: IncidentState) -> None:
        super().__init__(data)
        if to is IncidentState.TRIAGED:
            self.fields["severity"] = forms.TypedChoiceField(
                label=_("Severity"), choices=options("severity"), required=False, coerce=int, empty_value=None
            )
            self.fields["urgency"] = forms.ChoiceField(label=_("Urgency"), choices=options("urgency"), required=False)
            self.initial = {"severity": incident.severity, "urgency": incident.urgency}
        if to is IncidentState.ASSIGNED:
            people = [(str(key), name) for key, name in colleagues(incident.administration_id)]
            self.fields["assigned_to"] = forms.TypedChoiceField(
                label=_("Who works on it"),
                choices=[("", "—"), *people],
                required=False,
                coerce=UUID,
                empty_value=None,
            )
        if to is IncidentState.RESOLVED:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("Outcome"), choices=options("incident_outcome"), required=False
            )
            self.fields["false_alarm_cause"] = forms.ChoiceField(
                label=_("Cause, for a false alarm"), choices=options("false_alarm_cause"), required=False
            )
        if to is IncidentState.CLOSED:
            self.fields["lessons"] = text(_("What is to be learned"), 4, LONGEST_ENTRY)
            self.initial["lessons"] = incident.lessons
        self.fields["text"] = text(_("Line for the log"), 3, LONGEST_ENTRY)

    def step(self) -> Step:
        """The answers as the action takes them."""
        return Step(**self.cleaned_data)


class NoteForm(forms.Form):
    text = text(_("Line for the log"), 3, LONGEST_ENTRY)


class ReferralForm(forms.Form):
    regime = forms.ChoiceField(label=_("Regime"), choices=options("placi_regime"), required=False)
    referral = forms.ChoiceField(label=_("What is asked for"), choices=options("placi_referral"), required=False)
    status = forms.ChoiceField(label=_("Status code"), choices=options("placi_status"), required=False)
    filer = forms.CharField(label=_("Filer"), max_length=120, required=False)
    flight = forms.CharField(label=_("Flight"), max_length=12, required=False)
    origin_airport = forms.CharField(label=_("Airport of origin"), max_length=4, required=False)
    last_departure = forms.CharField(label=_("Last point of departure"), max_length=4, required=False)
    goods_description = forms.CharField(label=_("Goods as described"), max_length=300, required=False)
    pieces = forms.IntegerField(label=_("Pieces"), min_value=0, max_value=2_147_483_647, required=False)
    gross_kg = forms.DecimalField(
        label=_("Gross weight in kilograms"), min_value=0, max_digits=14, decimal_places=3, required=False
    )
    asked_at = moment(_("Asked"))
    due_at = moment(_("Answer due"))

    def asked(self) -> Asked:
        """The referral as the action takes it."""
        return Asked(**self.cleaned_data)


class AnswerForm(forms.Form):
    answer = text(_("Answer"), 4, 2_000)
    status = forms.ChoiceField(label=_("Status code"), required=False)
    screening_methods = several(_("How it was screened"), "detection_technique")
    result = forms.CharField(label=_("Result"), max_length=300, required=False)

    def __init__(self, data: Any, referral: str) -> None:
        super().__init__(data)
        status: Any = self.fields["status"]
        status.choices = [("", "—"), *((code, lists.label("placi_status", code)) for code in statuses(referral))]

    def given(self) -> Answer:
        """The answer as the action takes it."""
        return Answer(**self.cleaned_data)
