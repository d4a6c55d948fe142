"""A server, thief or member that tampers with messages, their order and files, against the browser's client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.private.attachments import PART
from cenlink.sealed.refusals import SENTENCES, Code
from cenlink.sealed.server import Stored

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import AtBrowser, Bench, bench, here
from tests.sealed.browser.served import unread
from tests.sealed.desks import Customs
from tests.sealed.forging import message_of
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import TwoFaced, flipped, stripped, taken

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser


# Order


def test_messages_forked_are_found_by_the_next_who_posts(bench: Bench, here: Customs) -> None:
    gid = here.room()
    server = TwoFaced(here.house, here.alice.uid)
    other = here.house.branched()
    here.gate.room(gid).post("for Bob's eyes")
    here.again(here.amira, server=HonestServer(other, here.amira.uid)).room(gid).post("for Alice's eyes")
    server.turn_to(other)
    alice = bench.seat(here, here.alice, server)
    assert alice.texts(gid) == ["for Alice's eyes"]
    here.bob.room(gid).post("an answer")
    # The server cannot but show Bob's message, in the order that Alice knows.
    group = other.groups[gid]
    group.renumber([*group.stored, here.house.groups[gid].stored[-1]])
    alice.room(gid)
    alice.one("fork", Code.FORK)
    (found,) = [one for one in alice.found if one["kind"] == "fork"]
    assert list(map(unread, found["objects"])) == [group.stored[0].raw, group.stored[1].raw]
    assert alice.stopped(gid)


@pytest.mark.parametrize("restarts", [False, True])
def test_an_order_that_changes_afterwards_is_a_fork(bench: Bench, here: Customs, restarts: bool) -> None:
    gid = here.room()
    for said in ("one", "two"):
        here.bob.room(gid).post(said)
    alice = bench.seat(here, here.alice)
    assert alice.texts(gid) == ["one", "two"]
    if restarts:
        alice = bench.seat(here, here.alice)
    alice.hostile.on_order = lambda order: order[::-1]
    alice.room(gid)
    assert alice.found[0]["kind"] == "fork"
    assert alice.found[0]["sentence"].startswith(SENTENCES[Code.FORK])
    assert alice.stopped(gid)


@pytest.mark.parametrize("restarts", [False, True])
def test_messages_that_were_seen_and_are_gone_are_a_rollback(bench: Bench, here: Customs, restarts: bool) -> None:
    gid = here.room()
    for said in ("one", "two"):
        here.bob.room(gid).post(said)
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    if restarts:
        alice = bench.seat(here, here.alice)
    alice.hostile.on_order = lambda order: order[:1]
    alice.room(gid)
    alice.one("rollback", Code.ROLLBACK)
    assert alice.stopped(gid)


def test_messages_of_one_device_in_another_order_are_told(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    first = message_of(here.bob, gid, "one")
    second = message_of(here.bob, gid, "two", dev=first.content["dev"], ctr=1, prev=first.lhash)
    for said in (second, first):
        taken(here.house, here.bob.uid, gid, said)
    alice = bench.seat(here, here.alice)
    assert [one["missing"] for one in alice.messages(gid)] == [True, True]
    alice.one("reordered", Code.NUMBER)


def test_a_replay_is_not_shown_as_new(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("go")
    group = here.house.groups[gid]
    group.renumber([group.stored[0], group.stored[0]])
    alice = bench.seat(here, here.alice)
    assert alice.standings(gid) == ["trusted", "replay"]
    assert alice.texts(gid) == ["go"]
    alice.one("set_aside", Code.REPLAY)


def test_a_dropped_message_leaves_a_gap(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    first = message_of(here.bob, gid, "one")
    second = message_of(here.bob, gid, "two", dev=first.content["dev"], ctr=1, prev=first.lhash)
    taken(here.house, here.bob.uid, gid, second)
    alice = bench.seat(here, here.alice)
    assert [one["missing"] for one in alice.messages(gid)] == [True]
    alice.one("missing", Code.ORDER)
    assert alice.alarms == []


def test_a_drop_after_the_next_was_written_contradicts_its_mark(bench: Bench, here: Customs) -> None:
    gid = here.room()
    for said in ("one", "two", "three"):
        here.bob.room(gid).post(said)
    group = here.house.groups[gid]
    group.renumber([group.stored[0], group.stored[2]])
    alice = bench.seat(here, here.alice)
    # The author had seen two messages before its own, and the server counts one.
    assert alice.standings(gid) == ["trusted", "off_chain"]


def test_a_tail_drop_is_found_by_its_author_only(bench: Bench, here: Customs) -> None:
    """Of a device's last messages nobody else knows, as long as the device says nothing more (§1)."""
    gid = here.room()
    bob = bench.seat(here, here.bob)
    bob.post(gid, "one")
    bob.post(gid, "two")
    group = here.house.groups[gid]
    group.renumber(group.stored[:1])
    bob.room(gid)
    bob.one("rollback", Code.ROLLBACK)
    assert bob.stopped(gid)
    alice = bench.seat(here, here.alice)
    assert alice.texts(gid) == ["one"]
    assert alice.alarms == []


