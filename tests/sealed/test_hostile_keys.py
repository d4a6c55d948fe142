"""A server that tampers with the key store, ways of unlocking, the linking of a device, or keys of periods."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.client import pins
from cenlink.sealed.client.accounts import (
    add_way,
    change_way,
    open_account,
    remove_way,
    rotate,
    unlock,
)
from cenlink.sealed.client.devices import ask, hand_over, receive
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.ways import ByDevice, ByPasskey, ByPassphrase
from cenlink.sealed.private.epochs import wrap
from cenlink.sealed.private.keyset import Keyset, new_account_key, open_keyset, sealed_slots
from cenlink.sealed.refusals import SENTENCES, Code
from cenlink.sealed.server import ServerSaidNo

from tests.sealed.desks import Customs, texts
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import Impostor, Rewriting, damaged, flipped, hostile, one
from tests.sealed.refusing import refused


def test_passphrase_and_secret_key_open_and_a_remembered_device_opens_with_the_passphrase(customs: Customs) -> None:
    desk = customs.desk("Dora", HonestServer(customs.house))
    by_passphrase = ByPassphrase.fresh("four quiet words")
    by_device = ByDevice("four quiet words", bytes(range(64)), desk.state.device)
    account = open_account(desk, adm=customs.france.point.adm, name="Dora", ways=[by_passphrase, by_device])
    for way in (by_passphrase, by_device):
        assert unlock(desk, way).keys.kid == account.keys.kid
    for wrong in (ByPassphrase("four loud words", by_passphrase.secret), ByPassphrase.fresh("four quiet words")):
        with refused(Code.SEALED):
            unlock(desk, wrong)
    with refused(Code.KEYSET):
        unlock(desk, ByPasskey(b"none", bytes(32)))


def test_after_a_new_passphrase_the_old_one_opens_nothing_not_even_with_an_old_database(customs: Customs) -> None:
    old = ByPassphrase.fresh("before")
    add_way(customs.alice.desk, old)
    backup = dict(customs.house.stores)
    stolen = customs.alice.desk.own.account_key
    changed = change_way(customs.alice.desk, old, ByPassphrase("after", old.secret))
    with refused(Code.SEALED):
        open_keyset(stolen, changed.uid, changed.keyset.rev, changed.ct)
    with refused(Code.SEALED):
        unlock(customs.alice.desk, old)
    # An absent passkey was sealed anew and still opens.
    unlock(customs.alice.desk, customs.alice.way)
    customs.house.stores.update(backup)
    with refused(Code.ROLLBACK):
        unlock(customs.alice.desk, old)


def test_the_last_way_of_unlocking_stays(customs: Customs) -> None:
    with refused(Code.KEYSET):
        remove_way(customs.alice.desk, customs.alice.way)


def test_two_devices_do_not_overwrite_each_others_key_store(customs: Customs) -> None:
    other = customs.again(customs.alice, folder="Alice's laptop")
    add_way(customs.alice.desk, ByPasskey(b"second", bytes(32)))
    with pytest.raises(ServerSaidNo) as caught:
        rotate(other.desk)
    assert caught.value.status == 409
    unlock(other.desk, other.way)
    rotate(other.desk)
    assert len(other.desk.own.slots) == 2


def test_a_key_store_of_somebody_else_is_refused(customs: Customs) -> None:
    server = Rewriting(customs.house, customs.alice.uid)
    server.on_store = lambda _: customs.house.stores[customs.bob.uid]
    with refused(Code.KEYSET):
        customs.again(customs.alice, server=server)


def test_the_servers_own_key_is_not_taken_for_the_officers(customs: Customs) -> None:
    """The server knows how to seal to a slot, and to make a key store; it cannot make the chain's key."""
    own = customs.alice.desk.own
    fake, key = Keyset(own.uid, own.keyset.rev, {1: bytes(32)}, None, own.keyset.slots, []), new_account_key()
    slots = [{name: value for name, value in slot.items() if name != "ct"} for slot in own.slots]
    server = Rewriting(customs.house, customs.alice.uid)
    server.on_store = lambda store: replace(
        store, ct=fake.sealed(key), slots=[enc(slot) for slot in sealed_slots(fake, slots, key)]
    )
    with refused(Code.KEYSET):
        customs.again(customs.alice, server=server, folder="elsewhere")


def test_an_altered_key_store_or_slot_does_not_open(customs: Customs) -> None:
    server = Rewriting(customs.house, customs.alice.uid)
    server.on_store = lambda store: replace(store, ct=flipped(store.ct))
    with refused(Code.SEALED):
        customs.again(customs.alice, server=server, folder="one")
    server.on_store = lambda store: replace(store, slots=[flipped(slot, 40) for slot in store.slots])
    with pytest.raises(ValueError, match=r"\["):
        customs.again(customs.alice, server=server, folder="two")


def test_an_older_key_store_is_found(customs: Customs) -> None:
    older = customs.house.stores[customs.alice.uid]
    add_way(customs.alice.desk, ByPasskey(b"second", bytes(32)))
    server = Rewriting(customs.house, customs.alice.uid)
    server.on_store = lambda _: older
    with refused(Code.ROLLBACK):
        customs.again(customs.alice, server=server)


def test_an_older_key_store_after_a_new_key_is_refused_on_a_new_machine_too(customs: Customs) -> None:
    older = customs.house.stores[customs.alice.uid]
    rotate(customs.alice.desk)
    server = Rewriting(customs.house, customs.alice.uid)
    server.on_store = lambda _: older
    with refused(Code.KEYSET):
        customs.again(customs.alice, server=server, folder="new machine")


