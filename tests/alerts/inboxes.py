"""Inboxes for tests: alerts of any seat, made by one announcement each."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from alerts.fanout import fan_out_next
from alerts.models import Alert, Announcement
from alerts.outbox import next_sequence


def seat_of(actor: Actor) -> dict[str, Any]:
    return {
        "administration_id": actor.administration_id,
        "liaison_office_id": actor.liaison_office_id,
        "secretariat": actor.secretariat,
    }


def an_alert(actor: Actor, *, personal: bool = False, **facts: Any) -> Alert:
    """One alert of the actor's desk, or his own."""
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        announcement = Announcement.unguarded.create(
            sequence=next_sequence(), kind="case.published", subject_id=str(uuid4())
        )
        known = {"headline": {"reference": f"XX-{announcement.sequence}", "state": "published"}}
        return Alert.unguarded.create(
            announcement=announcement,
            kind=facts.pop("kind", "case.published"),
            subject_id=announcement.subject_id,
            officer_id=actor.officer_id if personal else None,
            **(known | seat_of(actor) | facts),
        )


def inbox(actor: Actor) -> list[Alert]:
    """What the database lets the actor see of alerts."""
    with transaction.atomic(), acting_as(actor):
        return list(Alert.unguarded.order_by("pk"))


def fan_out_all() -> None:
    while fan_out_next():
        pass