def test_an_acknowledged_message_that_is_not_in_the_order_is_found(bench: Bench, here: Customs) -> None:
    gid = here.room()
    bob = bench.seat(here, here.bob)
    bob.room(gid)
    bob.hostile.on_order = lambda _: []
    bob.hostile.on_messages = lambda _: []
    bob.post(gid, "one")
    assert "acknowledged" in bob.one("rollback", Code.ROLLBACK)


def test_a_message_that_is_numbered_and_not_given_out_is_withheld(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("one")
    here.gate.room(gid).post("two")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda stored: [entry for entry in stored if entry.i != 1]
    assert alice.standings(gid) == ["withheld", "trusted"]
    alice.one("withheld", Code.OFF_CHAIN)
    alice.hostile.on_messages = list
    assert alice.texts(gid) == ["one", "two"]


def test_another_message_under_a_number_is_not_taken(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("one")
    here.gate.room(gid).post("two")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda stored: [stored[0], replace(stored[0], i=2)]
    assert alice.standings(gid) == ["trusted", "withheld"]
    alice.one("invalid", Code.REPLAY)


# Content and signatures


def test_a_message_of_another_group_is_set_aside(bench: Bench, here: Customs) -> None:
    gid, other = here.room(), here.room()
    here.bob.room(other).post("meant for there")
    here.house.groups[gid].renumber(here.house.groups[other].stored)
    alice = bench.seat(here, here.alice)
    (said,) = alice.messages(gid)
    assert (said["standing"], said["body"], said["claim"]) == ("off_chain", None, "")
    assert "Bob" in alice.one("set_aside", Code.OFF_CHAIN)


@pytest.mark.parametrize(
    ("rewrite", "code"), [(stripped, Code.SIGNER), (flipped, Code.SIGNATURE), (lambda raw: raw[:-1], Code.CBOR)]
)
def test_a_message_whose_signatures_are_wrong_is_set_aside_until_it_is_right(
    bench: Bench, here: Customs, rewrite: Any, code: Code
) -> None:
    gid = here.room()
    here.bob.room(gid).post("hello")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda stored: [replace(entry, raw=rewrite(entry.raw)) for entry in stored]
    assert alice.standings(gid) == [str(code)]
    assert alice.texts(gid) == []
    alice.one("set_aside", code)
    alice.hostile.on_messages = list
    assert alice.texts(gid) == ["hello"]


def test_an_altered_content_does_not_open(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("hello")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda stored: [replace(entry, ct=flipped(entry.ct or b"")) for entry in stored]
    (said,) = alice.messages(gid)
    assert (said["standing"], said["author"]["name"], said["body"]) == ("sealed", "Bob", None)
    assert said["sentence"].startswith(SENTENCES[Code.SEALED])


def test_a_dropped_content_reads_withheld_unless_somebody_took_it_back(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("inconvenient")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda stored: [replace(entry, ct=None) for entry in stored]
    (said,) = alice.messages(gid)
    assert (said["standing"], said["author"]["name"]) == ("withheld", "Bob")
    bob = bench.seat(here, here.bob)
    bob.ask("takeBack", gid=gid.hex(), lhash=bob.messages(gid)[0]["lhash"])
    assert bench.seat(here, here.alice).standings(gid) == ["taken_back", "trusted"]


def test_a_dropped_content_older_than_the_group_keeps_is_purged(bench: Bench, here: Customs) -> None:
    gid = here.room(ret=30)
    here.bob.room(gid).post("long ago")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda stored: [replace(entry, ct=None) for entry in stored]
    try:
        bench.ahead(31 * 86_400)
        assert alice.standings(gid) == ["purged"]
    finally:
        bench.ahead(0)


def test_a_retraction_by_who_may_not_hides_nothing(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("inconvenient")
    lhash = here.house.groups[gid].order.lhashes[0]
    here.gate.room(gid).read()
    said = message_of(here.gate, gid, "", **{"del": [lhash]})
    group = here.house.groups[gid]
    group.renumber([*group.stored, Stored(2, said.signed.raw, said.ct, here.now())])
    # Being made a manager afterwards changes nothing of what he might when he wrote.
    here.alice.room(gid).change_role(here.gate.uid, "manager")
    alice = bench.seat(here, here.alice)
    assert alice.texts(gid) == ["inconvenient", ""]
    assert alice.standings(gid)[0] == "trusted"


def test_an_invented_retraction_is_not_signed(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("inconvenient")
    here.bob.room(gid).post("nothing")
    group = here.house.groups[gid]
    envelope = dec(group.stored[1].raw)
    content = {**dec(envelope[2]), "del": [group.order.lhashes[0]]}
    forged = enc([*envelope[:2], enc(content), envelope[3]])
    group.renumber([replace(group.stored[0], ct=None), replace(group.stored[1], raw=forged)])
    alice = bench.seat(here, here.alice)
    assert alice.standings(gid) == ["withheld", "signature"]


def test_two_messages_with_one_number_are_both_shown_and_marked(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    for said in ("yes", "no"):
        taken(here.house, here.bob.uid, gid, message_of(here.bob, gid, said, dev=bytes(16)))
    alice = bench.seat(here, here.alice)
    assert [(one["body"]["body"], one["doubled"]) for one in alice.messages(gid)] == [("yes", True), ("no", True)]
    alice.one("doubled", Code.NUMBER)
    assert alice.alarms == []


def test_an_author_who_saw_less_than_before_is_told(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    older = here.bob.desk.network.view(here.bob.uid)
    dora = here.person("Dora", here.germany)
    here.germany.point.revoke(dora.uid, *here.germany.keys[:2])
    here.bob.room(gid).post("one")
    taken(here.house, here.bob.uid, gid, message_of(here.bob, gid, "two", vw=older))
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    assert "Bob" in alice.one("older_view", Code.ROLLBACK)


def test_an_author_who_was_shown_another_network_is_told(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    view = here.bob.desk.network.view(here.bob.uid)
    taken(
        here.house, here.bob.uid, gid, message_of(here.bob, gid, "one", vw={**view, "net": [view["net"][0], bytes(32)]})
    )
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    assert "Bob" in alice.one("split", Code.FORK)


def test_a_message_ahead_of_what_is_given_out_is_an_alarm_after_an_hour(bench: Bench, here: Customs) -> None:
    gid = here.room()
    frozen = here.house.branched()
    alice = bench.seat(here, here.alice, HonestServer(frozen, here.alice.uid))
    here.amira.room(gid).rotate()
    here.bob.room(gid).post("in the new period")
    frozen.groups[gid].renumber(here.house.groups[gid].stored)
    assert alice.standings(gid) == ["off_chain"]
    assert alice.alarms == []
    try:
        bench.ahead(bench.page.evaluate("() => desk.PATIENCE") + 1)
        # A new visit does not begin the hour anew.
        alice = bench.seat(here, here.alice, HonestServer(frozen, here.alice.uid))
        alice.room(gid)
        alice.one("withheld", Code.OFF_CHAIN)
    finally:
        bench.ahead(0)


def test_somebody_who_posts_as_this_device_is_found(bench: Bench, here: Customs) -> None:
    gid = here.room()
    bob = bench.seat(here, here.bob)
    bob.post(gid, "one")
    here.bob.room(gid).read()
    sent = dec(dec(here.house.groups[gid].stored[0].raw)[2])
    taken(here.house, here.bob.uid, gid, message_of(here.bob, gid, "by the copy", dev=sent["dev"], ctr=1))
    bob.room(gid)
    bob.one("restored", Code.NUMBER)


def test_a_new_visit_is_a_new_device_that_names_the_one_before(bench: Bench, here: Customs) -> None:
    gid = here.room()
    for said in ("one", "two"):
        bench.seat(here, here.bob).post(gid, said)
    first, second = (dec(dec(one.raw)[2]) for one in here.house.groups[gid].stored)
    assert second["dev"] != first["dev"]
    assert second["pd"][:2] == [first["dev"], 0]
    assert not any(entry.missing for entry in here.alice.room(gid).read())


# Files


def with_file(here: Customs, gid: bytes, tmp_path: Any) -> AtBrowser | None:
    source = tmp_path / "x-ray"
    source.write_bytes(bytes(at * 7 % 256 for at in range(PART + 5000)))
    here.bob.room(gid).post("look", files=[source])
    return None


def test_a_file_comes_whole_or_not_at_all(bench: Bench, here: Customs, tmp_path: Any) -> None:
    gid = here.room()
    with_file(here, gid, tmp_path)
    alice = bench.seat(here, here.alice)
    (said,) = alice.messages(gid)
    given = {"gid": gid.hex(), "lhash": said["lhash"], "at": 0}
    server, parts = alice.hostile, next(iter(here.house.groups[gid].files.values())).parts
    for attack in (
        flipped,
        lambda part: part[:-16],
        lambda _: parts[0],
        lambda part: part + bytes(16),
        lambda _: b"",
    ):
        server.on_part = attack
        sentence = alice.refused(Code.FILE, "save", **given)
        assert sentence.startswith(SENTENCES[Code.FILE])
    server.on_part = bytes
    assert alice.ask("save", **given) == PART + 5000
