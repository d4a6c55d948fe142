"""The numbers of alerts: one order for the network, visible in that order, drawn for new rows only."""

from __future__ import annotations

import os
import threading
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from alerts.inserting import Inserted, insert
from alerts.models import Alert, Announcement
from alerts.outbox import next_sequence
from alerts.sources import Notice, Reason, Recipient
from config.embedded import databases
from tests.alerts.inboxes import an_alert
from tests.cast import Cast, seat_cast
from tests.nominal.test_at_once import waits_for_a_lock


def an_announcement() -> Announcement:
    return Announcement.unguarded.create(sequence=next_sequence(), kind="case.published", subject_id=str(uuid4()))


def notices(*administrations: int | None) -> list[Notice]:
    return [Notice(Recipient(administration_id=one), (Reason("own_case_published"),)) for one in administrations]


def numbers() -> list[int]:
    return list(Alert.unguarded.order_by("number").values_list("number", flat=True))


@pytest.mark.django_db
def test_rows_are_numbered_in_the_order_given_and_known_ones_are_passed_over(cast: Cast) -> None:
    seats = [cast.amira.administration_id, cast.bob.administration_id, cast.mallory.administration_id]
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        held = an_announcement()
        first = insert(held, {"reference": "X"}, notices(*seats[:2]))
        again = insert(held, {"reference": "X"}, notices(*seats))
        rows = list(Alert.unguarded.order_by("number"))
        nothing = insert(held, {}, [])
    assert (first.count, again.count, nothing) == (2, 1, Inserted(0, None))
    assert [one.administration_id for one in rows] == seats
    assert [first.first, again.first] == [rows[0].number, rows[2].number]
    assert [one.reasons for one in rows] == [[{"code": "own_case_published"}]] * 3
    assert {one.pk.version for one in rows} == {7}
    assert rows[0].pk < an_alert(cast.amira).pk


@pytest.mark.django_db
def test_a_plain_insert_is_numbered_too(cast: Cast) -> None:
    first, second = an_alert(cast.amira), an_alert(cast.bob)
    assert second.number == first.number + 1


def test_numbers_become_visible_in_their_order(fresh_database: str) -> None:
    """A slow writer that drew its numbers first keeps the others waiting, so that a follower misses nothing."""
    cast = seat_cast()
    drawn, finish, seen = threading.Event(), threading.Event(), threading.Event()

    def writes(before_commit: Any) -> None:
        try:
            with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
                insert(an_announcement_unordered(), {}, notices(cast.bob.administration_id))
                before_commit()
        finally:
            connections.close_all()

    def slow() -> None:
        drawn.set()
        assert finish.wait(20)

    one = threading.Thread(target=writes, args=(slow,))
    other = threading.Thread(target=writes, args=(seen.set,))
    one.start()
    assert drawn.wait(20)
    other.start()
    assert waits_for_a_lock()
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        assert numbers() == []
    assert not seen.is_set()
    finish.set()
    one.join(), other.join()
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        assert len(numbers()) == 2


def an_announcement_unordered() -> Announcement:
    """One that does not take the lock of the announcements, which would keep the other writer waiting as well."""
    place = uuid4().int % 2**40
    return Announcement.unguarded.create(sequence=place, kind="case.published", subject_id=str(uuid4()))


def test_alerts_from_before_are_numbered_in_the_order_of_the_inbox(fresh_database: str) -> None:
    cast = seat_cast()
    migration = import_module("alerts.migrations.0065_numbers").Migration
    number = migration.operations[0].database_operations[0]
    seats = [cast.bob.administration_id, cast.amira.administration_id, cast.mallory.administration_id]
    with databases.connect(os.environ["OPENCEN_OWNER_DATABASE_URL"]) as owner:
        owner.execute(number.reverse_sql)
        with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)), connection.cursor() as cursor:
            held = an_announcement()
            for place, seat in enumerate(seats):
                cursor.execute(_WITHOUT_NUMBER, [f"0193e5a0-0000-7000-8000-00000000000{9 - place}", held.pk, seat])
        owner.execute(number.sql)
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        told = list(Alert.unguarded.order_by("number").values_list("number", "administration_id"))
    assert told == list(enumerate(reversed(seats), start=1))
    assert an_alert(cast.bob).number == 4


_WITHOUT_NUMBER = """
    insert into alerts_alert (
        id, announcement_id, kind, subject_id, administration_id, headline, reasons, needs_me, needs_acknowledgement,
        made_at
    )
    values (%s, %s, 'case.published', 'x', %s, '{}', '[]', false, false, now())
"""
