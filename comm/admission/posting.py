"""The statements of posting: plain, since each message of a busy network waits for them under a lock."""

from __future__ import annotations

from dataclasses import dataclass

from cenlink.sealed.checks.messages import Message as Sent
from django.db import connection

_LOCK = "select seq, count, mark from comm_group where gid = %s for update"
_FACTS = """
    select (select i from comm_message where group_id = %(gid)s and lhash = %(lhash)s),
        (select max(ctr) from comm_message where group_id = %(gid)s and author_id = %(uid)s and dev = %(dev)s),
        (select mark from comm_message where group_id = %(gid)s and i = %(seen)s),
        (select count(*) from comm_message
         where author_id = %(uid)s and received_at > clock_timestamp() - interval '1 minute')
"""
_KEEP = """
    with leaf as (
        insert into comm_leaf (index, kind, chain, position, lhash, received_at)
        select coalesce(max(index) + 1, 0), 'msg', %(gid)s, %(i)s, %(lhash)s, clock_timestamp() from comm_leaf
        returning index
    ), counted as (
        update comm_group set count = %(i)s, mark = %(mark)s where gid = %(gid)s
    )
    insert into comm_message
        (leaf_id, group_id, i, lhash, mark, author_id, dev, ctr, raw, ct, received_at)
    select index, %(gid)s, %(i)s, %(lhash)s, %(mark)s, %(uid)s, %(dev)s, %(ctr)s, %(raw)s, %(ct)s, clock_timestamp()
    from leaf returning leaf_id
"""


@dataclass(frozen=True)
class Standing:
    """A group under its lock: its newest link, its count and M_count."""

    seq: int
    count: int
    mark: bytes


@dataclass(frozen=True)
class Facts:
    """Of a message about to be kept: its number if it is here already, the device's last ctr, M of what it saw, and
    how many its author posted within a minute, in all groups."""

    again: int | None
    last_ctr: int | None
    seen_mark: bytes | None
    in_a_minute: int


def lock(gid: str) -> Standing:
    """Until commit nobody else posts to the group or turns it."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [gid])
        seq, count, mark = cursor.fetchone()
    return Standing(seq, count, bytes(mark))


def facts_of(gid: str, sent: Sent) -> Facts:
    """Needs the group's lock."""
    values = {
        "gid": gid,
        "lhash": sent.lhash,
        "uid": sent.author.hex(),
        "dev": sent.content["dev"].hex(),
        "seen": sent.content["ml"][0],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, values)
        again, last, mark, in_a_minute = cursor.fetchone()
    return Facts(again, last, None if mark is None else bytes(mark), in_a_minute)


def keep(gid: str, i: int, mark: bytes, sent: Sent) -> int:
    """Keeps the message as number `i` and counts it; its leaf. Needs the group's lock and the order's."""
    values = {
        "gid": gid,
        "i": i,
        "lhash": sent.lhash,
        "mark": mark,
        "uid": sent.author.hex(),
        "dev": sent.content["dev"].hex(),
        "ctr": sent.content["ctr"],
        "raw": sent.signed.raw,
        "ct": sent.ct,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        return int(cursor.fetchone()[0])
