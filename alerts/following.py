"""Who follows what, kept compiled in each process and never used when it is out of date.

Every change of subscriptions raises a version in its own transaction (a trigger draws it from a sequence, so
that no version ever names two states). A fan-out reads the version in the transaction that claims; where the
process knows an older one, it reads what changed since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.refusals import Refusal
from alerts.matching import Compiled, Index
from alerts.models import Subscription, SubscriptionVersion
from alerts.sources import Notice, Reason, Recipient, SubscribableSource

log = logging.getLogger("opencen.alerts")
# So many changed subscriptions are matched beside the rest; more, and everything is compiled anew.
LATELY = 1_000
_COLUMNS = ("id", "criteria", "name", "active", "administration", "liaison_office", "secretariat", "officer")


class _Part:
    """Subscriptions with their index. Criteria with the same words share a place in it."""

    def __init__(self, source: SubscribableSource, known: dict[UUID, tuple[str, Notice]]) -> None:
        by_criteria: dict[str, list[tuple[UUID, Notice]]] = {}
        for key, (criteria, notice) in known.items():
            by_criteria.setdefault(criteria, []).append((key, notice))
        readable = _compiled(source, by_criteria)
        self.index = Index(readable.values())
        self.criteria = tuple(readable)
        self.entries = tuple(tuple(by_criteria[one]) for one in readable)

    def meeting(self, source: SubscribableSource, subject: Any) -> Iterator[tuple[UUID, Notice]]:
        met, undecided = self.index.meeting(source.facts(subject, self.index.attributes))
        for place in met:
            yield from self.entries[place]
        if undecided:
            places = {self.criteria[place]: place for place in undecided}
            for one in source.meeting(subject, list(places)):
                yield from self.entries[places[one]]


@dataclass(slots=True)
class _Followers:
    """One source's subscriptions at a version: most of them, and apart from them those that changed since."""

    version: int = 0
    most: _Part | None = None
    changed: dict[UUID, tuple[str, Notice] | None] = field(default_factory=dict)
    lately: _Part | None = None


_kept: dict[str, _Followers] = {}
_one_at_a_time = Lock()


def forget() -> None:
    """Drops what the process keeps: for tests, whose transactions are rolled back."""
    _kept.clear()


def followers(source: SubscribableSource, subject: Any) -> list[Notice]:
    """A notice for each active subscription that the subject meets, as the database stands now.

    Runs in the system context of the fan-out, in a transaction that has not changed subscriptions itself.
    """
    with _one_at_a_time:
        kept = _kept.setdefault(source.kind, _Followers())
        _bring_up(kept, source)
        found = []
        if kept.most is not None:
            met, changed = kept.most.meeting(source, subject), kept.changed
            found = [notice for key, notice in met if key not in changed]
        if kept.lately is not None:
            found += [notice for _, notice in kept.lately.meeting(source, subject)]
        return found


def _bring_up(kept: _Followers, source: SubscribableSource) -> None:
    # The version first: rows that are read after it hold at least what it stands for.
    version, emptied = SubscriptionVersion.unguarded.values_list("version", "emptied").get()
    if kept.most is not None and kept.version == version:
        return
    rows = Subscription.unguarded.filter(source=source.kind)
    if kept.most is not None and kept.version >= emptied:
        kept.changed |= _read(rows.filter(version__gt=kept.version))
        if len(kept.changed) <= LATELY:
            kept.lately = _Part(source, {key: one for key, one in kept.changed.items() if one})
            kept.version = version
            return
    kept.most = _Part(source, {key: one for key, one in _read(rows.filter(active=True)).items() if one})
    kept.changed, kept.lately, kept.version = {}, None, version


def _read(rows: QuerySet[Subscription]) -> dict[UUID, tuple[str, Notice] | None]:
    """Criteria and notice of each; None for what is paused or ended."""
    read: dict[UUID, tuple[str, Notice] | None] = {}
    for key, criteria, name, active, *seat in rows.values_list(*_COLUMNS).iterator(chunk_size=5_000):
        notice = Notice(Recipient(*seat), (Reason("subscription", {"name": name}),))
        read[key] = (criteria, notice) if active else None
    return read


def _compiled(source: SubscribableSource, by_criteria: dict[str, list[tuple[UUID, Notice]]]) -> dict[str, Compiled]:
    """The criteria as tests; those that can't be read any more match nothing and stop nobody else's."""
    compile_one = source.compiler()
    readable: dict[str, Compiled] = {}
    for one, followed in by_criteria.items():
        try:
            readable[one] = compile_one(one)
        except Refusal as refusal:
            log.warning("%s subscriptions can't be read (%s) and match nothing", len(followed), refusal.code)
    return readable
