"""Sealed messages on the server: numbered, counted, taken back, never read (sealed-protocol §6, §11)."""

from __future__ import annotations

from typing import Any

import pytest
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.messages import read_message, require_timely
from cenlink.sealed.private.messages import open_message
from django.db import transaction

from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.refusals import Absent, TooMany
from comm.actions.messages import post
from comm.admission import known
from comm.admission.refused import Behind, NotAdmitted
from comm.models import Group, Message
from tests.comm.served import Served
from tests.sealed.cases_of_groups import add, rem
from tests.sealed.network import said

pytestmark = pytest.mark.django_db


def fetched(actor: Actor) -> list[Message]:
    """What the asker is given, in order."""
    with transaction.atomic(), acting_as(actor):
        return list(policy_for(Message).visible_to(actor))


def test_members_fetch_in_order_and_open_what_the_server_cannot(served: Served) -> None:
    room = served.room
    room.send_message(served.bob, said("Check TGHU 1234567"))
    room.send_message(served.alice, said("Inspected, nothing found"))
    order, read = MessageOrder(), []
    for row in fetched(served.cast.alice):
        message = read_message(bytes(row.raw), bytes(row.ct or b""))
        require_timely(message, order.append(message.lhash), room.chain, order)
        read.append(open_message(message, room.secrets[1])["body"])
        assert bytes(row.mark) == order.mark
        assert b"TGHU" not in bytes(row.raw) + bytes(row.ct or b"")
    assert read == ["Check TGHU 1234567", "Inspected, nothing found"]


def test_strangers_and_the_liaison_office_fetch_nothing(served: Served) -> None:
    served.room.send_message(served.bob, said("hello"))
    for stranger in (served.cast.mallory, served.cast.rosa, served.cast.sam, served.cast.dora, served.cast.amira):
        assert fetched(stranger) == []
    assert len(fetched(served.cast.bob)) == 1


def test_the_same_bytes_again_have_the_same_number(served: Served) -> None:
    room, bob = served.room, served.cast.bob
    message = room.sealed(served.bob, said("hello"))
    with transaction.atomic(), acting_as(bob):
        group = room.row(bob)
        assert post(bob, group, message.signed.raw, message.ct or b"") == (1, True)
        assert post(bob, group, message.signed.raw, message.ct or b"") == (1, False)
    assert len(fetched(bob)) == 1


def test_a_message_after_a_change_that_its_author_has_not_seen_is_sent_back(served: Served) -> None:
    room = served.room
    stood = room.now.head
    assert stood
    room.turn(served.alice, [room.epoch()])
    with pytest.raises(Behind):
        room.send_message(served.bob, said("old key"), head=stood.position.as_list(), n=1)
    room.send_message(served.bob, said("new key"))


def test_an_addition_does_not_disturb_who_is_writing(served: Served) -> None:
    room = served.room
    stood = room.now.head
    assert stood
    room.turn(served.alice, [add(served, served.amira)])
    assert room.send_message(served.bob, said("on the way"), head=stood.position.as_list()) == 1


def test_a_removed_member_posts_nothing(served: Served) -> None:
    room = served.room
    message = room.sealed(served.bob, said("still here"))
    group = Group(gid=room.gid.hex())
    room.turn(served.alice, [rem(served.bob), room.epoch(without=[served.bob])])
    with pytest.raises(Behind), transaction.atomic(), acting_as(served.cast.bob):
        post(served.cast.bob, group, message.signed.raw, message.ct or b"")
    assert fetched(served.cast.alice) == []


def test_nobody_posts_in_anothers_name(served: Served) -> None:
    message = served.room.sealed(served.bob, said("hello"))
    with pytest.raises(Absent), transaction.atomic(), acting_as(served.cast.alice):
        post(served.cast.alice, served.room.row(served.cast.alice), message.signed.raw, message.ct or b"")


