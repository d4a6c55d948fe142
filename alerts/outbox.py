"""Announcing: one row in the transaction of the fact, and a hint once it is committed."""

from __future__ import annotations

from django.db import connection, transaction

from accounts.worker_hints import tell_worker
from alerts.sources import source_for
from audit.uuid7 import uuid7

# One number for the whole network, so that commit order is sequence order for every follower.
SEQUENCE_LOCK = 0x0CE4_0001
_ANNOUNCE = """
    select pg_advisory_xact_lock(%s);
    insert into alerts_announcement (id, sequence, kind, subject_id, attempts)
    select %s, coalesce(max(sequence), 0) + 1, %s, %s, 0 from alerts_announcement
"""


def next_sequence() -> int:
    """The next place in the network's order; holds the sequence lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SEQUENCE_LOCK])
        cursor.execute("select coalesce(max(sequence), 0) + 1 from alerts_announcement")
        row = cursor.fetchone()
    return int(row[0])


def announce(kind: str, subject_id: object) -> None:
    """Writes the announcement of a registered kind; after commit, a worker is told to look.

    Must run in the transaction that makes the fact true. Announcing the same subject of a kind twice is
    refused by the database: the caller's act was then done already.
    """
    source_for(kind)
    if not connection.in_atomic_block:
        raise RuntimeError("announce runs in the transaction of the fact")
    with connection.cursor() as cursor:
        # Two statements, one message to the database: the second sees what was committed while the lock was waited for.
        cursor.execute(_ANNOUNCE, [SEQUENCE_LOCK, uuid7(), kind, str(subject_id)])
    transaction.on_commit(hint)


def hint() -> None:
    """Tells a worker to look now. A lost hint costs seconds, never an alert: the sweep looks too."""
    tell_worker("alerts.tasks.fan_out_all")
