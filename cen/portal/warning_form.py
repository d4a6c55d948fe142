"""The form of a warning notice, and what of a draft it shows and takes."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice, Region
from accounts.refusals import Finding
from cen.addressees import Chosen
from cen.codelists import lists
from cen.models import FollowKind, WarningNotice
from cen.rules.warning import LONGEST
from cen.warning_draft import WarningDraft

USUAL_DEADLINE = timedelta(hours=24)
MOMENT = "%Y-%m-%dT%H:%M"
ADDRESSING = ("administrations", "regions", "liaison_offices")


def _codes(name: str) -> Any:
    return lambda: lists.choices(name)


def _one(label: Any, name: str, **more: Any) -> forms.ChoiceField:
    known = {"required": False, **more}
    return forms.ChoiceField(label=label, choices=lambda: [("", "—"), *lists.choices(name)], **known)


def _ticks(label: Any, name: str, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=_codes(name), required=False, widget=forms.CheckboxSelectMultiple, **more
    )


def _several(label: Any, name: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=_codes(name), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )


def _text(label: Any, name: str, rows: int, hint: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST[name],
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        **more,
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


class WarningForm(forms.Form):
    """Every answer of a draft; sections as on the page."""

    title = _text(_("Title"), "title", 0, _("What it is about, in a few words."))
    urgency = _one(_("Urgency"), "urgency", required=True)
    categories = _ticks(_("Category of goods"), "category")
    hs_codes = ListField(label=_("HS headings"), required=False, max_length=200, help_text=_("Such as 2402, 8471."))
    what = _text(
        _("What to look out for"), "what", 6, _("No names, plates or numbers of persons, companies or documents.")
    )
    indicators = _ticks(_("Indicators"), "indicator")
    based_on = ListField(
        label=_("Published cases it is based on"),
        required=False,
        max_length=400,
        help_text=_("References, such as GH-2026-000123."),
    )
    departure = _several(_("Departure"), "country")
    transit = _several(_("Transit"), "country")
    destination = _several(_("Destination"), "country")
    places = _text(_("Places"), "places", 0, _("Ports, airports or posts it may pass."), required=False)
    modes = _ticks(_("Mode of transport"), "transport_mode")
    conveyance_types = _several(_("Conveyance"), "conveyance_type")
    concealment_places = _several(_("Place of concealment"), "concealment_place")
    requested_actions = _ticks(_("What is asked"), "requested_action")
    asked = _text(_("More about what is asked"), "asked", 3, required=False)
    administrations = forms.MultipleChoiceField(
        label=_("Administrations"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    regions = forms.MultipleChoiceField(
        label=_("All administrations of these regions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    liaison_offices = forms.MultipleChoiceField(
        label=_("All administrations of these liaison offices"), required=False, widget=forms.CheckboxSelectMultiple
    )
    acknowledge_by = forms.DateTimeField(
        label=_("To be acknowledged by"),
        help_text=_("In your own time zone. After this moment the board shows who is overdue."),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    confidence = _one(_("Confidence"), "analytic_confidence")
    grading_source = _one(_("Grading of the source"), "grading_source")
    grading_information = _one(_("Grading of the information"), "grading_information")
    tlp = forms.ChoiceField(label=_("Who may see it (TLP)"), choices=_codes("tlp"), initial="AMBER")
    pap = _one(_("What may be done with it (PAP)"), "pap")
    handling_codes = _ticks(_("Handling codes"), "handling_code")

    SECTIONS = (
        (_("The warning"), ("title", "urgency", "categories", "hs_codes", "what", "indicators", "based_on")),
        (
            _("Route and transport"),
            (
                *("departure", "transit", "destination", "places", "modes"),
                *("conveyance_types", "concealment_places"),
            ),
        ),
        (_("What is asked, and of whom"), ("requested_actions", "asked", *ADDRESSING, "acknowledge_by")),
        (
            _("Handling"),
            ("tlp", "pap", "handling_codes"),
        ),
        (_("Grading and validity"), ("confidence", "grading_source", "grading_information", "valid_until")),
    )
    # Sections without a required answer are folded while they hold none.
    FOLDED = frozenset({1, 4})

    def __init__(self, actor: Actor, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = policy_for(Administration).visible_to(actor, Action.LIST).filter(active=True)
        if actor.administration_id:
            here = here.exclude(pk=actor.administration_id)
        offices = policy_for(LiaisonOffice).visible_to(actor, Action.LIST).filter(active=True)
        regions = policy_for(Region).visible_to(actor, Action.LIST)
        for name, rows in zip(ADDRESSING, (here, regions, offices), strict=True):
            field: Any = self.fields[name]
            field.choices = [(str(row.pk), row.name) for row in rows]
        if kind == FollowKind.WITHDRAWAL:
            self.fields["what"].label = _("Why it is withdrawn")

    def sections(self) -> list[tuple[Any, list[BoundField], bool, bool]]:
        """Title, fields, whether it can be folded, and whether it is open."""
        made = []
        for number, (title, names) in enumerate(self.SECTIONS):
            bound = [self[name] for name in names]
            folds = number in self.FOLDED
            made.append((title, bound, folds, not folds or any(one.value() or one.errors for one in bound)))
        return made

    def draft(self, *, follows: WarningNotice | None = None, kind: str = "") -> WarningDraft:
        """The answers as a draft."""
        given = self.cleaned_data
        answers = {name: given[name] for name in draft_names() if name in given}
        administrations, regions, offices = (frozenset(int(key) for key in given[name]) for name in ADDRESSING)
        chosen = Chosen(administrations, regions, offices)
        return WarningDraft(**answers, chosen=chosen, follows=follows, follow_kind=kind)

    def show(self, findings: tuple[Finding, ...]) -> None:
        """Puts findings at their fields."""
        for finding in findings:
            self.add_error(finding.pointer if finding.pointer in self.fields else None, str(finding.sentence))


def draft_names() -> list[str]:
    return [one.name for one in fields(WarningDraft) if one.name not in {"chosen", "follows", "follow_kind"}]


def answers_of(draft: WarningDraft) -> dict[str, Any]:
    """Initial answers of a form."""
    answers = {name: getattr(draft, name) for name in draft_names()}
    answers["administrations"] = [str(key) for key in sorted(draft.chosen.administrations)]
    return answers


def usual_deadline() -> datetime:
    """A day from now, at a full hour."""
    return (timezone.now() + USUAL_DEADLINE).replace(minute=0, second=0, microsecond=0)
