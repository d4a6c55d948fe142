"""No act without its event, no event changed."""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.access.row_security import acting_as
from audit import trail
from audit.models import Event
from audit.verbs import Verb
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_leaf_is_made_by_the_database_from_the_exact_bytes(cast: Cast) -> None:
    with acting_as(cast.alice):
        trail.record(cast.alice.who(), Verb.CASE_RECORDED, facts={"category": "TOB"})
        event = Event.unguarded.get()
    assert bytes(event.leaf) == hashlib.sha256(b"\0" + bytes(event.canonical)).digest()
    assert event.administration_id == cast.alice.administration_id


@pytest.mark.parametrize(
    "tampering",
    ["update audit_event set verb = 'x'", "delete from audit_event", "truncate audit_event"],
)
def test_an_event_is_never_changed_removed_or_emptied(cast: Cast, tampering: str) -> None:
    with acting_as(cast.alice):
        trail.record(cast.alice.who(), Verb.CASE_RECORDED)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(tampering)
        assert Event.unguarded.count() == 1


def test_an_administration_reads_only_the_events_that_concern_it(cast: Cast) -> None:
    foreign = trail.What("case", "1", owner_administration_id=cast.mallory.administration_id)
    with acting_as(cast.alice):
        trail.record(cast.alice.who(), Verb.RELEASED_READ, foreign)
    with acting_as(cast.mallory):
        assert Event.unguarded.count() == 1
    with acting_as(cast.bob):
        assert Event.unguarded.count() == 0


def test_an_event_that_can_not_be_written_takes_its_act_with_it(cast: Cast) -> None:
    with pytest.raises(TypeError), transaction.atomic(), acting_as(cast.alice):
        trail.record(cast.alice.who(), Verb.CASE_RECORDED, facts={"set": {1, 2}})
    with acting_as(cast.alice):
        assert Event.unguarded.count() == 0
