"""The statements of posting: three calls, since each message of a busy network waits for them under a lock.

They are functions of the database (comm/migrations/0004_posting.py), which keeps their plans for a connection.
"""

from __future__ import annotations

from dataclasses import dataclass

from cenlink.sealed.checks.messages import Message as Sent
from django.db import connection

from comm.admission.leaves import ORDER_LOCK

_LOCK_AND_LOOK = "select * from comm_lock_and_look(%s, %s, %s, %s, %s, %s)"
_KEEP = "select comm_keep(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class Standing:
    """A group under its lock (newest link, count, M_count), and what there is of a message about to be kept.

    again: its number if it is here already; last_ctr: the device's; seen_mark: M of what it saw; in_a_minute: how many
    its author posted within a minute, in all groups, counted up to `most`.
    """

    seq: int
    count: int
    mark: bytes
    again: int | None
    last_ctr: int | None
    seen_mark: bytes | None
    in_a_minute: int


def lock(gid: str, sent: Sent, most: int) -> Standing:
    """Until commit nobody else posts to the group or turns it."""
    device = sent.content["dev"].hex()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_AND_LOOK, [gid, sent.lhash, sent.author.hex(), device, sent.content["ml"][0], most])
        seq, count, mark, again, last, seen, in_a_minute = cursor.fetchone()
    return Standing(seq, count, bytes(mark), again, last, None if seen is None else bytes(seen), in_a_minute)


def keep(gid: str, i: int, mark: bytes, sent: Sent, newest: int) -> int | None:
    """Keeps the message as number `i` and counts it; its leaf. Needs the group's lock and takes the order's.

    None, and nothing is kept, if the directory's newest link is not `newest` any more: look, then keep again.
    """
    values = [ORDER_LOCK, newest, gid, i, mark, sent.lhash, sent.author.hex(), sent.content["dev"].hex()]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [*values, sent.content["ctr"], sent.signed.raw, sent.ct])
        leaf: int | None = cursor.fetchone()[0]
    return leaf
