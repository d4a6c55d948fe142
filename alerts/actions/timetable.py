"""Which periodic tasks are due: claimed by changing their rows, on the database's clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import connection, transaction

_ENTER = """
    insert into alerts_periodictask (name, every, sent_at)
    values (%s, make_interval(secs => %s), clock_timestamp() - make_interval(secs => %s))
    on conflict (name) do update set every = excluded.every where alerts_periodictask.every <> excluded.every
"""
# Taken in one order, so that two beats never wait for each other's rows in a circle.
_CLAIM = """
    update alerts_periodictask set sent_at = clock_timestamp() where name in (
        select name from alerts_periodictask
        where name = any(%s) and sent_at <= clock_timestamp() - every
        order by name for update skip locked
    ) returning name
"""
# A row of tomorrow, written by a clock that was put back since, must not silence its task for a day.
_SET_BACK = """
    update alerts_periodictask set sent_at = clock_timestamp() - every
    where name = any(%s) and sent_at > clock_timestamp() + interval '1 second'
"""


def enter(timetable: Mapping[str, timedelta]) -> None:
    """Writes the timetable; what is new in it is due at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, every in sorted(timetable.items()):
            cursor.execute(_ENTER, [name, every.total_seconds(), every.total_seconds()])


def claim_due(names: list[str]) -> list[str]:
    """The entries that are due and were now claimed by this caller, and by nobody else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SET_BACK, [names])
        cursor.execute(_CLAIM, [names])
        return sorted(name for (name,) in cursor.fetchall())
