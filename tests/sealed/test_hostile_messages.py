"""A server, a thief or a member that tampers with messages, their order, their keys and their files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.client.accounts import rotate
from cenlink.sealed.client.entries import Entry, Standing
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.refusals import SENTENCES, Code
from cenlink.sealed.server import Stored

from tests.sealed.desks import Customs, texts
from tests.sealed.forging import message_of
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import TwoFaced, flipped, hostile, one, stripped, taken
from tests.sealed.refusing import refused


def standings(entries: list[Entry]) -> list[tuple[Standing, Code | None]]:
    return [(entry.standing, entry.code) for entry in entries]


GOOD = (Standing.TRUSTED, None)

# Order


def test_messages_forked_are_found_by_the_next_who_posts(customs: Customs) -> None:
    gid = customs.room()
    server = TwoFaced(customs.house, customs.alice.uid)
    alice = customs.again(customs.alice, server=server)
    other = customs.house.branched()
    customs.gate.room(gid).post("for Bob's eyes")
    amira = customs.again(customs.amira, server=HonestServer(other, customs.amira.uid))
    amira.room(gid).post("for Alice's eyes")
    server.turn_to(other)
    alice.room(gid).read()
    customs.bob.room(gid).post("an answer")
    # The server cannot but show Bob's message, in the order that Alice knows.
    group = other.groups[gid]
    group.renumber([*group.stored, customs.house.groups[gid].stored[-1]])
    room = alice.room(gid)
    assert SENTENCES[Code.FORK] in one(alice, Kind.FORK, Code.FORK)
    assert alice.found(Kind.FORK)[0].objects == (group.stored[0].raw, group.stored[1].raw)
    with refused(Code.FORK):
        room.post("not here")


def test_an_order_that_changes_afterwards_is_a_fork(customs: Customs) -> None:
    gid = customs.room()
    for text in ("one", "two"):
        customs.bob.room(gid).post(text)
    alice, server = hostile(customs, customs.alice)
    assert texts(alice.room(gid)) == ["one", "two"]
    server.on_order = lambda order: order[::-1]
    alice.room(gid).read()
    assert SENTENCES[Code.FORK] in one(alice, Kind.FORK, Code.FORK)


def test_messages_of_one_device_in_another_order_are_told(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    first = message_of(customs.bob, gid, "one")
    second = message_of(customs.bob, gid, "two", dev=first.content["dev"], ctr=1, prev=first.lhash)
    for said in (second, first):
        taken(customs.house, customs.bob.uid, gid, said)
    entries = customs.alice.room(gid).read()
    assert [entry.missing for entry in entries] == [True, True]
    assert "another order" in one(customs.alice, Kind.REORDERED, Code.NUMBER)


def test_a_replay_is_not_shown_as_new(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("go")
    group = customs.house.groups[gid]
    group.renumber([group.stored[0], group.stored[0]])
    entries = customs.alice.room(gid).read()
    assert standings(entries) == [GOOD, (Standing.SET_ASIDE, Code.REPLAY)]
    assert SENTENCES[Code.REPLAY] in one(customs.alice, Kind.SET_ASIDE, Code.REPLAY)


def test_a_dropped_message_leaves_a_gap(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    first = message_of(customs.bob, gid, "one")
    second = message_of(customs.bob, gid, "two", dev=first.content["dev"], ctr=1, prev=first.lhash)
    taken(customs.house, customs.bob.uid, gid, second)
    assert [entry.missing for entry in customs.alice.room(gid).read()] == [True]
    assert "missing" in one(customs.alice, Kind.MISSING, Code.ORDER)
    assert not customs.alice.alarms


def test_a_drop_after_the_next_was_written_contradicts_its_mark(customs: Customs) -> None:
    gid = customs.room()
    for text in ("one", "two", "three"):
        customs.bob.room(gid).post(text)
    group = customs.house.groups[gid]
    group.renumber([group.stored[0], group.stored[2]])
    alice = customs.alice
    entries = alice.room(gid).read()
    # The author had seen two messages before its own, and the server counts one.
    assert standings(entries) == [GOOD, (Standing.SET_ASIDE, Code.OFF_CHAIN)]


def test_a_tail_drop_is_found_by_its_author_only(customs: Customs) -> None:
    """Of a device's last messages nobody else knows, as long as the device says nothing more (§1)."""
    gid = customs.room()
    customs.bob.room(gid).post("one")
    customs.bob.room(gid).post("two")
    group = customs.house.groups[gid]
    group.renumber(group.stored[:1])
    assert texts(customs.alice.room(gid)) == ["one"]
    assert not customs.alice.alarms
    customs.bob.room(gid)
    assert SENTENCES[Code.ROLLBACK] in customs.bob.found(Kind.ROLLBACK)[0].sentence
    with refused(Code.FORK):
        customs.bob.room(gid).post("three")


