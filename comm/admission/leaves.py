"""The one order of everything accepted (sealed-protocol §9): gapless, taken under one lock until commit."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from comm.models import Leaf

# One number for the whole network, so that commit order is the order of the future log.
ORDER_LOCK = 0x0CE4_0002


def lock_order() -> None:
    """From here to commit nobody else is admitted; take it late, after everything slow."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ORDER_LOCK])


def next_leaf(kind: str, chain: str, position: int, lhash: bytes) -> Leaf:
    """Needs the lock."""
    last = Leaf.unguarded.aggregate(last=Max("index"))["last"]
    leaf: Leaf = Leaf.unguarded.create(
        index=0 if last is None else last + 1, kind=kind, chain=chain, position=position, lhash=lhash
    )
    return leaf
