"""A server that forges, forks, withholds or rolls back chains: what the browser's client finds, and says."""

from __future__ import annotations

from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed, sign
from cenlink.sealed.refusals import SENTENCES, Code
from cenlink.sealed.server import DirectoryLink

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import AtBrowser, Bench, bench, here
from tests.sealed.browser.served import unread
from tests.sealed.desks import Customs, Person, texts
from tests.sealed.forging import link_of, message_of, turn_with_bad_back_link
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import TwoFaced, flipped, stripped, taken

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser


def ghost(mallory: Person) -> dict[str, Any]:
    return {"u": mallory.uid, "role": "reader", "gen": 1, "kid": mallory.desk.keys.kid}


# Groups


def test_a_ghost_member_of_the_servers_making_is_never_a_member(bench: Bench, here: Customs) -> None:
    gid = here.room()
    mallory = here.person("Mallory", here.office("CL"))
    here.alice.room(gid).read()
    forged = link_of(here.alice, gid, [["add", ghost(mallory)]], keys=mallory.desk.keys)
    content = {**dec(dec(forged)[2]), "by": {"kid": mallory.desk.keys.kid, "u": mallory.uid}}
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    alice.hostile.on_links = lambda links: [*links, sign(content, mallory.desk.keys)]
    assert mallory.uid.hex() not in alice.roles(gid)
    alice.one("invalid", Code.RIGHTS)
    # The server is asked again, and when it gives out what is valid, all is well.
    alice.hostile.on_links = list
    alice.post(gid, "for members only")
    assert texts(here.bob.room(gid)) == ["for members only"]


def test_a_ghost_written_into_a_managers_link_breaks_its_signature(bench: Bench, here: Customs) -> None:
    gid = here.room()
    mallory = here.person("Mallory", here.office("CL"))
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    here.amira.room(gid).change_role(here.gate.uid, "reader")

    def rewrite(links: list[bytes]) -> list[bytes]:
        envelope = dec(links[-1])
        content = {**dec(envelope[2]), "ops": [["add", ghost(mallory)]]}
        return [*links[:-1], enc([*envelope[:2], enc(content), envelope[3]])]

    alice.hostile.on_links = rewrite
    assert mallory.uid.hex() not in alice.roles(gid)
    alice.one("invalid", Code.SIGNATURE)


@pytest.mark.parametrize(
    ("rewrite", "code"),
    [
        (stripped, Code.SIGNER),
        (flipped, Code.SIGNATURE),
        (lambda raw: raw[:-1], Code.CBOR),
        (lambda raw: raw + b"\x00", Code.CBOR),
    ],
)
def test_a_damaged_link_is_no_part_of_the_chain_and_what_was_good_stays(
    bench: Bench, here: Customs, rewrite: Any, code: Code
) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    here.amira.room(gid).change_role(here.gate.uid, "reader")
    alice.hostile.on_links = lambda links: [*links[:-1], rewrite(links[-1])]
    assert alice.roles(gid)[here.gate.uid.hex()] == "writer"
    alice.one("invalid", code)
    # Nothing of it was taken: the right one still follows.
    alice.hostile.on_links = list
    assert alice.roles(gid)[here.gate.uid.hex()] == "reader"
    assert not alice.stopped(gid)


def test_a_group_that_begins_otherwise_is_another_group(bench: Bench, here: Customs) -> None:
    gid, other = here.room(), here.room()
    others = [link.signed.raw for link in here.house.groups[other].chain.links]
    alice = bench.seat(here, here.alice)
    alice.hostile.on_links = lambda _: others
    listed = {one["gid"]: one for one in alice.ask("groups")}
    assert listed[gid.hex()]["findings"][0]["code"] == str(Code.OFF_CHAIN)
    alice.one("invalid", Code.OFF_CHAIN)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_group_rolled_back_stops(bench: Bench, here: Customs, restarts: bool) -> None:
    gid = here.room()
    here.alice.room(gid).remove(here.bob.uid)
    alice = bench.seat(here, here.alice)
    assert here.bob.uid.hex() not in alice.roles(gid)
    if restarts:
        alice = bench.seat(here, here.alice)
    alice.hostile.on_links = lambda links: links[:2]
    alice.room(gid)
    alice.one("rollback", Code.ROLLBACK)
    assert alice.stopped(gid)
    # What was found is known to the next visit too.
    assert bench.seat(here, here.alice).stopped(gid)


