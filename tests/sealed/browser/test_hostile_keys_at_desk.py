"""A server that tampers with the key store, ways of unlocking, the linking of a device, or keys of periods."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.spoken_codes import secret_key_text
from cenlink.sealed.client import pins
from cenlink.sealed.client.accounts import add_way, change_way, rotate
from cenlink.sealed.client.devices import ask, hand_over, receive
from cenlink.sealed.client.ways import ByPasskey, ByPassphrase
from cenlink.sealed.private.epochs import wrap
from cenlink.sealed.private.keyset import Keyset, new_account_key, open_pins, sealed_slots
from cenlink.sealed.refusals import SENTENCES, Code
from cenlink.sealed.server import KeyStore

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import AtBrowser, Bench, RefusedThere, bench, here
from tests.sealed.desks import Customs, texts
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import Impostor, Rewriting, damaged, flipped

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser
WORDS = "four quiet words"


@pytest.fixture(autouse=True)
def nothing_seen(bench: Bench) -> None:
    """Each test begins in a browser that never saw anybody."""
    bench.forget()


def locked(bench: Bench, here: Customs, on_store: Any) -> AtBrowser:
    """Alice before her passkey, at a server that gives out another key store."""
    server = Rewriting(here.house, here.alice.uid)
    server.on_store = on_store
    alice = AtBrowser(bench, here, here.alice, server)
    alice.begin()
    return alice


def refusal(bench: Bench, here: Customs, on_store: Any, code: Code) -> None:
    alice = locked(bench, here, on_store)
    sentence = alice.refused(code, "unlock", passkey=alice.passkey)
    assert sentence.startswith(SENTENCES[code])


def test_a_key_store_of_somebody_else_is_refused(bench: Bench, here: Customs) -> None:
    refusal(bench, here, lambda _: here.house.stores[here.bob.uid], Code.KEYSET)


def test_the_servers_own_key_is_not_taken_for_the_officers(bench: Bench, here: Customs) -> None:
    """The server knows how to seal to a slot, and to make a key store; it cannot make the chain's key."""
    own = here.alice.desk.own
    fake, key = Keyset(own.uid, own.keyset.rev, {1: bytes(32)}, None, own.keyset.slots, []), new_account_key()
    slots = [{name: value for name, value in slot.items() if name != "ct"} for slot in own.slots]
    sealed = [enc(slot) for slot in sealed_slots(fake, slots, key)]
    refusal(bench, here, lambda store: replace(store, ct=fake.sealed(key), slots=sealed), Code.KEYSET)


def test_ways_of_unlocking_that_the_key_store_does_not_name_are_refused(bench: Bench, here: Customs) -> None:
    foreign = enc({**dec(here.house.stores[here.bob.uid].slots[0])})
    refusal(bench, here, lambda store: replace(store, slots=[*store.slots, foreign]), Code.KEYSET)


def test_an_altered_key_store_or_slot_does_not_open(bench: Bench, here: Customs) -> None:
    refusal(bench, here, lambda store: replace(store, ct=flipped(store.ct)), Code.SEALED)

    def altered(raw: bytes) -> bytes:
        slot = dec(raw)
        return enc({**slot, "ct": flipped(slot["ct"])})

    refusal(bench, here, lambda store: replace(store, slots=[altered(raw) for raw in store.slots]), Code.SEALED)


@pytest.mark.parametrize("slot", [b"\xf6", enc({"kind": "spoken"}), enc([1]), b"\xff"])
def test_a_slot_of_no_known_shape_is_refused(bench: Bench, here: Customs, slot: bytes) -> None:
    with pytest.raises(RefusedThere) as caught:
        locked(bench, here, lambda store: replace(store, slots=[slot]))
    assert caught.value.code in {"newer", "schema", "cbor"}


def test_an_older_key_store_is_found(bench: Bench, here: Customs) -> None:
    older = here.house.stores[here.alice.uid]
    add_way(here.alice.desk, ByPasskey(b"second", bytes(32)))
    bench.seat(here, here.alice)
    refusal(bench, here, lambda _: older, Code.ROLLBACK)


