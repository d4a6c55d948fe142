"""Key stores, pins and device requests: an account's own, and nobody else's (sealed-protocol §10)."""

from __future__ import annotations

import hashlib

import pytest
from cenlink.sealed.private.linking import NewDevice, answer
from django.db import transaction
from django.utils import timezone

from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.refusals import Absent
from comm.actions.key_stores import (
    ANSWERED_WITHIN,
    SentStore,
    answer_link,
    ask_to_link,
    living,
    name_of_request,
    put_pins,
    put_store,
)
from comm.admission.refused import Contradiction, NotAdmitted
from comm.models import DeviceRequest, KeyStore, Pins
from tests.comm.served import Served

pytestmark = pytest.mark.django_db


def test_a_key_store_is_replaced_only_by_who_saw_the_last_one(served: Served) -> None:
    alice, account = served.cast.alice, served.account(served.alice)
    with transaction.atomic(), acting_as(alice):
        put_store(alice, account, SentStore(1, b"one", [b"slot"], None))
        for wrong in (
            SentStore(2, b"two", [b"slot"], None),
            SentStore(2, b"two", [b"slot"], bytes(32)),
            SentStore(1, b"two", [b"slot"], hashlib.sha256(b"one").digest()),
            SentStore(3, b"two", [b"slot"], hashlib.sha256(b"one").digest()),
        ):
            with pytest.raises(Contradiction):
                put_store(alice, account, wrong)
        put_store(alice, account, SentStore(2, b"two", [b"slot", b"other"], hashlib.sha256(b"one").digest()))
        stands = KeyStore.unguarded.get(account=account)
    assert (stands.rev, bytes(stands.ct), len(stands.slots)) == (2, b"two", 2)


def test_a_key_store_without_a_way_to_unlock_is_declined(served: Served) -> None:
    alice, account = served.cast.alice, served.account(served.alice)
    for slots in ([], [b"x" * 5000], [b"x"] * 33):
        with pytest.raises(NotAdmitted), transaction.atomic(), acting_as(alice):
            put_store(alice, account, SentStore(1, b"one", slots, None))


def test_nobody_else_sees_an_accounts_keys(served: Served) -> None:
    alice, account = served.cast.alice, served.account(served.alice)
    device = NewDevice.asking(served.alice.uid, bytes(16), int(timezone.now().timestamp()))
    with transaction.atomic(), acting_as(alice):
        put_store(alice, account, SentStore(1, b"one", [b"slot"], None))
        put_pins(alice, account, bytes(16), b"sealed")
        ask_to_link(alice, device.request, served.alice.uid)
    for model in (KeyStore, Pins, DeviceRequest):
        for stranger in (served.cast.amira, served.cast.bob, served.cast.rosa, served.cast.sam):
            with transaction.atomic(), acting_as(stranger):
                assert not policy_for(model).visible_to(stranger).exists()
                assert model.unguarded.count() == 0
        with transaction.atomic(), acting_as(alice):
            assert policy_for(model).visible_to(alice).count() == 1


def test_pins_of_each_device_stand_beside_each_other(served: Served) -> None:
    alice, account = served.cast.alice, served.account(served.alice)
    with transaction.atomic(), acting_as(alice):
        put_pins(alice, account, bytes(16), b"first")
        put_pins(alice, account, bytes([1]) * 16, b"second")
        put_pins(alice, account, bytes(16), b"first, newer")
        found = {bytes(row.ct) for row in Pins.unguarded.all()}
    assert found == {b"first, newer", b"second"}


def test_a_device_is_linked_through_the_server_which_learns_nothing(served: Served) -> None:
    alice, now = served.cast.alice, int(timezone.now().timestamp())
    device = NewDevice.asking(served.alice.uid, bytes(16), now)
    handed = {"auk": bytes(32), "rev": 1, "sk": None, "pins": b""}
    with transaction.atomic(), acting_as(alice):
        ask_to_link(alice, device.request, served.alice.uid)
        asked = living(name_of_request(device.request))
        answer_link(alice, asked, answer(bytes(asked.request), device.code, now, handed))
        answered = living(name_of_request(device.request))
        with pytest.raises(Contradiction):
            answer_link(alice, asked, b"once more")
    assert answered.answer
    assert device.received(bytes(answered.answer))["auk"] == bytes(32)


def test_a_request_ends_after_five_minutes(served: Served) -> None:
    alice = served.cast.alice
    device = NewDevice.asking(served.alice.uid, bytes(16), 1_790_000_000)
    with transaction.atomic(), acting_as(alice):
        ask_to_link(alice, device.request, served.alice.uid)
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        DeviceRequest.unguarded.update(asked_at=timezone.now() - ANSWERED_WITHIN)
    with pytest.raises(Absent), transaction.atomic(), acting_as(alice):
        living(name_of_request(device.request))


def test_nobody_asks_for_anothers_account(served: Served) -> None:
    device = NewDevice.asking(served.alice.uid, bytes(16), 1_790_000_000)
    with pytest.raises(Absent), transaction.atomic(), acting_as(served.cast.bob):
        ask_to_link(served.cast.bob, device.request, served.alice.uid)
