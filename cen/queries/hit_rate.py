"""How often controls that a warning led to found something: by indicator, sender, route. Nothing about persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from cen.feedback_draft import CONTROLLED, HITS, PENDING
from cen.models import WarningFeedback, WarningNotice, WarningRequest

WAYS = ("indicator", "sender", "route")
# Of fewer controls a share says nothing: one more hit would turn it round.
FEWEST = 5


@dataclass(slots=True)
class Line:
    """One indicator, sender or route. `share` is hits of controls, None where there were fewer than FEWEST."""

    key: str
    warnings: set[Any] = field(default_factory=set)
    answers: int = 0
    controls: int = 0
    hits: int = 0
    confirmed: int = 0
    pending: int = 0

    @property
    def share(self) -> float | None:
        return round(self.hits / self.controls, 3) if self.controls >= FEWEST else None


@dataclass(frozen=True, slots=True)
class HitRate:
    """Lines by number of controls, the sum of all answers once, and how many requests are still unanswered."""

    lines: list[Line]
    total: Line
    unanswered: int


def hit_rate(actor: Actor, by: str) -> HitRate:
    """Figures of the answers that the actor may read: to notices of his seat, and those of his administration."""
    total, lines = Line(""), dict[str, Line]()
    answers = policy_for(WarningFeedback).visible_to(actor, Action.LIST).select_related("warning")
    newest: dict[tuple[Any, Any], WarningFeedback] = {}
    for one in answers.order_by("edition"):
        newest[one.warning_id, one.administration_id] = one
    senders = _senders({one.warning for one in newest.values()}) if by == "sender" else {}
    for one in newest.values():
        _count(total, one)
        for key in _keys(one.warning, by, senders):
            line = lines.setdefault(key, Line(key))
            _count(line, one)
            line.confirmed += by == "indicator" and key in one.indicators_confirmed
    waiting = policy_for(WarningRequest).visible_to(actor, Action.LIST)
    unanswered = waiting.filter(Q(answered_at__isnull=True), ended_at__isnull=True).count()
    ordered = sorted(lines.values(), key=lambda one: (-one.controls, -one.answers, one.key))
    return HitRate(ordered, total, unanswered)


def _count(line: Line, one: WarningFeedback) -> None:
    line.warnings.add(one.warning_id)
    line.answers += 1
    line.controls += one.result in CONTROLLED
    line.hits += one.result in HITS
    line.pending += one.result == PENDING


def _keys(notice: WarningNotice, by: str, senders: dict[Any, str]) -> Iterator[str]:
    if by == "indicator":
        yield from dict.fromkeys(notice.body.get("indicators") or ())
    elif by == "sender":
        yield senders[notice.pk]
    else:
        for departure in notice.body.get("departure") or ("",):
            for destination in notice.body.get("destination") or ("",):
                if departure or destination:
                    yield f"{departure}>{destination}"


def _senders(notices: set[WarningNotice]) -> dict[Any, str]:
    """`administration:GH`, `liaison_office:WA` or `secretariat`, by notice."""
    found: dict[Any, str] = defaultdict(lambda: "secretariat")
    keys = [one.pk for one in notices]
    rows = WarningNotice.unguarded.filter(pk__in=keys).values_list("pk", "administration__code", "liaison_office__code")
    for key, administration, office in rows:
        if administration:
            found[key] = f"administration:{administration}"
        elif office:
            found[key] = f"liaison_office:{office}"
    return found