def test_an_acknowledged_message_that_is_not_in_the_order_is_found(customs: Customs) -> None:
    gid = customs.room()
    bob, server = hostile(customs, customs.bob)
    server.on_order = lambda _: []
    server.on_messages = lambda _: []
    bob.room(gid).post("one")
    assert "acknowledged" in one(bob, Kind.ROLLBACK, Code.ROLLBACK)


def test_a_message_that_is_numbered_and_not_given_out_is_withheld(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("one")
    customs.gate.room(gid).post("two")
    alice, server = hostile(customs, customs.alice)
    server.on_messages = lambda stored: [entry for entry in stored if entry.i != 1]
    entries = alice.room(gid).read()
    assert standings(entries) == [(Standing.WITHHELD, Code.OFF_CHAIN), GOOD]
    one(alice, Kind.WITHHELD, Code.OFF_CHAIN)
    server.on_messages = list
    assert standings(alice.room(gid).read()) == [GOOD, GOOD]


def test_another_message_under_a_number_is_not_taken(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("one")
    customs.gate.room(gid).post("two")
    alice, server = hostile(customs, customs.alice)
    server.on_messages = lambda stored: [stored[0], replace(stored[0], i=2)]
    assert standings(alice.room(gid).read()) == [GOOD, (Standing.WITHHELD, Code.OFF_CHAIN)]
    one(alice, Kind.INVALID, Code.REPLAY)


# Content and signatures


def test_a_message_of_another_group_is_set_aside(customs: Customs) -> None:
    gid, other = customs.room(), customs.room()
    customs.bob.room(other).post("meant for there")
    customs.house.groups[gid].renumber(customs.house.groups[other].stored)
    entries = customs.alice.room(gid).read()
    assert standings(entries) == [(Standing.SET_ASIDE, Code.OFF_CHAIN)]
    assert entries[0].body is None
    assert "Bob" in one(customs.alice, Kind.SET_ASIDE, Code.OFF_CHAIN)


@pytest.mark.parametrize(
    ("rewrite", "code"), [(stripped, Code.SIGNER), (flipped, Code.SIGNATURE), (lambda raw: raw[:-1], Code.CBOR)]
)
def test_a_message_whose_signatures_are_wrong_is_set_aside_until_it_is_right(
    customs: Customs, rewrite: Any, code: Code
) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("hello")
    alice, server = hostile(customs, customs.alice)
    server.on_messages = lambda stored: [replace(entry, raw=rewrite(entry.raw)) for entry in stored]
    entries = alice.room(gid).read()
    assert [entry.body for entry in entries] == [None]
    assert SENTENCES[code] in one(alice, Kind.SET_ASIDE, code)
    server.on_messages = list
    assert texts(alice.room(gid)) == ["hello"]


def test_an_altered_content_does_not_open(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("hello")
    alice, server = hostile(customs, customs.alice)
    server.on_messages = lambda stored: [replace(entry, ct=flipped(entry.ct or b"")) for entry in stored]
    entries = alice.room(gid).read()
    assert standings(entries) == [(Standing.UNREADABLE, Code.SEALED)]
    assert SENTENCES[Code.SEALED] in entries[0].sentence


def test_a_dropped_content_reads_withheld_unless_somebody_took_it_back(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("inconvenient")
    alice, server = hostile(customs, customs.alice)
    server.on_messages = lambda stored: [replace(entry, ct=None) for entry in stored]
    entries = alice.room(gid).read()
    assert [entry.standing for entry in entries] == [Standing.WITHHELD]
    assert entries[0].sentence == "Withheld by the server."
    assert entries[0].name == "Bob"


def test_a_retraction_by_who_may_not_hides_nothing(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("inconvenient")
    lhash = customs.house.groups[gid].order.lhashes[0]
    customs.gate.room(gid).read()
    said = message_of(customs.gate, gid, "", **{"del": [lhash]})
    group = customs.house.groups[gid]
    group.renumber([*group.stored, Stored(2, said.signed.raw, said.ct, customs.now())])
    assert texts(customs.alice.room(gid)) == ["inconvenient", ""]
    assert customs.alice.room(gid).read()[0].standing is Standing.TRUSTED


def test_an_invented_retraction_is_not_signed(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("inconvenient")
    customs.bob.room(gid).post("nothing")
    group = customs.house.groups[gid]
    raw = group.stored[1].raw
    envelope = dec(raw)
    content = {**dec(envelope[2]), "del": [group.order.lhashes[0]]}
    forged = enc([*envelope[:2], enc(content), envelope[3]])
    group.renumber([replace(group.stored[0], ct=None), replace(group.stored[1], raw=forged)])
    entries = customs.alice.room(gid).read()
    assert standings(entries) == [
        (Standing.WITHHELD, Code.SEALED),
        (Standing.SET_ASIDE, Code.SIGNATURE),
    ]


# Authors who may not


def test_a_removed_members_late_message_is_untrusted(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    said = message_of(customs.bob, gid, "I was removed, but who knows")
    customs.alice.room(gid).remove(customs.bob.uid)
    taken(customs.house, customs.bob.uid, gid, said)
    entries = customs.gate.room(gid).read()
    assert standings(entries) == [(Standing.LATE, Code.LATE)]
    assert entries[0].sentence == SENTENCES[Code.LATE]
    assert entries[0].text == "I was removed, but who knows"
    assert not customs.gate.alarms


def test_a_message_under_a_stolen_key_is_untrusted(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("by Bob")
    customs.alice.room(gid).read()
    thiefs = message_of(customs.bob, gid, "by the thief")
    customs.bob.desk.sync()
    # The server keeps the thief's message back until Bob has changed his key and his groups.
    rotate(customs.bob.desk, why="lost", ways=[customs.bob.way])
    taken(customs.house, customs.bob.uid, gid, thiefs)
    entries = customs.alice.room(gid).read()
    assert [entry.standing for entry in entries] == [Standing.TRUSTED, Standing.LATE]
    # Or in a group that knows nothing of the change yet.
    entries = customs.gate.room(gid).read()
    assert entries[1].standing is Standing.LATE


def test_a_message_under_a_stolen_key_in_a_quiet_group_is_untrusted_too(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    thiefs = message_of(customs.bob, gid, "by the thief")
    customs.germany.point.revoke(customs.bob.uid, *customs.germany.keys[:2])
    taken(customs.house, customs.bob.uid, gid, thiefs)
    entries = customs.alice.room(gid).read()
    assert standings(entries) == [(Standing.WITHDRAWN_KEY, Code.WITHDRAWN)]
    assert SENTENCES[Code.WITHDRAWN] in one(customs.alice, Kind.WITHDRAWN_KEY, Code.WITHDRAWN)


def test_two_messages_with_one_number_are_both_shown_and_marked(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    dev = bytes(16)
    for text in ("yes", "no"):
        taken(customs.house, customs.bob.uid, gid, message_of(customs.bob, gid, text, dev=dev))
    entries = customs.alice.room(gid).read()
    assert [(entry.text, entry.doubled) for entry in entries] == [("yes", True), ("no", True)]
    one(customs.alice, Kind.DOUBLED, Code.NUMBER)
    assert not customs.alice.alarms


def test_an_author_who_saw_less_than_before_is_told(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    older = customs.bob.desk.network.view(customs.bob.uid)
    dora = customs.person("Dora", customs.germany)
    customs.germany.point.revoke(dora.uid, *customs.germany.keys[:2])
    customs.bob.room(gid).post("one")
    taken(customs.house, customs.bob.uid, gid, message_of(customs.bob, gid, "two", vw=older))
    customs.alice.room(gid).read()
    assert "older state" in one(customs.alice, Kind.OLDER_VIEW, Code.ROLLBACK)


def test_a_message_ahead_of_what_is_given_out_is_an_alarm_after_an_hour(customs: Customs) -> None:
    gid = customs.room()
    frozen = customs.house.branched()
    alice = customs.again(customs.alice, server=HonestServer(frozen, customs.alice.uid))
    customs.amira.room(gid).rotate()
    customs.bob.room(gid).post("in the new period")
    frozen.groups[gid].renumber(customs.house.groups[gid].stored)
    assert standings(alice.room(gid).read()) == [(Standing.SET_ASIDE, Code.OFF_CHAIN)]
    assert not alice.alarms
    customs.now.time += 3601
    alice.room(gid).read()
    one(alice, Kind.WITHHELD, Code.OFF_CHAIN)


def test_a_copy_of_the_process_is_found_and_nothing_more_is_sent(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("one")
    copied = message_of(customs.bob, gid, "by the copy", dev=customs.bob.desk.state.dev, ctr=1)
    HonestServer(customs.house, customs.bob.uid).post(gid, copied.signed.raw, copied.ct or b"")
    with refused(Code.NUMBER):
        customs.bob.room(gid).post("two")
    assert "somebody has a copy" in one(customs.bob, Kind.RESTORED, Code.NUMBER)
    again = customs.again(customs.bob)
    again.room(gid).post("two")
    assert texts(customs.alice.room(gid)) == ["one", "by the copy", "two"]


def test_a_restored_folder_takes_a_new_device_and_tells(customs: Customs, tmp_path: Path) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("one")
    dev = customs.bob.desk.state.dev
    backup = tmp_path / "backup"
    backup.mkdir(mode=0o700)
    (backup / "seen.sqlite3").write_bytes((customs.bob.folder / "seen.sqlite3").read_bytes())
    customs.bob.room(gid).post("two")
    customs.bob.desk.state.close()
    restored = customs.again(customs.bob, folder="backup")
    restored.room(gid).post("three")
    assert "older than what was sent" in one(restored, Kind.RESTORED, Code.NUMBER)
    last = customs.alice.room(gid).desk.state.messages(gid)[-1]
    assert last.dev not in (None, dev)
    assert not last.missing