def test_a_device_counts_upwards(served: Served) -> None:
    room = served.room
    room.send_message(served.bob, said("five"), ctr=5)
    for number in (5, 4):
        with pytest.raises(NotAdmitted) as declined:
            room.send_message(served.bob, said("again"), ctr=number)
        assert declined.value.code == "number"
    room.send_message(served.bob, said("another device"), ctr=0, dev=bytes(16))


def test_an_order_that_never_was_is_declined(served: Served) -> None:
    room = served.room
    room.send_message(served.bob, said("one"))
    for claimed, code in (([1, bytes(32)], "fork"), ([9, bytes(32)], "off_chain")):
        with pytest.raises(NotAdmitted) as declined:
            room.send_message(served.alice, said("two"), ml=claimed)
        assert declined.value.code == code


def test_another_ciphertext_than_was_signed_is_declined(served: Served) -> None:
    message = served.room.sealed(served.bob, said("hello"))
    with pytest.raises(NotAdmitted) as declined, transaction.atomic(), acting_as(served.cast.bob):
        post(served.cast.bob, served.room.row(served.cast.bob), message.signed.raw, b"other")
    assert declined.value.code == "sealed"


def test_an_author_takes_back_and_the_signed_header_stays(served: Served) -> None:
    room = served.room
    room.send_message(served.bob, said("wrong container"))
    first = room.order.lhash_at(1)
    room.send_message(served.bob, said(""), **{"del": [first]})
    row = fetched(served.cast.alice)[0]
    assert row.ct is None
    assert row.dropped_at is not None
    assert read_message(bytes(row.raw), None).lhash == first


def test_a_manager_takes_back_for_others_and_a_writer_does_not(served: Served) -> None:
    room = served.room
    room.send_message(served.alice, said("by Alice"))
    room.send_message(served.bob, said("by Bob"))
    first, second = room.order.lhash_at(1), room.order.lhash_at(2)
    with pytest.raises(NotAdmitted) as declined:
        room.send_message(served.bob, said(""), **{"del": [first]})
    assert declined.value.code == "rights"
    room.send_message(served.alice, said(""), **{"del": [second]})
    assert [row.ct is None for row in fetched(served.cast.alice)] == [False, True, False]


def test_what_is_not_there_is_not_taken_back(served: Served) -> None:
    with pytest.raises(NotAdmitted) as declined:
        served.room.send_message(served.bob, said(""), **{"del": [bytes(32)]})
    assert declined.value.code == "state"


def test_who_floods_a_group_is_told_to_wait(served: Served, settings: Any) -> None:
    settings.SEALED_MESSAGES_A_MINUTE = 2
    for text in ("one", "two"):
        served.room.send_message(served.bob, said(text))
    with pytest.raises(TooMany):
        served.room.send_message(served.bob, said("three"))
    assert served.room.send_message(served.alice, said("another may still write")) == 3


def test_a_withdrawal_that_comes_while_a_message_waits_is_seen_under_the_lock(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, bob = served.room, served.cast.bob
    message = room.sealed(served.bob, said("hello"))
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        before = known.standing(served.bob.uid.hex(), room.gid.hex())
    served.network.rotate(served.bob)
    # As if the key had been changed between the look at the chains and the lock.
    monkeypatch.setattr(known, "standing", lambda uid, gid: before)
    with pytest.raises(NotAdmitted) as refused, transaction.atomic(), acting_as(bob):
        post(bob, room.row(bob), message.signed.raw, message.ct or b"")
    assert refused.value.code == "withdrawn"
    assert fetched(bob) == []


def test_a_directory_that_grew_elsewhere_stops_nobody(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    room, bob = served.room, served.cast.bob
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        before = known.standing(served.bob.uid.hex(), room.gid.hex())
    served.network.rotate(served.mallory)
    monkeypatch.setattr(known, "standing", lambda uid, gid: before)
    assert room.send_message(served.bob, said("hello")) == 1
    assert len(fetched(bob)) == 1
