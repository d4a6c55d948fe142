"""When mails about alerts come to the officer, at the seat he is at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actor import Actor
from accounts.refusals import RulesBroken
from alerts.actions.mail_choices import choose, mailbox_of
from alerts.models import Endpoint, Pace


class MailForm(forms.Form):
    """Paces, the hour of the daily mail and the quiet hours."""

    needs_me = forms.ChoiceField(
        label=_("Alerts that need an act of yours"), choices=Pace.choices, widget=forms.RadioSelect
    )
    information = forms.ChoiceField(
        label=_("Alerts for information"),
        choices=[one for one in Pace.choices if one[0] != Pace.ALWAYS],
        widget=forms.RadioSelect,
    )
    digest_at = forms.TimeField(label=_("Hour of the daily mail"), widget=forms.TimeInput(attrs={"type": "time"}))
    quiet_from = forms.TimeField(
        label=_("Quiet hours from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))


@page(Endpoint, Action.AMEND)
def mail_settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Shows the choices of this seat and keeps others."""
    mailbox = mailbox_of(actor)
    known: dict[str, Any] = {name: getattr(mailbox, name) for name in MailForm.base_fields}
    form = MailForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            choose(actor, mailbox, **given | {name: Pace(given[name]) for name in ("needs_me", "information")})
            messages.success(request, _t("Saved."))
            return redirect("mail_settings")
        except RulesBroken as refused:
            for finding in refused.findings:
                form.add_error(finding.pointer or None, str(finding.sentence))
    context = {
        "form": form,
        "time_zone": actor.time_zone,
        "trail": [(_("What you follow"), "/subscriptions"), (_("E-mail"), "")],
    }
    return render(request, "alerts/mail_settings.html", context)
