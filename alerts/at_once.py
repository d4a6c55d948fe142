"""Announcing what cannot wait for a worker: its alerts are written in the transaction of the fact."""

from __future__ import annotations

from contextlib import nullcontext

from django.db import connection
from django.db.models.functions import Now

from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from alerts.fanout import write
from alerts.models import Announcement
from alerts.outbox import next_sequence
from alerts.sources import source_for
from audit import trail
from audit.verbs import Verb


def announce_at_once(actor: Actor, kind: str, subject_id: object) -> int:
    """Writes announcement and alerts together; returns how many recipients were told.

    For kinds that name their recipients, such as a flash: with the fact, its alerts are committed or nothing is.
    Must run in the transaction that makes the fact true, inside the actor's identity. The sequence lock is held to
    its end, so this comes last. Announcing the same subject of a kind twice is refused by the database.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("announce_at_once runs in the transaction of the fact")
    source = source_for(kind)
    with nullcontext() if actor.is_system else handed_to(SystemTask.FAN_OUT):
        made = Announcement.unguarded.create(sequence=next_sequence(), kind=kind, subject_id=str(subject_id))
        told = write(made, source, begun=False)
        Announcement.unguarded.filter(pk=made.pk).update(done_at=Now(), alerts_made=told)
    facts = {"kind": kind, "alerts": told, "at_once": True}
    trail.record(actor.who(), Verb.ALERTS_FANNED_OUT, trail.What("announcement", str(made.pk)), facts=facts)
    return told
