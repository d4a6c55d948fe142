"""The form of a warning notice, and what of a draft it shows and takes."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from cen.models import FollowKind, WarningNotice
from cen.portal.notice_fields import ADDRESSING, AddressingFields, ListField, codes, one_of, several, ticks
from cen.rules.warning import LONGEST
from cen.warning_draft import WarningDraft

USUAL_DEADLINE = timedelta(hours=24)
MOMENT = "%Y-%m-%dT%H:%M"


def _text(label: Any, name: str, rows: int, hint: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST[name],
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        **more,
    )


class WarningForm(AddressingFields):
    """Every answer of a draft; sections as on the page."""

    title = _text(_("Title"), "title", 0, _("What it is about, in a few words."))
    urgency = one_of(_("Urgency"), "urgency", required=True)
    categories = ticks(_("Category of goods"), "category")
    hs_codes = ListField(label=_("HS headings"), required=False, max_length=200, help_text=_("Such as 2402, 8471."))
    what = _text(
        _("What to look out for"), "what", 6, _("No names, plates or numbers of persons, companies or documents.")
    )
    indicators = ticks(_("Indicators"), "indicator")
    based_on = ListField(
        label=_("Published cases it is based on"),
        required=False,
        max_length=400,
        help_text=_("References, such as GH-2026-000123."),
    )
    departure = several(_("Departure"), "country")
    transit = several(_("Transit"), "country")
    destination = several(_("Destination"), "country")
    places = _text(_("Places"), "places", 0, _("Ports, airports or posts it may pass."), required=False)
    modes = ticks(_("Mode of transport"), "transport_mode")
    conveyance_types = several(_("Conveyance"), "conveyance_type")
    concealment_places = several(_("Place of concealment"), "concealment_place")
    requested_actions = ticks(_("What is asked"), "requested_action")
    asked = _text(_("More about what is asked"), "asked", 3, required=False)
    acknowledge_by = forms.DateTimeField(
        label=_("To be acknowledged by"),
        help_text=_("In your own time zone. After this moment the board shows who is overdue."),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    answer_by = forms.DateTimeField(
        label=_("To be done and answered by"),
        required=False,
        help_text=_("Before and after it each administration that gave no feedback is reminded."),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    confidence = one_of(_("Confidence"), "analytic_confidence")
    grading_source = one_of(_("Grading of the source"), "grading_source")
    grading_information = one_of(_("Grading of the information"), "grading_information")
    tlp = forms.ChoiceField(label=_("Who may see it (TLP)"), choices=codes("tlp"), initial="AMBER")
    pap = one_of(_("What may be done with it (PAP)"), "pap")
    handling_codes = ticks(_("Handling codes"), "handling_code")

    SECTIONS = (
        (_("The warning"), ("title", "urgency", "categories", "hs_codes", "what", "indicators", "based_on")),
        (
            _("Route and transport"),
            (
                *("departure", "transit", "destination", "places", "modes"),
                *("conveyance_types", "concealment_places"),
            ),
        ),
        (_("What is asked, and of whom"), ("requested_actions", "asked", *ADDRESSING, "acknowledge_by", "answer_by")),
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
        self.offer_addressees(actor)
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
        return WarningDraft(**answers, chosen=self.chosen(), follows=follows, follow_kind=kind)


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
