"""Endpoints and deliveries for tests."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from alerts.channels.email.post import send_next
from alerts.deliveries import deliveries_for
from alerts.models import Alert, Announcement, Channel, Delivery, Endpoint, Pace
from alerts.outbox import next_sequence
from alerts.outgoing.sealing import new_secret, seal, shown


def as_worker(act: Any, *args: Any, **kwargs: Any) -> Any:
    """The act in the identity in which workers look at the ledger."""
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        return act(*args, **kwargs)


def a_webhook(actor: Actor, url: str, **facts: Any) -> tuple[Endpoint, str]:
    """A webhook of the actor's seat, and its secret."""
    secret = new_secret()
    endpoint = Endpoint(
        channel=Channel.WEBHOOK, name="agent", url=url, secretariat=actor.secretariat, **actor.seat | facts
    )
    endpoint.secret_sealed = seal(secret, endpoint.pk)
    as_worker(endpoint.save)
    return endpoint, shown(secret)


def a_mailbox(actor: Actor, **choices: Any) -> Endpoint:
    """The mailbox of the actor at his seat; everything at once unless chosen otherwise."""
    known = {"needs_me": Pace.AT_ONCE, "information": Pace.AT_ONCE}
    made: Endpoint = as_worker(
        Endpoint.unguarded.create,
        channel=Channel.EMAIL,
        officer_id=actor.officer_id,
        secretariat=actor.secretariat,
        **actor.seat | known | choices,
    )
    return made


def told(*recipients: Actor, personal: bool = False, kind: str = "test.kind", **facts: Any) -> list[Alert]:
    """One announcement fanned out to these desks (or officers), with its delivery rows."""

    def tell() -> list[Alert]:
        number = next_sequence()
        announcement = Announcement.unguarded.create(
            sequence=number, kind=kind, subject_id=f"subject-{number}", alerts_made=len(recipients)
        )
        made = [
            Alert.unguarded.create(
                announcement=announcement,
                kind=kind,
                subject_id=announcement.subject_id,
                officer_id=one.officer_id if personal else None,
                secretariat=one.secretariat,
                **one.seat | {"headline": {"reference": f"XX-{number}"}} | facts,
            )
            for one in recipients
        ]
        deliveries_for(announcement)
        Announcement.unguarded.filter(pk=announcement.pk).update(done_at=announcement.announced_at)
        return made

    told_of: list[Alert] = as_worker(tell)
    return told_of


def ledger(**filters: Any) -> list[Delivery]:
    """Rows of the ledger, the oldest first."""
    rows: list[Delivery] = as_worker(lambda: list(Delivery.unguarded.filter(**filters).order_by("made_at", "pk")))
    return rows


def change(**facts: Any) -> None:
    """Changes every row of the ledger: time passes quickly in tests."""
    as_worker(lambda: Delivery.unguarded.update(**facts))


def send_mails() -> None:
    while send_next():
        pass