def test_another_key_store_of_the_same_revision_is_found(bench: Bench, here: Customs) -> None:
    bench.seat(here, here.alice)
    own = here.alice.desk.own
    other, _ = own.sealed(own.keyset, own.slots, own.account_key)
    assert other.ct != here.house.stores[here.alice.uid].ct
    refusal(bench, here, lambda _: KeyStore(other.rev, other.ct, other.slots), Code.ROLLBACK)


def test_an_older_key_store_after_a_new_key_is_refused_in_a_new_browser_too(bench: Bench, here: Customs) -> None:
    older = here.house.stores[here.alice.uid]
    rotate(here.alice.desk)
    refusal(bench, here, lambda _: older, Code.KEYSET)


def test_weaker_stretching_is_refused_before_the_passphrase_is_used(bench: Bench, here: Customs) -> None:
    way = ByPassphrase.fresh(WORDS)
    add_way(here.alice.desk, way)

    def weaker(raw: bytes) -> bytes:
        slot = dec(raw)
        return enc({**slot, "m": 1024} if slot["kind"] == "pass" else slot)

    alice = locked(bench, here, lambda store: replace(store, slots=[weaker(slot) for slot in store.slots]))
    alice.refused(Code.KDF, "unlock", passphrase=WORDS, secretKey=secret_key_text(way.secret))


def test_two_devices_do_not_overwrite_each_others_key_store(bench: Bench, here: Customs) -> None:
    alice = bench.seat(here, here.alice)
    rotate(here.alice.desk)
    given = {"passkey": {"credential": list(b"second"), "output": [1] * 32}}
    with pytest.raises(RefusedThere) as caught:
        alice.ask("addPasskey", **given)
    assert caught.value.code == "conflict"
    # Unlocked anew it knows what the other device did, and keeps it.
    alice.sit_down()
    alice.ask("addPasskey", **given)
    assert set(here.alice.desk.own.keyset.seeds) == {1, 2}
    here.alice = here.again(here.alice)
    assert set(here.alice.desk.own.keyset.seeds) == {1, 2}
    assert len(here.alice.desk.own.slots) == 2


def test_a_server_that_does_not_keep_what_it_took_is_told_at_once(bench: Bench, here: Customs) -> None:
    alice = bench.seat(here, here.alice)
    older = here.house.stores[here.alice.uid]
    alice.hostile.on_store = lambda _: older
    alice.refused(Code.KEYSET, "addPasskey", passkey={"credential": list(b"second"), "output": [1] * 32})


def test_an_account_that_somebody_else_changed_is_told_at_once(bench: Bench, here: Customs) -> None:
    gid = here.room()
    bob = bench.seat(here, here.bob)
    rotate(here.bob.desk, why="lost", ways=[here.bob.way])
    assert {one["kind"] for one in bob.ask("standing")["findings"]} == {"not_by_me"}
    bob.one("not_by_me", Code.KEYSET)
    bob.refused(Code.WITHDRAWN, "post", gid=gid.hex(), text="is it me?", files=[])


# Another device


