"""What one follows: list, make from a search, change, try out, pause, delete; for oneself and for the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Absent, Refusal, RulesBroken
from alerts.actions import subscribe
from alerts.models import Subscription
from alerts.portal.faces import CriteriaForm, editor_for, line_of
from alerts.sources import TryOut, subscribable

DAYS = 30
USUAL_SOURCE = "case.published"
# What the address of a list holds beside the words of the search.
NOT_CRITERIA = frozenset({"cursor", "limit", "source", "order"})


class SubscriptionForm(forms.Form):
    """Name, and for whom."""

    name = forms.CharField(label=_("Name"), help_text=_("How alerts call it: “because you follow …”."), max_length=100)
    whose = forms.ChoiceField(
        label=_("For whom"),
        choices=[("me", _("For me")), ("desk", _("For our desk: everybody here sees its alerts"))],
        widget=forms.RadioSelect,
        initial="me",
    )

    def __init__(self, *args: Any, desk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not desk:
            del self.fields["whose"]

    @property
    def for_desk(self) -> bool:
        return self.cleaned_data.get("whose") == "desk"


@page(Subscription, Action.LIST, methods=("GET",))
def subscriptions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The desk's and one's own."""
    policy = policy_for(Subscription)
    rows = policy.visible_to(actor, Action.LIST).filter(ended_at__isnull=True)
    shown: dict[str, list[dict[str, Any]]] = {"desk": [], "own": []}
    for one in rows.order_by("-initial", "name", "pk"):
        row = {"subscription": one, "words": _words(one), "may_change": policy.allows(actor, Action.AMEND, one)}
        shown["own" if one.officer_id else "desk"].append(row)
    return render(request, "alerts/subscriptions.html", shown)


@page(Subscription, Action.CREATE)
def new_subscription(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new one; `?criteria=` takes over the words of a search."""
    source = request.GET.get("source") or USUAL_SOURCE
    followed = subscribable(source)
    parts = request.GET.get("criteria", "").split("&")
    given = "&".join(part for part in parts if part.partition("=")[0] not in NOT_CRITERIA)
    followed.check(given)
    desk = policy_for(Subscription).allows(actor, Action.CREATE, _of_desk(actor))
    form = SubscriptionForm(request.POST or None, desk=desk)
    criteria = editor_for(source).form(request.POST or None, criteria=given)
    tried = None
    if request.method == "POST":
        if form.is_valid() & criteria.is_valid():
            if request.POST.get("act") == "try":
                tried = _try_out(actor, source, criteria.criteria())
            else:
                try:
                    made = subscribe.follow(
                        actor,
                        source=source,
                        name=form.cleaned_data["name"],
                        criteria=criteria.criteria(),
                        desk=form.for_desk,
                    )
                    messages.success(request, _t("You follow “%s” from now on.") % made.name)
                    return redirect("subscriptions")
                except Refusal as refusal:
                    _show(form, refusal)
    elif given:
        tried = _try_out(actor, source, given)
    return _form_page(request, None, form, criteria, tried)


@page(Subscription, Action.READ, load="subscription_id", by="pk", post=Action.AMEND)
def subscription(request: HttpRequest, actor: Actor, one: Subscription) -> HttpResponse:
    """One subscription with what it would have brought; who may change it does so here."""
    if one.ended_at is not None:
        raise Absent
    form = SubscriptionForm(request.POST or None, desk=False, initial={"name": one.name})
    criteria = editor_for(one.source).form(request.POST or None, criteria=one.criteria)
    tried = None
    if request.method == "POST":
        if form.is_valid() & criteria.is_valid():
            if request.POST.get("act") == "try":
                tried = _try_out(actor, one.source, criteria.criteria())
            else:
                try:
                    subscribe.amend(actor, one, name=form.cleaned_data["name"], criteria=criteria.criteria())
                    messages.success(request, _t("Saved."))
                    return redirect("subscriptions")
                except Refusal as refusal:
                    _show(form, refusal)
    elif not criteria.unreadable:
        tried = _try_out(actor, one.source, one.criteria)
    return _form_page(request, one, form, criteria, tried, policy_for(Subscription).allows(actor, Action.AMEND, one))


@page(Subscription, Action.READ, load="subscription_id", by="pk", post=Action.AMEND, methods=("POST",))
def switch_subscription(request: HttpRequest, actor: Actor, one: Subscription) -> HttpResponse:
    """Pauses it, or lets it go on."""
    active = request.POST.get("active") == "yes"
    subscribe.switch(actor, one, active=active)
    messages.success(request, _t("“%s” goes on.") % one.name if active else _t("“%s” is paused.") % one.name)
    return redirect("subscriptions")


@page(Subscription, Action.DISCARD, load="subscription_id", by="pk")
def end_subscription(request: HttpRequest, actor: Actor, one: Subscription) -> HttpResponse:
    """Asks once, then deletes."""
    if one.ended_at is not None:
        raise Absent
    if request.method == "POST":
        subscribe.end(actor, one)
        messages.success(request, _t("“%s” was deleted.") % one.name)
        return redirect("subscriptions")
    return render(request, "alerts/subscription_end.html", {"subscription": one, "words": _words(one)})


def _of_desk(actor: Actor) -> Subscription:
    return Subscription(**actor.seat, secretariat=actor.secretariat, officer_id=None)


def _words(one: Subscription) -> list[tuple[str, str]]:
    return editor_for(one.source).words(one.criteria)


def _try_out(actor: Actor, source: str, criteria: str) -> dict[str, Any]:
    tried: TryOut = subscribable(source).try_out(actor, criteria, timezone.now().date() - timedelta(days=DAYS))
    return {
        "count": tried.count,
        "capped": tried.capped,
        "lines": [line_of(source, headline) for headline in tried.headlines],
        "url": editor_for(source).search_url(criteria),
        "days": DAYS,
    }


def _show(form: SubscriptionForm, refusal: Refusal) -> None:
    if not isinstance(refusal, RulesBroken):
        form.add_error(None, str(refusal.sentence))
        return
    for finding in refusal.findings:
        form.add_error(finding.pointer if finding.pointer in form.fields else None, str(finding.sentence))


def _form_page(
    request: HttpRequest,
    one: Subscription | None,
    form: SubscriptionForm,
    criteria: CriteriaForm,
    tried: dict[str, Any] | None,
    may_change: bool = True,
) -> HttpResponse:
    context = {
        "subscription": one,
        "form": form,
        "criteria": criteria,
        "tried": tried,
        "may_change": may_change,
        "words": _words(one) if one else [],
        "trail": [
            (_("Inbox"), "/inbox"),
            (_("What you follow"), "/subscriptions"),
            (one.name if one else _("New"), ""),
        ],
    }
    return render(request, "alerts/subscription.html", context)
