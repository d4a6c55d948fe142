"""What is told when a delivery ends badly, or an endpoint for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from accounts.actor import SystemTask, system
from alerts.claims import Verdict, let_go
from alerts.models import DeliveryState, Ended, Endpoint
from alerts.outbox import announce
from audit import trail
from audit.verbs import Verb

KIND = "webhook.ended"


def tell(ours: set[UUID], verdicts: Iterable[Verdict]) -> None:
    """One event for all that ended in this transaction without having been delivered, by its reasons."""
    bad = [one for one in verdicts if one.id in ours and one.state in {DeliveryState.DEAD, DeliveryState.CANCELLED}]
    if bad:
        facts = {str(reason): number for reason, number in Counter(one.reason for one in bad).items()}
        trail.record(system(SystemTask.DELIVERY).who(), Verb.DELIVERIES_ENDED, facts=facts)


def end_for_good(endpoint: Any) -> None:
    """Switches off an endpoint that said it is gone, cancels what waits for it, and tells its seat."""
    changed = Endpoint.unguarded.filter(pk=endpoint, disabled_at__isnull=True).update(
        disabled_at=Now(), disabled_because=Ended.GONE
    )
    if not changed:
        return
    let_go()
    who = system(SystemTask.DELIVERY).who()
    trail.record(who, Verb.ENDPOINT_DISABLED, trail.What("endpoint", str(endpoint)), facts={"because": "gone"})
    # It may be switched on and go again: the moment makes each time an announcement of its own.
    announce(KIND, f"{endpoint}|{int(timezone.now().timestamp())}")
