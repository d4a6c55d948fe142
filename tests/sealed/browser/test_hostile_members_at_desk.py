"""Removed members, thieves of keys and what they sign, against the browser's client."""

from __future__ import annotations

import pytest
from cenlink.sealed.client.accounts import rotate
from cenlink.sealed.refusals import SENTENCES, Code

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import Bench, bench, here
from tests.sealed.desks import Customs, texts
from tests.sealed.forging import message_of
from tests.sealed.hostile_server import taken

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser


# Authors who may not


def test_a_removed_members_late_message_is_untrusted(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    said = message_of(here.bob, gid, "I was removed, but who knows")
    here.alice.room(gid).remove(here.bob.uid)
    taken(here.house, here.bob.uid, gid, said)
    gate = bench.seat(here, here.gate)
    (shown,) = gate.messages(gid)
    assert (shown["standing"], shown["body"]) == ("late", None)
    assert shown["claim"] == "I was removed, but who knows"
    assert shown["sentence"].startswith(SENTENCES[Code.LATE])
    assert gate.alarms == []


def test_a_link_that_was_withheld_makes_late_what_was_trusted(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    until = len(here.house.groups[gid].chain.links)
    said = message_of(here.bob, gid, "I was removed, but who knows")
    here.alice.room(gid).remove(here.bob.uid)
    taken(here.house, here.bob.uid, gid, said)
    gate = bench.seat(here, here.gate)
    gate.hostile.on_links = lambda links: links[:until]
    assert gate.standings(gid) == ["trusted"]
    gate.hostile.on_links = list
    assert gate.standings(gid) == ["late"]


def test_a_message_under_a_stolen_key_is_untrusted(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("by Bob")
    thiefs = message_of(here.bob, gid, "by the thief")
    here.bob.desk.sync()
    # The server keeps the thief's message back until Bob has changed his key and his groups.
    rotate(here.bob.desk, why="lost", ways=[here.bob.way])
    taken(here.house, here.bob.uid, gid, thiefs)
    alice = bench.seat(here, here.alice)
    assert alice.standings(gid) == ["trusted", "late"]


def quiet_theft(here: Customs, gid: bytes) -> None:
    """Bob's key is stolen and withdrawn; in his quiet group somebody posts under it, with the server's help."""
    here.bob.room(gid).post("by Bob")
    thiefs = message_of(here.bob, gid, "by somebody")
    here.germany.point.revoke(here.bob.uid, *here.germany.keys[:2])
    taken(here.house, here.bob.uid, gid, thiefs)


def test_a_message_under_a_stolen_key_in_a_quiet_group_is_untrusted_too(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    quiet_theft(here, gid)
    assert alice.standings(gid) == [str(Code.WITHDRAWN)] * 2
    assert {one["code"] for one in alice.found if one["kind"] == "withdrawn_key"} == {str(Code.WITHDRAWN)}


def test_what_was_verified_at_an_earlier_visit_stays_good_when_its_key_is_withdrawn(
    bench: Bench, here: Customs
) -> None:
    gid = here.room()
    here.bob.room(gid).post("by Bob")
    alice = bench.seat(here, here.alice)
    assert alice.standings(gid) == ["trusted"]
    thiefs = message_of(here.bob, gid, "by somebody")
    here.germany.point.revoke(here.bob.uid, *here.germany.keys[:2])
    taken(here.house, here.bob.uid, gid, thiefs)
    for _ in range(2):
        alice = bench.seat(here, here.alice)
        assert alice.standings(gid) == ["trusted", str(Code.WITHDRAWN)]


def test_nobody_closes_what_he_did_not_see_as_genuine_until_he_vouches(bench: Bench, here: Customs) -> None:
    """Rule S(c): a closing link would make all members trust the message."""
    gid = here.room()
    alice = bench.seat(here, here.alice)
    quiet_theft(here, gid)
    sentence = alice.refused(Code.WITHDRAWN, "post", gid=gid.hex(), text="goes on?", files=[])
    assert "ask Bob" in sentence
    alice.refused(Code.WITHDRAWN, "remove", gid=gid.hex(), uid=here.bob.uid.hex())
    alice.refused(Code.STATE, "vouch", gid=gid.hex(), lhash="00" * 32)
    for one in alice.messages(gid):
        alice.ask("vouch", gid=gid.hex(), lhash=one["lhash"])
    alice.post(gid, "goes on")
    assert alice.texts(gid) == ["by Bob", "by somebody", "goes on"]
    assert here.bob.uid.hex() not in alice.roles(gid)
    assert texts(here.amira.room(gid)) == ["by Bob", "by somebody", "goes on"]
