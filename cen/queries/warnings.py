"""Warning notices as they are read: what is for us, what we issued, who took note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from cen.models import WarningAcknowledgement, WarningFeedback, WarningNotice, WarningRequest


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One addressed administration: acknowledged by whom and when, else whether it is overdue."""

    administration: Administration
    acknowledgement: WarningAcknowledgement | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Where an issued notice stands. Overdue ones come first, then open ones, then those who took note."""

    rows: list[BoardRow]

    @property
    def acknowledged(self) -> int:
        return sum(1 for row in self.rows if row.acknowledgement)

    @property
    def overdue(self) -> int:
        return sum(1 for row in self.rows if row.overdue)


def issued_here(actor: Actor) -> Q:
    """Notices of the actor's own seat."""
    if actor.administration_id:
        return Q(administration_id=actor.administration_id)
    if actor.liaison_office_id:
        return Q(liaison_office_id=actor.liaison_office_id)
    return Q(secretariat=True) if actor.secretariat else Q(pk__in=())


def visible_warnings(actor: Actor) -> QuerySet[WarningNotice]:
    """What the actor may list, newest first, with `superseded` (a later one stands) and `taken_note` (we did)."""
    rows = policy_for(WarningNotice).visible_to(actor, Action.LIST)
    said = policy_for(WarningAcknowledgement).visible_to(actor, Action.LIST)
    ours = said.filter(warning=OuterRef("pk"), administration_id__in=[actor.administration_id or 0])
    later = policy_for(WarningNotice).visible_to(actor, Action.LIST).filter(follows=OuterRef("pk"))
    annotated = rows.annotate(superseded=Exists(later), taken_note=Exists(ours))
    return annotated.select_related("administration", "liaison_office").order_by("-pk")


def to_acknowledge(actor: Actor) -> QuerySet[WarningNotice]:
    """What waits for the actor's administration to take note, soonest deadline first."""
    rows = policy_for(WarningNotice).visible_to(actor, Action.ACKNOWLEDGE)
    said = policy_for(WarningAcknowledgement).visible_to(actor, Action.LIST)
    ours = said.filter(warning=OuterRef("pk"), administration_id__in=[actor.administration_id or 0])
    later = policy_for(WarningNotice).visible_to(actor, Action.LIST).filter(follows=OuterRef("pk"))
    open_ones = rows.filter(~Exists(ours), ~Exists(later), acknowledge_by__isnull=False)
    return open_ones.order_by("acknowledge_by")


def board(actor: Actor, notice: WarningNotice, *, now: datetime | None = None) -> Board:
    """Who took note of a notice of the actor's own seat, and who is overdue."""
    moment = now or timezone.now()
    said = {
        one.administration_id: one
        for one in policy_for(WarningAcknowledgement)
        .visible_to(actor, Action.LIST)
        .filter(warning=notice)
        .select_related("acknowledged_by")
    }
    late = notice.acknowledge_by is not None and notice.acknowledge_by < moment
    addressed = policy_for(Administration).visible_to(actor, Action.LIST).filter(pk__in=notice.addressee_ids)
    rows = [
        BoardRow(one, said.get(one.pk), late and one.pk not in said) for one in addressed.order_by("name_en", "code")
    ]
    rows.sort(key=lambda row: (row.acknowledgement is not None, not row.overdue))
    return Board(rows)


def feedback_of(actor: Actor, notice: WarningNotice) -> list[WarningFeedback]:
    """The newest answer of each administration: all for the issuer, an addressee's own for itself."""
    rows = policy_for(WarningFeedback).visible_to(actor, Action.LIST).filter(warning=notice)
    newest: dict[int, WarningFeedback] = {}
    for one in rows.select_related("administration").order_by("-edition"):
        newest.setdefault(one.administration_id, one)
    return sorted(newest.values(), key=lambda one: one.administration.name)


def request_of(actor: Actor, notice: WarningNotice) -> dict[str, int]:
    """How many of those asked answered, and how many are late, of the requests that the actor may see."""
    rows = policy_for(WarningRequest).visible_to(actor, Action.LIST).filter(warning=notice)
    waiting = Q(answered_at__isnull=True, ended_at__isnull=True)
    found: dict[str, int] = rows.aggregate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        late=Count("pk", filter=waiting & Q(answer_by__lt=timezone.now())),
    )
    return found