def test_a_server_set_back_to_a_backup_gets_nothing_more(bench: Bench, here: Customs) -> None:
    gid = here.room()
    before = here.house.branched()
    bob = bench.seat(here, here.bob)
    bob.post(gid, "one")
    bob = bench.seat(here, here.bob, HonestServer(before, here.bob.uid))
    bob.refused(Code.FORK, "post", gid=gid.hex(), text="two", files=[])
    bob.one("rollback", Code.ROLLBACK)


def forked(here: Customs, gid: bytes, bench: Bench) -> tuple[AtBrowser, Person, TwoFaced]:
    """Amira, a manager in league with the server, signs two links in one place: Alice and Bob are shown one each."""
    server = TwoFaced(here.house, here.alice.uid)
    alice = bench.seat(here, here.alice, server)
    alice.room(gid)
    here.bob.room(gid).read()
    here.amira.room(gid).read()
    other = here.house.branched()
    left = link_of(here.amira, gid, [["role", {"u": here.gate.uid, "role": "reader"}]])
    right = link_of(here.amira, gid, [["role", {"u": here.gate.uid, "role": "manager"}]])
    HonestServer(here.house, here.amira.uid).turn(gid, left, [])
    HonestServer(other, here.amira.uid).turn(gid, right, [])
    server.turn_to(other)
    return alice, here.bob, server


