"""Flashes as they are read: what is for us, what we issued, and where an edition stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from cen.models import Flash, FlashAddressee, FlashEscalation
from cen.queries.warnings import issued_here

# The order in which an issuer looks: who needs a call first, who took note last.
STANDINGS = ("escalated", "overdue", "open", "seen", "told", "acknowledged")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One administration: `standing` is the loudest word that is true of it (one of STANDINGS)."""

    row: FlashAddressee
    standing: str
    steps: list[FlashEscalation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Board:
    """Where an edition stands at its addressees."""

    rows: list[BoardRow]

    def count(self, standing: str) -> int:
        return sum(1 for one in self.rows if one.standing == standing)

    @property
    def counts(self) -> dict[str, int]:
        """How many stand where: each administration counts once."""
        return {standing: self.count(standing) for standing in STANDINGS}

    @property
    def seen(self) -> int:
        """How many opened it, whatever came then."""
        return sum(1 for one in self.rows if one.row.seen_at)


def visible_flashes(actor: Actor) -> QuerySet[Any]:
    """What the actor may list, newest first, with `superseded` (a later edition stands) and `taken_note_at`."""
    rows = policy_for(Flash).visible_to(actor, Action.LIST)
    ours = policy_for(FlashAddressee).visible_to(actor, Action.LIST)
    ours = ours.filter(flash=OuterRef("pk"), administration_id=actor.administration_id or 0)
    later = policy_for(Flash).visible_to(actor, Action.LIST).filter(follows=OuterRef("pk"))
    annotated = rows.annotate(
        superseded=Exists(later),
        taken_note_at=Subquery(ours.values("acknowledged_at")[:1], output_field=DateTimeField(null=True)),
    )
    return annotated.select_related("administration", "liaison_office").order_by("-pk")


def standing_flashes(actor: Actor) -> QuerySet[Any]:
    """The edition of each that stands."""
    return visible_flashes(actor).filter(superseded=False)


def to_acknowledge(actor: Actor) -> QuerySet[Any]:
    """What waits for the actor's administration to take note, soonest deadline first."""
    rows = standing_flashes(actor).filter(
        policy_for(Flash).rule(Action.ACKNOWLEDGE).clause.rows(actor), acknowledge_by__isnull=False
    )
    return rows.filter(taken_note_at__isnull=True).order_by("acknowledge_by")


def editions(actor: Actor, flash: Flash) -> QuerySet[Flash]:
    """All editions of the flash that the actor may read, newest first."""
    return policy_for(Flash).visible_to(actor).filter(thread=flash.thread).order_by("-edition")


def board(actor: Actor, flash: Flash, *, now: datetime | None = None) -> Board:
    """Where the edition stands: everywhere for its issuer, its own line for an addressed administration."""
    moment = now or timezone.now()
    steps: dict[UUID, list[FlashEscalation]] = {}
    for one in policy_for(FlashEscalation).visible_to(actor, Action.LIST).filter(flash=flash).order_by("step"):
        steps.setdefault(one.addressee_id, []).append(one)
    rows = policy_for(FlashAddressee).visible_to(actor, Action.LIST).filter(flash=flash)
    rows = rows.select_related("administration", "acknowledged_by", "seen_by")
    made = [
        BoardRow(one, _standing(one, moment, steps.get(one.pk, [])), steps.get(one.pk, []))
        for one in rows.order_by("administration__name_en", "administration__code")
    ]
    made.sort(key=lambda one: STANDINGS.index(one.standing))
    return Board(made)


def issued_by_us(actor: Actor, flash: Flash) -> bool:
    """Whether the actor's own seat issued it."""
    return bool(policy_for(Flash).visible_to(actor).filter(issued_here(actor), pk=flash.pk).exists())


def _standing(row: FlashAddressee, now: datetime, steps: list[Any]) -> str:
    if row.acknowledged_at:
        return "acknowledged"
    if row.acknowledge_by is None:
        return "seen" if row.seen_at else "told"
    if steps:
        return "escalated"
    if row.is_late(now):
        return "overdue"
    return "seen" if row.seen_at else "open"