def test_a_device_is_linked_with_pins_and_all_keys(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.post(gid, "hello")
    new = here.desk("Alice's laptop", HonestServer(here.house, here.alice.uid))
    asking = ask(new, here.alice.uid)
    assert receive(new, asking) is None
    alice.ask("handOver", code=asking.code.lower(), name="laptop", passkey=alice.passkey)
    account = receive(new, asking)
    assert account
    assert account.keys.kid == here.alice.desk.keys.kid
    assert account.keyset.devices[-1][2] == "laptop"
    assert not new.state.findings()


def test_a_browser_is_linked_by_another_client_and_opens_by_a_passphrase_from_then_on(
    bench: Bench, here: Customs
) -> None:
    gid = here.room()
    here.alice.room(gid).post("hello")
    alice = AtBrowser(bench, here, here.alice, Rewriting(here.house, here.alice.uid))
    alice.begin()
    code = alice.ask("askDevice")
    assert re.fullmatch(r"([0-9A-Z]{4}-){6}[0-9A-Z]{4}", code)
    assert alice.ask("linked") is None
    hand_over(here.alice.desk, code, here.alice.way, name="browser")
    standing = alice.ask("linked")
    assert standing["account"] == "open"
    assert (standing["me"]["name"], standing["me"]["administration"]) == ("Alice", "Customs of FR")
    assert standing["me"]["code"] == here.france.point.code
    assert alice.texts(gid) == ["hello"]
    alice.ask("rememberHere", passphrase=WORDS)
    assert alice.begin()["rememberedHere"]
    alice.refused(Code.SEALED, "unlock", passphrase="four loud words")
    alice.ask("unlock", passphrase=WORDS)
    assert alice.texts(gid) == ["hello"]


def test_a_new_browser_refuses_an_answer_of_the_server(bench: Bench, here: Customs) -> None:
    mallory = here.bob.desk.own
    handed = {"auk": mallory.account_key, "rev": 1, "sk": None, "pins": enc(pins.seen(here.bob.desk))}
    alice = AtBrowser(bench, here, here.alice, Impostor(here.house, here.alice.uid, handed))
    alice.begin()
    alice.ask("askDevice")
    alice.refused(Code.RIGHTS, "linked")
    assert alice.ask("standing")["account"] == "locked"


def test_a_code_read_out_over_the_telephone_for_another_request_is_refused(bench: Bench, here: Customs) -> None:
    """An attacker who signed in elsewhere asks for himself; the code on his screen is of his own account."""
    asking = ask(here.desk("attacker", HonestServer(here.house, here.bob.uid)), here.bob.uid)
    alice = bench.seat(here, here.alice)
    before = here.house.stores[here.alice.uid]
    alice.refused(Code.RIGHTS, "handOver", code=asking.code, name="", passkey=alice.passkey)
    own = ask(here.desk("laptop", HonestServer(here.house, here.alice.uid)), here.alice.uid).code
    for typed in (own[:-2], "U" + own[1:], own[:12]):
        alice.refused(Code.SCHEMA, "handOver", code=typed, name="", passkey=alice.passkey)
    assert here.house.stores[here.alice.uid] == before


def test_a_wrong_secret_part_of_a_code_ends_the_attempt(bench: Bench, here: Customs) -> None:
    new = here.desk("Alice's laptop", HonestServer(here.house, here.alice.uid))
    asking = ask(new, here.alice.uid)
    alice = bench.seat(here, here.alice)
    wrong = asking.code[:-4] + ("0000" if asking.code[-4:] != "0000" else "1111")
    alice.ask("handOver", code=wrong, name="", passkey=alice.passkey)
    with pytest.raises(ValueError, match="rights"):
        receive(new, asking)


def test_pins_handed_over_uncover_a_server_that_shows_the_new_browser_less(bench: Bench, here: Customs) -> None:
    gid = here.room()
    frozen = here.house.branched()
    here.bob.room(gid).post("hidden from the new device")
    here.alice.room(gid).remove(here.gate.uid)
    frozen.requests, frozen.stores = here.house.requests, here.house.stores
    alice = AtBrowser(bench, here, here.alice, HonestServer(frozen, here.alice.uid))
    alice.begin()
    code = alice.ask("askDevice")
    hand_over(here.alice.desk, code, here.alice.way)
    alice.ask("linked")
    found = [one for one in alice.found if one["kind"] == "rollback"]
    assert {one["code"] for one in found} == {str(Code.ROLLBACK)}
    assert "another device of yours has seen more" in found[0]["sentence"]
    assert alice.stopped(gid)


@pytest.mark.parametrize("hidden", [True, False])
def test_devices_compare_what_they_have_seen_through_sealed_pins(bench: Bench, here: Customs, hidden: bool) -> None:
    gid = here.room()
    shown = here.house.branched() if hidden else here.house
    here.bob.room(gid).post("hidden from the browser")
    here.alice.room(gid).read()
    pins.publish(here.alice.desk)
    shown.pins = here.house.pins
    alice = bench.seat(here, here.alice, HonestServer(shown, here.alice.uid))
    alice.ask("groups")
    if hidden:
        alice.one("rollback", Code.ROLLBACK)
        assert alice.stopped(gid)
    else:
        assert alice.alarms == []


def test_a_browser_publishes_its_pins_once_for_each_change_and_the_other_client_reads_them(
    bench: Bench, here: Customs
) -> None:
    gid = here.room()
    frozen = here.house.branched()
    put: list[str] = []
    bench.front.before = lambda verb, address: put.append(address) if (verb, address[:5]) == ("PUT", "pins/") else None
    try:
        alice = bench.seat(here, here.alice)
        alice.post(gid, "one")
        for _ in range(3):
            alice.ask("groups")
        assert len(put) == 1
        alice.post(gid, "two")
        alice.ask("groups")
        assert len(put) == 2
        assert len(set(put)) == 1
    finally:
        bench.front.before = lambda verb, address: None
    frozen.pins = here.house.pins
    laptop = here.again(here.alice, folder="laptop", server=HonestServer(frozen, here.alice.uid))
    laptop.desk.sync()
    pins.look_at_others(laptop.desk)
    assert {one.code for one in laptop.desk.state.findings()} == {Code.ROLLBACK}


def test_a_code_that_was_compared_is_known_to_all_devices_and_to_nobody_else(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    bob = next(one for one in alice.room(gid)["members"] if one["name"] == "Bob")
    assert bob["code"] == here.germany.point.code
    assert not bob["compared"]
    alice.ask("compared", adm=bob["adm"])
    alice.ask("groups")
    ((dev, ct),) = here.house.pins[here.alice.uid].items()
    opened = open_pins(here.alice.desk.own.account_key, here.alice.uid, dev, ct)
    assert opened["codes"] == [here.germany.point.adm]
    # A client that does not show marks reads the pins all the same.
    here.alice.desk.sync()
    pins.look_at_others(here.alice.desk)
    assert not here.alice.desk.state.findings()
    bench.forget()
    alice = bench.seat(here, here.alice)
    alice.ask("groups")
    marks = {one["name"]: one["compared"] for one in alice.room(gid)["members"]}
    assert marks == {"Alice": False, "Amira": False, "Bob": True, "Gate": True}


# Keys of periods


def test_a_wrap_of_another_period_or_member_opens_nothing(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.amira.room(gid).rotate()
    for swap in (lambda w: (w.n, w.account) == (1, here.alice.uid), lambda w: w.account == here.bob.uid):
        bench.forget()
        alice = bench.seat(here, here.alice)
        swapped = [w.encoded() for w in here.house.groups[gid].wraps if swap(w)]
        assert swapped
        alice.hostile.on_wraps = lambda _, swapped=swapped: swapped
        alice.room(gid)
        alice.one("bad_key", Code.WRAP)
        alice.refused(Code.WRAP, "post", gid=gid.hex(), text="cannot", files=[])


def test_a_damaged_wrap_is_told_without_blame_and_replaced_by_any_member(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("hello")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_wraps = lambda wraps: [b"\x00", damaged(wraps[0]), *wraps[1:]]
    assert alice.standings(gid) == ["wrap"]
    assert "by the server or its author" in alice.one("bad_key", Code.WRAP)
    here.bob.room(gid).offer_key(here.alice.uid)
    assert alice.texts(gid) == ["hello"]
    alice.post(gid, "can again")
    assert texts(here.bob.room(gid)) == ["hello", "can again"]


def test_a_wrap_of_a_key_that_is_not_the_periods_is_refused(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    keys = here.alice.desk.keys
    alice.hostile.on_wraps = lambda _: [wrap(bytes(32), gid, 1, here.alice.uid, keys.kid, keys.public.x).encoded()]
    alice.refused(Code.WRAP, "post", gid=gid.hex(), text="under the server's key?", files=[])


def test_nobody_begins_a_period_before_having_opened_the_present_one(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.hostile.on_wraps = lambda _: []
    alice.refused(Code.WRAP, "renew", gid=gid.hex())


def test_after_a_new_passphrase_elsewhere_the_old_account_key_opens_nothing(bench: Bench, here: Customs) -> None:
    old = ByPassphrase.fresh("before")
    add_way(here.alice.desk, old)
    backup = here.house.stores[here.alice.uid]
    change_way(here.alice.desk, old, ByPassphrase("after", old.secret))
    bench.seat(here, here.alice)
    refusal(bench, here, lambda _: backup, Code.ROLLBACK)
