"""The one order of everything accepted (sealed-protocol §9): gapless, taken under one lock until commit."""

from __future__ import annotations

from django.db import connection

# One number for the whole network, so that commit order is the order of the future log.
ORDER_LOCK = 0x0CE4_0002
_NEXT = """
    insert into comm_leaf (index, kind, chain, position, lhash, received_at)
    select coalesce(max(index) + 1, 0), %s, %s, %s, %s, clock_timestamp() from comm_leaf returning index
"""


def lock_order() -> None:
    """From here to commit nobody else is admitted; take it late, after everything slow."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ORDER_LOCK])


def next_leaf(kind: str, chain: str, position: int, lhash: bytes) -> int:
    """The index of a new leaf. Needs the lock."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [kind, chain, position, lhash])
        return int(cursor.fetchone()[0])
