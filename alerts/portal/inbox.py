"""The inbox: what needs me, and what is for information."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from alerts.models import Alert
from audit import trail
from audit.verbs import Verb

LISTED = 100


@page(Alert, Action.LIST, methods=("GET",))
def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest alerts of the desk and of the officer."""
    rows = policy_for(Alert).visible_to(actor, Action.LIST).order_by("-pk")[:LISTED]
    return render(request, "alerts/inbox.html", {"alerts": rows})


@page(Alert, Action.READ, load="alert_id", by="pk", post=Action.AMEND, methods=("POST",))
def mark_read(request: HttpRequest, actor: Actor, alert: Alert) -> HttpResponse:
    """Marks one alert as read, for everybody at the desk."""
    if alert.read_at is None:
        Alert.unguarded.filter(pk=alert.pk).update(read_at=timezone.now(), read_by=actor.officer_id)
        trail.record(actor.who(), Verb.ALERT_READ, trail.What("alert", str(alert.pk)))
    return redirect("inbox")
