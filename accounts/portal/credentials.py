"""API keys of a seat: the list, a new one (its secret shown once), the end of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actions.credentials import LONGEST, SOON, issue, revoke
from accounts.actor import Actor
from accounts.models import ApiCredential
from accounts.scopes import Scope, scopes_for


class CredentialForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), help_text=_("What uses the key, such as: risk engine of the port."), max_length=100
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the key may be used for"),
        help_text=_("As little as it needs. A key never has more rights than its seat."),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=_("Days until it ends"),
        help_text=_("At most 90. Make the next key before, and use both for a while."),
        min_value=1,
        max_value=LONGEST.days,
        initial=LONGEST.days,
    )

    def __init__(self, *args: Any, scopes: tuple[Scope, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scopes"]
        field.choices = [(scope.value, scope.label) for scope in scopes]


@page(ApiCredential, Action.LIST, methods=("GET",))
def credentials(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every key of the seat: its public part, its use, its end."""
    now = timezone.now()
    rows = policy_for(ApiCredential).visible_to(actor, Action.LIST).select_related("issued_by")
    context = {"keys": [(one, _state(one, now), [Scope(scope).label for scope in one.scopes]) for one in rows]}
    return render(request, "accounts/credentials.html", context)


@page(ApiCredential, Action.CREATE)
def issue_credential(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new key; the answer shows its secret, which nobody can show again."""
    form = CredentialForm(request.POST or None, scopes=scopes_for(administration=actor.administration_id is not None))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        credential, key = issue(
            actor,
            name=given["name"],
            scopes=[Scope(scope) for scope in given["scopes"]],
            lasts=timedelta(days=given["days"]),
        )
        return render(request, "accounts/credential_issued.html", {"credential": credential, "key": key})
    return render(request, "accounts/issue_credential.html", {"form": form})


@page(ApiCredential, Action.REVOKE, load="credential_id", by="pk", methods=("POST",))
def revoke_credential(request: HttpRequest, actor: Actor, credential: ApiCredential) -> HttpResponse:
    """Ends the key at once."""
    revoke(actor, credential)
    messages.success(request, _("The key is revoked: its next request is refused."))
    return redirect("credentials")


def _state(one: ApiCredential, now: Any) -> str:
    if one.revoked_at:
        return "revoked"
    if one.expires_at <= now:
        return "expired"
    return "ends_soon" if one.expires_at - now <= SOON else "active"
