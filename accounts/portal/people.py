"""The people of a seat: who holds which role, until when; more roles, the end of one, lost factors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.access_rules import FROM_THE_SECRETARIAT
from accounts.actions import postings
from accounts.actor import Actor
from accounts.models import Invitation, Office, Posting
from accounts.refusals import RulesBroken
from accounts.roles import Role

# The Secretariat looks after some four hundred people; more are found by name.
SHOWN = 500


def choices_of_roles(actor: Actor, seat: dict[str, Any]) -> list[tuple[str, Any]]:
    """The roles that the actor may give at the seat, by the policy's own word."""
    policy = policy_for(Posting)
    given = [role for role in Role if policy.allows(actor, Action.CREATE, Posting(role=role, **seat))]
    return [(role.value, role.label) for role in given if role is not Role.API_CLIENT]


def offices_of(actor: Actor, administration_id: int | None) -> QuerySet[Office]:
    """The open offices of the administration; none for other seats."""
    return (
        policy_for(Office).visible_to(actor, Action.LIST).filter(administration_id__in=[administration_id], active=True)
    )


class RoleForm(forms.Form):
    """One more role for somebody who is here already."""

    role = forms.ChoiceField(label=_("Role"))
    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none(), required=False)
    since = forms.DateField(
        label=_("First day"),
        help_text=_("Leave it empty for today."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Day on which it is over"),
        help_text=_("Leave it empty for a role without an end."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["role"].choices = [("", _("Choose a role")), *roles]
        fields["office"].queryset = offices


def show_findings(form: forms.Form, refusal: RulesBroken) -> None:
    """Puts the findings of an action at their fields."""
    for finding in refusal.findings:
        form.add_error(finding.pointer if finding.pointer in form.fields else None, str(finding.sentence))


@page(Invitation, Action.LIST, methods=("GET",))
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody at the seat, and who is invited."""
    seat = Q(**{key: value for key, value in _seat(actor).items() if value is not None})
    if actor.secretariat:
        seat |= Q(role__in=FROM_THE_SECRETARIAT)
    policy = policy_for(Posting)
    shown = (
        policy.visible_to(actor, Action.LIST)
        .filter(seat)
        .select_related("officer", "administration", "liaison_office", "office")
        .order_by("officer__display_name", "since", "id")[:SHOWN]
    )
    invitations = (
        policy_for(Invitation)
        .visible_to(actor, Action.LIST)
        .filter(accepted_at=None, withdrawn_at=None)
        .select_related("administration", "liaison_office", "office", "invited_by")
    )
    context = {
        "postings": [(one, policy.allows(actor, Action.REVOKE, one)) for one in shown],
        "invitations": invitations,
        "several_seats": bool(actor.secretariat),
    }
    return render(request, "accounts/people.html", context)


@page(Posting, Action.CREATE, load="posting_id", by="pk")
def grant_role(request: HttpRequest, actor: Actor, posting: Posting) -> HttpResponse:
    """One more role beside a posting."""
    seat = {key: getattr(posting, key) for key in ("administration_id", "liaison_office_id", "secretariat")}
    form = RoleForm(
        request.POST or None,
        roles=choices_of_roles(actor, seat),
        offices=offices_of(actor, posting.administration_id),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            postings.grant(actor, posting, **given | {"role": Role(given["role"])})
        except RulesBroken as refusal:
            show_findings(form, refusal)
        else:
            messages.success(request, _("The role is given."))
            return redirect("people")
    return render(request, "accounts/grant_role.html", {"form": form, "posting": posting})


@page(Posting, Action.REVOKE, load="posting_id", by="pk")
def end_posting(request: HttpRequest, actor: Actor, posting: Posting) -> HttpResponse:
    """Asks, then ends the posting at once."""
    if request.method == "POST":
        postings.end(actor, posting)
        messages.success(request, _("The role has ended."))
        return redirect("people")
    return render(request, "accounts/end_posting.html", {"posting": posting})


@page(Posting, Action.RESET_FACTOR, load="posting_id", by="pk")
def reset_factors(request: HttpRequest, actor: Actor, posting: Posting) -> HttpResponse:
    """Asks, then takes the person's factors away and shows the hand-over code once."""
    code = postings.reset_factors(actor, posting) if request.method == "POST" else ""
    return render(request, "accounts/reset_factors.html", {"posting": posting, "code": code})


def _seat(actor: Actor) -> dict[str, Any]:
    return {
        "administration_id": actor.administration_id,
        "liaison_office_id": actor.liaison_office_id,
        "secretariat": actor.secretariat,
    }
