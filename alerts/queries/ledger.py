"""What the ledger tells: a seat its own deliveries, a publisher how many arrived and never to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from alerts.models import Alert, Channel, Delivery, DeliveryState

# The newest so many of what did not arrive are shown.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A publication of one's own that some webhooks did not take. reference as its alerts show it."""

    reference: str
    deliveries: int
    latest: Any


def deliveries_of(actor: Actor, alert: Alert) -> QuerySet[Delivery]:
    """The deliveries of the alert to endpoints of the actor's seat."""
    rows = policy_for(Delivery).visible_to(actor, Action.LIST).filter(alert=alert)
    return rows.select_related("endpoint").order_by("made_at", "pk")


def network_counts(actor: Actor, alert: Alert) -> dict[str, Any] | None:
    """For the administration that published what the alert is about: all inboxes, and webhooks by state; else None."""
    if actor.administration_id is None or alert.headline.get("administration_id") != actor.administration_id:
        return None
    with handed_to(SystemTask.DELIVERY):
        inboxes = Alert.unguarded.filter(announcement_id=alert.announcement_id).count()
        webhooks = Delivery.unguarded.filter(
            alert__announcement_id=alert.announcement_id, channel=Channel.WEBHOOK
        ).values_list("state")
        by_state = dict(webhooks.annotate(number=Count("pk")).order_by())
    return {"inboxes": inboxes, "webhooks": {str(state): by_state.get(state, 0) for state in DeliveryState}}


def undelivered_of(actor: Actor) -> list[Undelivered]:
    """What the actor's administration published and webhooks elsewhere did not take, the latest first."""
    if actor.administration_id is None:
        return []
    with handed_to(SystemTask.DELIVERY):
        rows = (
            Delivery.unguarded.filter(publisher_id=actor.administration_id, state=DeliveryState.DEAD)
            .values_list("alert__headline__reference")
            .annotate(number=Count("pk"), latest=Max("ended_at"))
            .order_by("-latest")[:SHOWN]
        )
        return [Undelivered(str(reference), number, latest) for reference, number, latest in rows]
