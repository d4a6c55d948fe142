"""The form of a flash, and what of a draft it shows and takes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from cen.flash_draft import FlashDraft
from cen.models import Flash, FlashFollow
from cen.portal.notice_fields import ADDRESSING, AddressingFields, ListField, codes, one_of, ticks
from cen.rules.flash import LONGEST, LONGEST_WAIT, SHORTEST

NOT_ASKED = frozenset({"chosen", "follows", "follow_kind"})
MOMENT = "%Y-%m-%dT%H:%M"


def _numbers(label: Any, hint: Any) -> ListField:
    return ListField(label=label, required=False, max_length=1_500, help_text=hint)


class FlashForm(AddressingFields):
    """Every answer of a draft; sections as on the page."""

    kind = one_of(_("Kind"), "flash_kind", required=True)
    title = forms.CharField(
        label=_("Title"), max_length=LONGEST["title"], help_text=_("What it is about, in a few words.")
    )
    what = forms.CharField(
        label=_("What is known"),
        max_length=LONGEST["what"],
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("No names of persons or companies: send those as a sealed message and give its reference."),
    )
    actions = ticks(_("To be done at once"), "immediate_action")
    more = forms.CharField(
        label=_("More about what is to be done"),
        max_length=LONGEST["more"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    waybills = _numbers(_("Air waybills"), _("Such as 125-12345675; several with commas."))
    house_waybills = _numbers(_("House air waybills"), "")
    containers = _numbers(_("Containers"), _("Such as CSQU3054383."))
    flights = _numbers(_("Flights that carry it now"), _("Such as BA142."))
    ships = _numbers(_("Ships (IMO numbers)"), "")
    places = _numbers(_("Places (UN/LOCODE)"), _("Such as GHTEM, AEDXB."))
    facility_status = one_of(_("The port or border post is"), "facility_status")
    informed = ticks(_("Who has been told"), "body_informed")
    next_update_at = forms.DateTimeField(
        label=_("Next update"),
        required=False,
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text=_("In your own time zone."),
    )
    sealed_reference = forms.CharField(
        label=_("Reference of the sealed message"),
        required=False,
        max_length=64,
        help_text=_("Where names are needed: the message that holds them goes through a sealed group."),
    )
    everyone = forms.BooleanField(label=_("All administrations of the network"), required=False)
    acknowledge_within = forms.IntegerField(
        label=_("To be acknowledged within (minutes)"),
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST_WAIT,
        help_text=_("Counted from the moment of issuing. Where nobody answers, the next contact is turned to."),
    )
    drill = forms.BooleanField(
        label=_("This is a drill"),
        required=False,
        help_text=_("The word DRILL begins its title everywhere, and nobody is to be telephoned because of it."),
    )
    tlp = forms.ChoiceField(label=_("Who may see it (TLP)"), choices=codes("tlp"), initial="AMBER")
    pap = one_of(_("What may be done with it (PAP)"), "pap")
    handling_codes = ticks(_("Handling codes"), "handling_code")

    SECTIONS = (
        (_("The flash"), ("drill", "kind", "title", "what", "actions", "more")),
        (
            _("Consignment, conveyance, place"),
            ("waybills", "house_waybills", "flights", "containers", "ships", "places", "facility_status"),
        ),
        (_("For whom"), (*ADDRESSING, "everyone", "acknowledge_within")),
        (_("Handling"), ("tlp", "pap", "handling_codes")),
        (_("Who knows, and what comes next"), ("informed", "next_update_at", "sealed_reference")),
    )
    # Sections without a required answer are folded while they hold none.
    FOLDED = frozenset({4})

    def __init__(self, actor: Actor, *args: Any, follows: Flash | None = None, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_addressees(actor)
        if kind == FlashFollow.ALL_CLEAR:
            self.fields["what"].label = _("Why it is over")
            del self.fields["acknowledge_within"]
            self.fields["actions"].help_text = _("Nothing is asked any more; leave it out.")
        else:
            self.fields["acknowledge_within"].required = self.fields["actions"].required = True
        if follows is not None:
            del self.fields["drill"]

    def sections(self) -> list[tuple[Any, list[BoundField], bool, bool]]:
        """Title, fields, whether it can be folded, and whether it is open."""
        made = []
        for number, (title, names) in enumerate(self.SECTIONS):
            bound = [self[name] for name in names if name in self.fields]
            folds = number in self.FOLDED
            made.append((title, bound, folds, not folds or any(one.value() or one.errors for one in bound)))
        return made

    def draft(self, *, follows: Flash | None = None, kind: str = "") -> FlashDraft:
        """The answers as a draft; an edition that follows is a drill where the first one was."""
        given = self.cleaned_data
        answers = {name: given[name] for name in draft_names() if name in given}
        draft = FlashDraft(**answers, chosen=self.chosen(), follows=follows, follow_kind=kind)
        if follows is not None:
            draft.drill = follows.drill
        if not draft.asks:
            draft.acknowledge_within = None
        return draft


def draft_names() -> list[str]:
    return [one.name for one in fields(FlashDraft) if one.name not in NOT_ASKED]


def answers_of(draft: FlashDraft) -> dict[str, Any]:
    """Initial answers of a form."""
    answers = {name: getattr(draft, name) for name in draft_names()}
    answers["administrations"] = [str(key) for key in sorted(draft.chosen.administrations)]
    return answers
