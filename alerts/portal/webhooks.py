"""Webhooks of a seat: the list, a new one, one with what it took and what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Refusal, RulesBroken
from alerts.actions import webhooks as acts
from alerts.models import Delivery, DeliveryState, Ended, Endpoint, Why
from alerts.outgoing.answers import Trouble
from alerts.outgoing.limits import BREAKS_AT
from alerts.queries.ledger import undelivered_of

# The newest deliveries of each kind that the page shows.
SHOWN = 20
TROUBLES = {
    Trouble.REFUSED: _("Its address may not be asked any more."),
    Trouble.UNKNOWN_HOST: _("The host's name is not known."),
    Trouble.UNREACHABLE: _("The host does not answer."),
    Trouble.TLS: _("Its certificate was not accepted."),
    Trouble.TOO_SLOW: _("It took too long."),
    Trouble.BROKEN_OFF: _("It broke off the connection."),
    Trouble.UNREADABLE: _("Its answer was not HTTP that can be read."),
    Trouble.REDIRECT: _("It wants to redirect, which is not followed."),
    Trouble.NO_SECRET: _("Its secret does not open any more: make a new one."),
}


class WebhookForm(forms.Form):
    """Name and address."""

    name = forms.CharField(
        label=_("Name"), help_text=_("What receives them, such as: agent at headquarters."), max_length=100
    )
    url = forms.CharField(
        label=_("Address"),
        help_text=_("https://…; http and other ports only in networks that your operator allowed."),
        max_length=500,
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as a line: its state and a sentence about how it went."""

    delivery: Delivery
    sentence: str


@page(Endpoint, Action.LIST, methods=("GET",))
def webhooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every webhook of the seat, and what of its own publications webhooks elsewhere did not take."""
    rows = policy_for(Endpoint).visible_to(actor, Action.LIST).order_by("disabled_at", "name", "pk")
    context = {"webhooks": [(one, _state(one)) for one in rows], "undelivered": undelivered_of(actor)}
    return render(request, "alerts/webhooks.html", context)


@page(Endpoint, Action.CREATE)
def new_webhook(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new webhook; the answer shows its secret, which nobody can show again."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = acts.make(actor, name=form.cleaned_data["name"], url=form.cleaned_data["url"])
            return render(
                request, "alerts/webhook_secret.html", {"webhook": made, "secret": secret, "trail": _trail(made)}
            )
        except RulesBroken as refused:
            for finding in refused.findings:
                form.add_error(finding.pointer if finding.pointer in form.fields else None, str(finding.sentence))
    return render(request, "alerts/new_webhook.html", {"form": form, "trail": _trail(None)})


@page(Endpoint, Action.LIST, load="endpoint_id", by="pk", within=Action.LIST, methods=("GET",))
def webhook(request: HttpRequest, actor: Actor, one: Endpoint) -> HttpResponse:
    """One webhook: how it does, what it took lately, what was given up."""
    rows = policy_for(Delivery).visible_to(actor, Action.LIST).filter(endpoint=one)
    dead = rows.filter(state=DeliveryState.DEAD, alert__isnull=False)
    context = {
        "webhook": one,
        "state": _state(one),
        "because": Ended(one.disabled_because).label if one.disabled_because else "",
        "waiting": rows.filter(state=DeliveryState.WAITING).count(),
        "resting": one.paused_until if one.paused_until and one.paused_until > timezone.now() else None,
        "rotating": one.earlier_until if one.earlier_until and one.earlier_until > timezone.now() else None,
        "latest": [_row(each) for each in rows.order_by("-made_at", "pk")[:SHOWN]],
        "dead": [_row(each) for each in dead.order_by("-ended_at", "pk")[:SHOWN]],
        "dead_number": dead.count(),
        "trail": _trail(one),
    }
    return render(request, "alerts/webhook.html", context)


@page(Endpoint, Action.ISSUE, load="endpoint_id", by="pk", within=Action.LIST, methods=("POST",))
def rotate_secret(request: HttpRequest, actor: Actor, one: Endpoint) -> HttpResponse:
    """A new secret, shown once; the earlier one signs too for a day."""
    secret = acts.rotate(actor, one)
    return render(request, "alerts/webhook_secret.html", {"webhook": one, "secret": secret, "trail": _trail(one)})


@page(Endpoint, Action.TEST, load="endpoint_id", by="pk", within=Action.LIST, methods=("POST",))
def test_webhook(request: HttpRequest, actor: Actor, one: Endpoint) -> HttpResponse:
    """Sends a test by the same way as everything else."""
    acts.test(actor, one)
    messages.success(request, _t("A test is on its way; its outcome stands among the latest deliveries."))
    return redirect("webhook", one.pk)


@page(Endpoint, Action.REVOKE, load="endpoint_id", by="pk", within=Action.LIST, methods=("POST",))
def disable_webhook(request: HttpRequest, actor: Actor, one: Endpoint) -> HttpResponse:
    """Switches it off at once."""
    acts.disable(actor, one)
    messages.success(request, _t("“%s” is switched off. The inbox and the API go on as before.") % one.name)
    return redirect("webhook", one.pk)


@page(Endpoint, Action.HANDLE, load="endpoint_id", by="pk", within=Action.LIST, methods=("POST",))
def enable_webhook(request: HttpRequest, actor: Actor, one: Endpoint) -> HttpResponse:
    """Switches it on for what comes from now on."""
    acts.enable(actor, one)
    messages.success(request, _t("“%s” takes alerts again, from now on.") % one.name)
    return redirect("webhook", one.pk)


@page(Endpoint, Action.TEST, load="endpoint_id", by="pk", within=Action.LIST, methods=("POST",))
def replay_deliveries(request: HttpRequest, actor: Actor, one: Endpoint) -> HttpResponse:
    """Sends again what was given up: what was ticked, or all."""
    number = acts.replay(actor, one, None if request.POST.get("all") else _keys(request.POST.getlist("delivery")))
    text = ngettext("%(number)s delivery is sent again.", "%(number)s deliveries are sent again.", number)
    messages.success(request, text % {"number": number})
    return redirect("webhook", one.pk)


def _keys(given: list[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in given]
    except ValueError:
        raise Refusal(
            _t("These deliveries can't be read. Tick them on the page."), code="parameter_unreadable"
        ) from None


def _state(one: Endpoint) -> str:
    if one.disabled_at:
        return "ended"
    return "failed" if one.failures >= BREAKS_AT else "active"


def _row(one: Delivery) -> Row:
    sentences = [str(Why(one.reason).label)] if one.reason and one.reason != Why.TEST_FAILED else []
    if one.last_error == Trouble.STATUS:
        sentences.append(_t("It answered %s.") % one.last_status)
    elif one.last_error:
        sentences.append(str(TROUBLES.get(Trouble(one.last_error), one.last_error)))
    return Row(one, " · ".join(sentences))


def _trail(one: Endpoint | None) -> list[tuple[Any, str]]:
    return [(_("API keys"), "/keys"), (_("Webhooks"), "/webhooks"), (one.name if one else _("New"), "")]
