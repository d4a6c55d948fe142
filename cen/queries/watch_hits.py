"""Which watch-list entries a published version hits, and whom that tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from alerts.sources import Notice, Reason, Recipient
from cen.models import ReleasedCase, ReleasedIdentifier, WatchEntry
from cen.models.watch import HitPolicy


def hits(released: ReleasedCase, today: date | None = None) -> list[WatchEntry]:
    """Entries in force whose identifier stands in the version; runs as a task, for entries of every seat."""
    day = today or timezone.now().date()
    held = ReleasedIdentifier.unguarded.filter(
        released_case=released, kind=OuterRef("kind"), normalised=OuterRef("normalised")
    )
    in_force = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    rows = WatchEntry.unguarded.filter(Exists(held), in_force, ended_at__isnull=True, valid_from__lte=day)
    return list(rows.order_by("pk"))


def notices(released: ReleasedCase) -> Iterable[Notice]:
    """To each entry's owner with its reason; to the case's owner only where the entry says so, without it."""
    for entry in hits(released):
        owner = Recipient(administration_id=entry.administration_id, liaison_office_id=entry.liaison_office_id)
        facts = {"entry": str(entry.pk), "why": entry.reason, "action": entry.action, "kind": entry.kind}
        yield Notice(owner, (Reason("watch_hit", facts),), needs_me=True)
        other = Recipient(administration_id=released.administration_id)
        if entry.hit_policy == HitPolicy.BOTH and other != owner:
            yield Notice(other, (Reason("watched_elsewhere", {"kind": entry.kind}),))
