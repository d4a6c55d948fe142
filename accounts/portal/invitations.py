"""Inviting somebody; sending the link again; withdrawing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actions import invitations
from accounts.actor import Actor
from accounts.models import Administration, Invitation, LiaisonOffice
from accounts.portal.people import RoleForm, choices_of_roles, offices_of, show_findings
from accounts.refusals import RulesBroken
from accounts.roles import Role


class InvitationForm(RoleForm):
    """Who is invited to which role; the Secretariat also says where."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    display_name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES, initial="en")
    administration = forms.ModelChoiceField(
        label=_("Administration"),
        help_text=_("For a contact point."),
        queryset=Administration.objects.none(),
        required=False,
    )
    liaison_office = forms.ModelChoiceField(
        label=_("Liaison office"),
        help_text=_("For a head of liaison office."),
        queryset=LiaisonOffice.objects.none(),
        required=False,
    )
    field_order = [
        "email",
        "display_name",
        "role",
        "administration",
        "liaison_office",
        "office",
        "since",
        "until",
        "language",
    ]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        fields: Any = self.fields
        if actor.secretariat:
            del fields["office"]
            here, there = policy_for(Administration), policy_for(LiaisonOffice)
            fields["administration"].queryset = here.visible_to(actor, Action.LIST).filter(active=True)
            fields["liaison_office"].queryset = there.visible_to(actor, Action.LIST).filter(active=True)
        else:
            del fields["administration"], fields["liaison_office"]
            if actor.administration_id is None:
                del fields["office"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        role = given.get("role")
        for name, belongs in (("administration", Role.NCP), ("liaison_office", Role.LIAISON_HEAD)):
            if name in self.fields and role == belongs and not given.get(name):
                self.add_error(name, _("Choose where the person will work."))
        return given

    def wanted(self) -> invitations.Wanted:
        """The answers, with the seat they mean."""
        given: dict[str, Any] = dict(self.cleaned_data)
        role = given["role"] = Role(given["role"])
        actor = self.actor
        if actor.secretariat:
            given["administration"] = given["administration"] if role is Role.NCP else None
            given["liaison_office"] = given["liaison_office"] if role is Role.LIAISON_HEAD else None
            given["secretariat"] = True if role not in {Role.NCP, Role.LIAISON_HEAD} else None
        elif actor.administration_id is not None:
            given["administration"] = policy_for(Administration).visible_to(actor).get(pk=actor.administration_id)
        else:
            given["liaison_office"] = policy_for(LiaisonOffice).visible_to(actor).get(pk__in=[actor.liaison_office_id])
        return invitations.Wanted(**given)


def _roles(actor: Actor) -> list[tuple[str, Any]]:
    if actor.secretariat:
        # Each role with a seat of its kind; which one is another answer of the form.
        return [(role.value, role.label) for role in Role if _given_by_secretariat(actor, role)]
    seat = {"administration_id": actor.administration_id, "liaison_office_id": actor.liaison_office_id}
    return choices_of_roles(actor, seat)


def _given_by_secretariat(actor: Actor, role: Role) -> bool:
    return policy_for(Invitation).allows(actor, Action.CREATE, Invitation(role=role))


@page(Invitation, Action.CREATE)
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form, and after it the list."""
    form = InvitationForm(
        request.POST or None,
        actor=actor,
        roles=_roles(actor),
        offices=offices_of(actor, actor.administration_id),
    )
    if request.method == "POST" and form.is_valid():
        try:
            invitations.invite(actor, form.wanted())
        except RulesBroken as refusal:
            show_findings(form, refusal)
        else:
            messages.success(request, _("The invitation is on its way by mail. The link works for seven days."))
            return redirect("people")
    return render(request, "accounts/invite.html", {"form": form})


@page(Invitation, Action.REVOKE, load="invitation_id", by="pk", methods=("POST",))
def withdraw(request: HttpRequest, actor: Actor, invitation: Invitation) -> HttpResponse:
    """Ends the link."""
    invitations.withdraw(actor, invitation)
    messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    return redirect("people")


@page(Invitation, Action.CREATE, load="invitation_id", by="pk", methods=("POST",))
def send_again(request: HttpRequest, actor: Actor, invitation: Invitation) -> HttpResponse:
    """Mails a new link."""
    invitations.send_again(actor, invitation)
    messages.success(request, _("A new link is on its way. The earlier one stops working."))
    return redirect("people")
