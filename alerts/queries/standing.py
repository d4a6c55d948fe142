"""How the outbox stands: what is open, what is stuck, and how long the oldest has waited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from alerts.models import Announcement


@dataclass(frozen=True, slots=True)
class Standing:
    """`oldest` is the age in seconds, by the database's clock, of the oldest announcement still to be delivered.

    Quarantined ones are stuck until somebody looks, so they are counted apart, with the age of their oldest.
    """

    open: int
    oldest: float
    quarantined: int
    oldest_quarantined: float
    announced: int


def standing(actor: Actor) -> Standing:
    """For whoever runs the network, and for the task that measures."""
    rows = policy_for(Announcement).visible_to(actor, Action.LIST).order_by()
    waiting, stuck = Q(quarantined_at__isnull=True), Q(quarantined_at__isnull=False)
    found = rows.filter(done_at__isnull=True).aggregate(
        open=Count("pk", filter=waiting),
        oldest=Now() - Min("announced_at", filter=waiting),
        quarantined=Count("pk", filter=stuck),
        oldest_quarantined=Now() - Min("announced_at", filter=stuck),
    )
    newest = rows.aggregate(newest=Max("sequence"))["newest"]
    return Standing(
        open=found["open"],
        oldest=_seconds(found["oldest"]),
        quarantined=found["quarantined"],
        oldest_quarantined=_seconds(found["oldest_quarantined"]),
        announced=newest or 0,
    )


def _seconds(age: Any) -> float:
    return max(0.0, float(age.total_seconds())) if age is not None else 0.0
