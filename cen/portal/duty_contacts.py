"""The page of whom to turn to when nobody answers a flash."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from accounts.refusals import RulesBroken
from cen.actions.duty_contacts import end, keep, move_up, postings_to_choose
from cen.models import DutyContact


class DutyContactForm(forms.Form):
    office_name = forms.CharField(
        label=_("Office"), max_length=120, help_text=_("Where it rings, such as “Operations room”; never a person.")
    )
    posting = forms.ChoiceField(
        label=_("Officer, alerted in the portal"), required=False, help_text=_("Either an officer or a telephone.")
    )
    phone = forms.CharField(
        label=_("Duty telephone"), required=False, max_length=40, help_text=_("With the code of its country.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone there"), choices=lambda: [(one, one) for one in sorted(zoneinfo.available_timezones())]
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posting: Any = self.fields["posting"]
        posting.choices = [
            ("", "—"),
            *((str(one.pk), f"{one.officer}, {one.get_role_display()}") for one in postings_to_choose(actor)),
        ]


@page(DutyContact, Action.LIST, post=Action.CREATE)
def duty_contacts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list in its order; the contact point adds to it."""
    policy = policy_for(DutyContact)
    may_keep = policy.possible(actor, Action.CREATE) is None
    form = DutyContactForm(actor, request.POST or None, initial={"time_zone": _own_zone(actor)}) if may_keep else None
    if request.method == "POST" and form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            keep(
                actor,
                office_name=given["office_name"],
                posting_id=int(given["posting"]) if given["posting"] else None,
                phone=given["phone"],
                time_zone=given["time_zone"],
            )
            return redirect("duty_contacts")
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer, str(finding.sentence))
    rows = policy.visible_to(actor, Action.LIST).filter(ended_at__isnull=True)
    context = {
        "contacts": rows.select_related("posting__officer").order_by("position", "pk"),
        "form": form,
        "trail": [(_("Flashes"), reverse("flashes")), (_("Duty contacts"), "")],
    }
    wrong = form is not None and request.method == "POST"
    return render(request, "cen/flashes/contacts.html", context, status=422 if wrong else 200)


@page(DutyContact, Action.AMEND, load="contact_id", by="pk", methods=("POST",))
def move_duty_contact(request: HttpRequest, actor: Actor, contact: DutyContact) -> HttpResponse:
    """Turns to this one before the one above it."""
    move_up(actor, contact)
    return redirect("duty_contacts")


@page(DutyContact, Action.DISCARD, load="contact_id", by="pk", methods=("POST",))
def end_duty_contact(request: HttpRequest, actor: Actor, contact: DutyContact) -> HttpResponse:
    """Takes one off the list."""
    end(actor, contact)
    return redirect("duty_contacts")


def _own_zone(actor: Actor) -> str:
    rows = policy_for(Administration).visible_to(actor, Action.LIST).filter(pk=actor.administration_id or 0)
    return rows.values_list("time_zone", flat=True).first() or "UTC"