def test_two_members_who_are_shown_different_links_find_out_by_their_messages(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice, bob, server = forked(here, gid, bench)
    bob.room(gid).post("as I see it")
    alice.room(gid)
    server.house.groups[gid].renumber(here.house.groups[gid].stored)
    (said,) = alice.messages(gid)
    assert (said["standing"], said["author"]["name"], said["body"]) == ("off_chain", "Bob", None)
    assert said["sentence"].startswith(SENTENCES[Code.OFF_CHAIN])
    assert "Bob" in alice.one("set_aside", Code.OFF_CHAIN)
    # One message proves nothing against the server; the group goes on.
    assert not alice.stopped(gid)


def test_a_client_that_is_shown_both_branches_keeps_the_first_and_both_links(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice, _, server = forked(here, gid, bench)
    assert alice.roles(gid)[here.gate.uid.hex()] == "manager"
    server.turn_to(here.house)
    assert alice.roles(gid)[here.gate.uid.hex()] == "manager"
    alice.one("fork", Code.FORK)
    (found,) = [one for one in alice.found if one["kind"] == "fork"]
    kept, other = map(unread, found["objects"])
    assert other == here.house.groups[gid].chain.links[-1].signed.raw
    assert alice.stopped(gid)
    # Whoever was shown the other branch, with whatever client, finds the contradiction in the file.
    here.bob.room(gid)
    assert here.bob.desk.group(gid)[0].confront(other)
    assert not here.bob.desk.group(gid)[0].confront(kept)
    assert [one.code for one in here.bob.found(Kind.FORK)] == [Code.FORK]


def test_another_branch_at_the_next_visit_is_a_fork_with_both_links(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice, _, server = forked(here, gid, bench)
    alice.room(gid)
    right = server.house.groups[gid].chain.links[-1].signed.raw
    # The other branch has grown meanwhile, so that its end alone tells nothing.
    here.alice.room(gid).change_role(here.bob.uid, "reader")
    left = here.house.groups[gid].chain.links[-2].signed.raw
    alice = bench.seat(here, here.alice, TwoFaced(here.house, here.alice.uid))
    alice.room(gid)
    (found,) = [one for one in alice.found if one["kind"] == "fork"]
    assert list(map(unread, found["objects"])) == [right, left]
    assert alice.stopped(gid)


def test_a_partition_is_not_found_while_the_parts_never_meet(bench: Bench, here: Customs) -> None:
    """Without the log, two sets of clients that exchange nothing can be shown different groups (§1)."""
    gid = here.room()
    alice, bob, _ = forked(here, gid, bench)
    alice.post(gid, "to my half")
    bob.room(gid).post("to the other half")
    assert alice.texts(gid) == ["to my half"]
    assert texts(bob.room(gid)) == ["to the other half"]
    assert alice.alarms == []


def test_a_full_freeze_is_not_found(bench: Bench, here: Customs) -> None:
    """Without the log, a server can withhold all that is newest from one client (§1)."""
    gid = here.room()
    alice = bench.seat(here, here.alice, HonestServer(here.house.branched(), here.alice.uid))
    here.germany.point.revoke(here.bob.uid, *here.germany.keys[:2])
    here.amira.room(gid).post("Bob was revoked")
    alice.post(gid, "Bob reads this")
    assert alice.texts(gid) == ["Bob reads this"]
    assert alice.alarms == []


def test_a_bogus_head_of_a_member_stops_nobody(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).read()
    said = message_of(here.bob, gid, "look", head=[1, bytes(32)])
    taken(here.house, here.bob.uid, gid, said)
    alice = bench.seat(here, here.alice)
    alice.post(gid, "we go on")
    assert alice.standings(gid) == ["off_chain", "trusted"]


def test_links_before_a_refused_one_stay_and_what_follows_it_does_not(bench: Bench, here: Customs) -> None:
    gid = here.room()
    for role in ("reader", "writer", "reader"):
        here.amira.room(gid).change_role(here.gate.uid, role)
    alice = bench.seat(here, here.alice)
    alice.hostile.on_links = lambda links: [*links[:-2], flipped(links[-2]), links[-1]]
    assert alice.roles(gid)[here.gate.uid.hex()] == "reader"
    alice.one("invalid", Code.SIGNATURE)
    alice.hostile.on_links = list
    assert alice.roles(gid)[here.gate.uid.hex()] == "reader"
    alice.post(gid, "on the whole chain")
    assert texts(here.bob.room(gid)) == ["on the whole chain"]


# Keys that were stolen


def test_a_link_under_a_stolen_key_is_not_applied(bench: Bench, here: Customs) -> None:
    gid = here.room()
    mallory = here.person("Mallory", here.office("CL"))
    here.amira.room(gid).read()
    old = here.amira.desk.keys
    thiefs = link_of(here.amira, gid, [["add", ghost(mallory)]], keys=old)
    # The owner changed her key in the directory; the server lets the thief's link pass before her own comes.
    seed = new_seed()
    account = here.amira.desk.network.account(here.amira.uid)
    op = ["rot", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "lost"}]
    raw = write_link("usr", account.head, [op], old, Keys(seed), at=here.now())
    here.house.directory.apply("usr", raw)
    here.house.links.append(DirectoryLink(here.house.next_index(), "usr", raw))
    alice = bench.seat(here, here.alice)
    alice.hostile.on_links = lambda links: [*links, thiefs]
    assert mallory.uid.hex() not in alice.roles(gid)
    assert "Amira" in alice.one("withdrawn_key", Code.WITHDRAWN)


def test_a_broken_link_back_is_named_and_mended_by_the_next_period(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("before")
    turn_with_bad_back_link(here.amira, gid)
    alice = bench.seat(here, here.alice)
    assert alice.texts(gid) == ["before"]
    assert "Amira" in alice.one("bad_back_link", Code.WRAP)
    alice.ask("renew", gid=gid.hex())
    assert [op.name for op in here.house.groups[gid].chain.links[-1].ops] == ["bridge", "epoch"]
    dora = here.person("Dora", here.france)
    here.alice.room(gid).add(dora.uid)
    assert texts(dora.room(gid)) == ["before"]
