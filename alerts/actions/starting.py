"""What a desk follows before anybody chose: one subscription an administration, made once, then its own."""

from __future__ import annotations

from accounts.models import Administration
from alerts.models import Subscription
from alerts.sources import subscribable, subscribable_kinds


def start_desks(*kinds: str) -> int:
    """Gives each active administration that never had one its initial subscription; returns how many.

    kinds: of sources, default all that can be followed. Safe to repeat and to run twice at once: an edited,
    paused or ended one is left as it is. Runs in the identity of a system task.
    """
    made = 0
    for kind in kinds or subscribable_kinds():
        source = subscribable(kind)
        started = Subscription.unguarded.filter(source=kind, initial=True, administration__isnull=False)
        new = Administration.unguarded.filter(active=True).exclude(pk__in=started.values("administration_id"))
        rows = []
        for administration in new.select_related("region"):
            start = source.starts_with(administration)
            rows.append(
                Subscription(
                    administration=administration,
                    source=kind,
                    name=start.name,
                    criteria=start.criteria,
                    initial=True,
                )
            )
        Subscription.unguarded.bulk_create(rows, ignore_conflicts=True)
        made += len(rows)
    return made