def test_weaker_stretching_is_refused_before_the_passphrase_is_used(customs: Customs) -> None:
    way = ByPassphrase.fresh("four quiet words")
    add_way(customs.alice.desk, way)
    server = Rewriting(customs.house, customs.alice.uid)

    def weaker(raw: bytes) -> bytes:
        slot = dec(raw)
        return enc({**slot, "m": 1024} if slot["kind"] == "pass" else slot)

    server.on_store = lambda store: replace(store, slots=[weaker(slot) for slot in store.slots])
    desk = customs.desk("elsewhere", server)
    with refused(Code.KDF):
        unlock(desk, way, customs.alice.uid)


def test_a_device_is_linked_with_pins_and_all_keys(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).post("hello")
    new = customs.desk("Alice's laptop", HonestServer(customs.house, customs.alice.uid))
    asking = ask(new, customs.alice.uid)
    assert receive(new, asking) is None
    hand_over(customs.alice.desk, asking.code, customs.alice.way, name="laptop")
    account = receive(new, asking)
    assert account
    assert account.keys.kid == customs.alice.desk.keys.kid
    assert [name for *_, name in account.keyset.devices] == ["", "laptop"]
    assert texts(Room(new, gid)) == ["hello"]
    assert not new.state.findings()


def test_a_new_device_refuses_an_answer_of_the_server(customs: Customs) -> None:
    mallory = customs.bob.desk.own
    handed = {"auk": mallory.account_key, "rev": 1, "sk": None, "pins": enc(pins.seen(customs.bob.desk))}
    server = Impostor(customs.house, customs.alice.uid, handed)
    new = customs.desk("Alice's laptop", server)
    asking = ask(new, customs.alice.uid)
    with refused(Code.RIGHTS):
        receive(new, asking)
    assert new.account is None


def test_a_code_read_out_over_the_telephone_for_another_request_is_refused(customs: Customs) -> None:
    """An attacker who signed in elsewhere asks for himself; the code on his screen is of his own account."""
    attacker = customs.desk("attacker", HonestServer(customs.house, customs.bob.uid))
    asking = ask(attacker, customs.bob.uid)
    with refused(Code.RIGHTS):
        hand_over(customs.alice.desk, asking.code, customs.alice.way)


def test_pins_handed_over_uncover_a_server_that_shows_the_new_device_less(customs: Customs) -> None:
    gid = customs.room()
    frozen = customs.house.branched()
    customs.bob.room(gid).post("hidden from the new device")
    customs.alice.room(gid).remove(customs.gate.uid)
    frozen.requests, frozen.stores = customs.house.requests, customs.house.stores
    new = customs.desk("Alice's laptop", HonestServer(frozen, customs.alice.uid))
    asking = ask(new, customs.alice.uid)
    hand_over(customs.alice.desk, asking.code, customs.alice.way)
    receive(new, asking)
    found = [one for one in new.state.findings() if one.kind is Kind.ROLLBACK]
    assert {one.code for one in found} == {Code.ROLLBACK}
    assert "another device of yours has seen more" in found[0].sentence


def test_devices_compare_what_they_have_seen_through_sealed_pins(customs: Customs) -> None:
    gid = customs.room()
    frozen = customs.house.branched()
    customs.bob.room(gid).post("hidden from the laptop")
    customs.alice.room(gid).read()
    pins.publish(customs.alice.desk)
    frozen.pins = customs.house.pins
    laptop = customs.again(customs.alice, folder="laptop", server=HonestServer(frozen, customs.alice.uid))
    laptop.desk.sync()
    pins.look_at_others(laptop.desk)
    assert [one.code for one in laptop.found(Kind.ROLLBACK)] == [Code.ROLLBACK]
    with refused(Code.FORK):
        laptop.room(gid).post("not from here")


def test_a_wrap_of_another_period_or_member_opens_nothing(customs: Customs) -> None:
    gid = customs.room()
    customs.amira.room(gid).rotate()
    for swap in (lambda w: (w.n, w.account) == (1, customs.alice.uid), lambda w: w.account == customs.bob.uid):
        alice, server = hostile(customs, customs.alice)
        swapped = [w.encoded() for w in customs.house.groups[gid].wraps if swap(w)]
        server.on_wraps = lambda _, swapped=swapped: swapped
        room = alice.room(gid)
        with refused(Code.WRAP):
            room.turns.secret(2)
        assert SENTENCES[Code.WRAP] in one(alice, Kind.BAD_KEY, Code.WRAP)
        customs.alice = alice


def test_a_damaged_wrap_is_told_without_blame_and_replaced_by_any_member(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).read()
    alice, server = hostile(customs, customs.alice)
    server.on_wraps = lambda wraps: [damaged(wraps[0]), *wraps[1:]]
    room = alice.room(gid)
    sentence = one(alice, Kind.BAD_KEY, Code.WRAP)
    assert "by the server or its author" in sentence
    with refused(Code.WRAP):
        room.post("cannot")
    customs.bob.room(gid).offer_key(alice.uid)
    alice.room(gid).post("can again")
    assert texts(customs.bob.room(gid)) == ["can again"]


def test_a_wrap_of_a_key_that_is_not_the_periods_is_refused(customs: Customs) -> None:
    gid = customs.room()
    alice, server = hostile(customs, customs.alice)
    kid, x = alice.desk.keys.kid, alice.desk.keys.public.x
    server.on_wraps = lambda _: [wrap(bytes(32), gid, 1, alice.uid, kid, x).encoded()]
    with refused(Code.WRAP):
        alice.room(gid).post("under the server's key?")


def test_nobody_begins_a_period_before_having_opened_the_present_one(customs: Customs) -> None:
    gid = customs.room()
    alice, server = hostile(customs, customs.alice)
    server.on_wraps = lambda _: []
    with refused(Code.WRAP):
        alice.room(gid).rotate()
