"""A server that forges, forks, withholds or rolls back chains: what a client finds, and says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.client.accounts import rotate
from cenlink.sealed.client.authority import NetworkRoot
from cenlink.sealed.client.entries import Standing
from cenlink.sealed.client.evidence import exported, is_fork, present
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.room import Room
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed, sign
from cenlink.sealed.refusals import SENTENCES, Code
from cenlink.sealed.server import DirectoryLink

from tests.sealed.desks import Customs, Person, texts
from tests.sealed.forging import link_of, message_of
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import Rewriting, TwoFaced, flipped, hostile, one, stripped, taken
from tests.sealed.refusing import refused

# Groups


def ghost(mallory: Person) -> dict[str, Any]:
    return {"u": mallory.uid, "role": "reader", "gen": 1, "kid": mallory.desk.keys.kid}


def test_a_ghost_member_of_the_servers_making_is_never_a_member(customs: Customs) -> None:
    gid = customs.room()
    mallory = customs.person("Mallory", customs.office("CL"))
    alice, server = hostile(customs, customs.alice)
    alice.room(gid).read()
    forged = link_of(alice, gid, [["add", ghost(mallory)]], keys=mallory.desk.keys)
    content = {**dec(dec(forged)[2]), "by": {"kid": mallory.desk.keys.kid, "u": mallory.uid}}
    server.on_links = lambda links: [*links, sign(content, mallory.desk.keys)]
    room = alice.room(gid)
    assert mallory.uid not in room.now.members
    assert SENTENCES[Code.RIGHTS] in one(alice, Kind.INVALID, Code.RIGHTS)
    # The server is asked again, and when it gives out what is valid, all is well.
    server.on_links = list
    room.post("for members only")
    assert texts(customs.bob.room(gid)) == ["for members only"]


def test_a_ghost_written_into_a_managers_link_breaks_its_signature(customs: Customs) -> None:
    gid = customs.room()
    mallory = customs.person("Mallory", customs.office("CL"))
    alice, server = hostile(customs, customs.alice)
    alice.room(gid).read()
    customs.amira.room(gid).change_role(customs.gate.uid, "reader")

    def rewrite(links: list[bytes]) -> list[bytes]:
        envelope = dec(links[-1])
        content = {**dec(envelope[2]), "ops": [["add", ghost(mallory)]]}
        return [*links[:-1], enc([*envelope[:2], enc(content), envelope[3]])]

    server.on_links = rewrite
    assert mallory.uid not in alice.room(gid).now.members
    assert SENTENCES[Code.SIGNATURE] in one(alice, Kind.INVALID, Code.SIGNATURE)


@pytest.mark.parametrize(
    ("rewrite", "code"),
    [
        (stripped, Code.SIGNER),
        (flipped, Code.SIGNATURE),
        (lambda raw: raw[:-1], Code.CBOR),
        (lambda raw: raw + b"\x00", Code.CBOR),
    ],
)
def test_a_damaged_link_is_no_part_of_the_chain(customs: Customs, rewrite: Any, code: Code) -> None:
    gid = customs.room()
    alice, server = hostile(customs, customs.alice)
    alice.room(gid).read()
    customs.amira.room(gid).change_role(customs.gate.uid, "reader")
    server.on_links = lambda links: [*links[:-1], rewrite(links[-1])]
    assert alice.room(gid).now.members[customs.gate.uid].role == "writer"
    one(alice, Kind.INVALID, code)
    assert not alice.desk.state.is_stopped(gid)


def test_a_group_that_begins_otherwise_is_another_group(customs: Customs) -> None:
    gid, other = customs.room(), customs.room()
    alice, server = hostile(customs, customs.person("Dora", customs.france))
    others = [link.signed.raw for link in customs.house.groups[other].chain.links]
    server.on_links = lambda _: others
    alice.desk.network.sync()
    alice.desk.sync_group(gid)
    assert not alice.desk.group(gid)[0].chain.links
    one(alice, Kind.INVALID, Code.OFF_CHAIN)


def test_a_group_rolled_back_stops(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).remove(customs.bob.uid)
    alice, server = hostile(customs, customs.alice)
    server.on_links = lambda links: links[:2]
    room = alice.room(gid)
    assert customs.bob.uid not in room.now.members
    assert one(alice, Kind.ROLLBACK, Code.ROLLBACK) == SENTENCES[Code.ROLLBACK]
    with refused(Code.FORK):
        room.post("to whom?")


def test_an_older_folder_refuses_to_send_below_its_record(customs: Customs) -> None:
    gid = customs.room()
    before = customs.house.branched()
    customs.bob.room(gid).post("one")
    # The server is set back to a backup, or pretends to be.
    alice = customs.again(customs.bob, server=HonestServer(before, customs.bob.uid))
    with refused(Code.FORK):
        alice.room(gid).post("two")
    assert {finding.code for finding in alice.found(Kind.ROLLBACK)} == {Code.ROLLBACK}


def forked(customs: Customs, gid: bytes) -> tuple[Person, Person, TwoFaced]:
    """Amira, a manager in league with the server, signs two links in one place: Alice and Bob are shown one each."""
    server = TwoFaced(customs.house, customs.alice.uid)
    alice = customs.again(customs.alice, server=server)
    alice.room(gid).read()
    customs.bob.room(gid).read()
    customs.amira.room(gid).read()
    other = customs.house.branched()
    left = link_of(customs.amira, gid, [["role", {"u": customs.gate.uid, "role": "reader"}]])
    right = link_of(customs.amira, gid, [["role", {"u": customs.gate.uid, "role": "manager"}]])
    HonestServer(customs.house, customs.amira.uid).turn(gid, left, [])
    HonestServer(other, customs.amira.uid).turn(gid, right, [])
    server.turn_to(other)
    return alice, customs.bob, server


def test_two_members_who_are_shown_different_links_find_out_by_their_messages(customs: Customs) -> None:
    gid = customs.room()
    alice, bob, server = forked(customs, gid)
    bob.room(gid).post("as I see it")
    alice.room(gid).read()
    group, shown = server.house.groups[gid], customs.house.groups[gid]
    group.renumber(shown.stored)
    entry = alice.room(gid).read()[0]
    assert (entry.standing, entry.code, entry.name) == (Standing.SET_ASIDE, Code.OFF_CHAIN, "Bob")
    assert "Bob" in one(alice, Kind.SET_ASIDE, Code.OFF_CHAIN)
    # One message proves nothing against the server yet; the two links do.
    assert not alice.desk.state.is_stopped(gid)
    assert not present(alice.desk, "grp", bob.desk.group(gid)[0].head.signed.raw)
    finding = alice.found(Kind.FORK)[0]
    assert finding.sentence == SENTENCES[Code.FORK]
    assert is_fork(alice.desk, finding)
    assert len(exported(alice.desk)["findings"]) == 2
    with refused(Code.FORK):
        alice.room(gid).post("nothing more here")


def test_a_client_that_is_shown_both_branches_keeps_the_first_and_both_links(customs: Customs) -> None:
    gid = customs.room()
    alice, _, server = forked(customs, gid)
    role = alice.room(gid).now.members[customs.gate.uid].role
    server.turn_to(customs.house)
    room = alice.room(gid)
    assert room.now.members[customs.gate.uid].role == role == "manager"
    finding = alice.found(Kind.FORK)[0]
    assert finding.objects[0] == room.turns.known.head.signed.raw
    assert finding.objects[1] == customs.house.groups[gid].chain.links[-1].signed.raw
    # What was found is known to the next process too.
    again = customs.again(alice, server=HonestServer(server.house, alice.uid))
    with refused(Code.FORK):
        again.room(gid).post("nothing more here")


def test_a_partition_is_not_found_while_the_parts_never_meet(customs: Customs) -> None:
    """Without the log, two sets of clients that exchange nothing can be shown different groups (§1)."""
    gid = customs.room()
    alice, bob, _ = forked(customs, gid)
    alice.room(gid).post("to my half")
    bob.room(gid).post("to the other half")
    assert texts(alice.room(gid)) == ["to my half"]
    assert texts(bob.room(gid)) == ["to the other half"]
    assert not alice.alarms
    assert not bob.alarms


def test_a_full_freeze_is_not_found(customs: Customs) -> None:
    """Without the log, a server can withhold all that is newest from one client (§1)."""
    gid = customs.room()
    frozen = customs.house.branched()
    alice = customs.again(customs.alice, server=HonestServer(frozen, customs.alice.uid))
    customs.germany.point.revoke(customs.bob.uid, *customs.germany.keys[:2])
    customs.amira.room(gid).post("Bob was revoked")
    alice.room(gid).post("Bob reads this")
    assert not alice.alarms
    assert texts(alice.room(gid)) == ["Bob reads this"]


def test_a_bogus_head_of_a_member_stops_nobody(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).read()
    said = message_of(customs.bob, gid, "look", head=[1, bytes(32)])
    taken(customs.house, customs.bob.uid, gid, said)
    room = customs.alice.room(gid)
    room.post("we go on")
    assert [entry.standing for entry in room.read()] == [Standing.SET_ASIDE, Standing.TRUSTED]


# Keys that were stolen


def test_a_link_under_a_stolen_key_is_not_applied(customs: Customs) -> None:
    gid = customs.room()
    mallory = customs.person("Mallory", customs.office("CL"))
    customs.amira.room(gid).read()
    old = customs.amira.desk.keys
    thiefs = link_of(customs.amira, gid, [["add", ghost(mallory)]], keys=old)
    alice, server = hostile(customs, customs.alice)
    # The owner changed her key in the directory; the server lets the thief's link pass before her own comes.
    seed = new_seed()
    account = customs.amira.desk.network.account(customs.amira.uid)
    op = ["rot", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "lost"}]
    raw = write_link("usr", account.head, [op], old, Keys(seed), at=customs.now())
    customs.house.directory.apply("usr", raw)
    customs.house.links.append(DirectoryLink(customs.house.next_index(), "usr", raw))
    server.on_links = lambda links: [*links, thiefs]
    assert mallory.uid not in alice.room(gid).now.members
    sentence = one(alice, Kind.WITHDRAWN_KEY, Code.WITHDRAWN)
    assert sentence.startswith(SENTENCES[Code.WITHDRAWN])
    assert "Amira" in sentence


# The directory


def test_another_network_root_is_refused(customs: Customs) -> None:
    keys = [Keys(new_seed())]
    raw = NetworkRoot.founded(keys, 1, customs.now())
    server = Rewriting(customs.house)
    server.on_directory = lambda links: [replace(links[0], raw=raw), *links[1:]]
    desk = customs.desk("newcomer", server)
    desk.network.sync()
    directory = desk.network.directory
    assert directory.net.head is None
    assert not any(directory.is_certified(uid) for uid in directory.accounts)
    assert any(finding.code is Code.FORK for finding in desk.state.findings())


def test_a_key_of_the_servers_choice_is_not_taken_for_an_officer(customs: Customs) -> None:
    alice, server = hostile(customs, customs.alice)
    bob = customs.bob.desk.network.account(customs.bob.uid)
    seed = new_seed()
    op = ["rot", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "routine"}]
    forged = write_link("usr", bob.head, [op], Keys(new_seed()), Keys(seed), at=customs.now())
    last = customs.house.links[-1].index
    server.on_directory = lambda links: [*links, DirectoryLink(last + 1, "usr", forged)]
    alice.desk.network.sync()
    assert alice.desk.network.account(customs.bob.uid).newest.key.kid == bob.newest.key.kid
    one(alice, Kind.INVALID, Code.SIGNER)


def test_the_same_links_in_another_envelope_are_refused(customs: Customs) -> None:
    server = Rewriting(customs.house)
    server.on_directory = lambda links: [replace(link, raw=stripped(link.raw)) for link in links]
    desk = customs.desk("newcomer", server)
    desk.network.sync()
    assert not desk.network.directory.accounts
    assert {finding.code for finding in desk.state.findings()} == {Code.SIGNER}
    # Asked again, an honest server is believed.
    server.on_directory = list
    desk.network.sync()
    assert len(desk.network.directory.accounts) == 4


def test_a_directory_rolled_back_is_found(customs: Customs) -> None:
    gid = customs.room()
    alice, server = hostile(customs, customs.alice)
    server.on_directory = lambda links: links[:-1]
    alice.room(gid)
    assert SENTENCES[Code.ROLLBACK] in one(alice, Kind.ROLLBACK, Code.ROLLBACK)
    with refused(Code.FORK):
        Room(alice.desk, gid).post("nothing")


def test_two_valid_links_in_one_place_of_the_directory_are_a_fork(customs: Customs) -> None:
    alice, server = hostile(customs, customs.alice)
    bob = customs.bob.desk.network.account(customs.bob.uid)
    rotate(customs.bob.desk)
    alice.desk.sync()
    seed = new_seed()
    op = ["rot", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "routine"}]
    keys = Keys(customs.bob.desk.own.keyset.seeds[1])
    other = write_link("usr", bob.head, [op], keys, Keys(seed), at=customs.now())
    server.on_directory = lambda links: [*links[:-1], replace(links[-1], raw=other)]
    alice.desk.sync()
    finding = alice.found(Kind.FORK)[0]
    assert is_fork(alice.desk, finding)
    assert finding.objects[1] == other


def test_an_unknown_operation_stops_the_chain_before_it_and_asks_for_a_newer_client(customs: Customs) -> None:
    alice, server = hostile(customs, customs.alice)
    net = customs.clerk.network.directory.net
    raw = write_link("net", net.head, [["vote", {}]], *customs.root_keys[:2], at=customs.now())
    last = customs.house.links[-1].index
    server.on_directory = lambda links: [*links, DirectoryLink(last + 1, "net", raw)]
    alice.desk.network.sync()
    assert SENTENCES[Code.NEWER] in one(alice, Kind.INVALID, Code.NEWER)


def test_a_log_that_this_client_cannot_check_makes_it_read_only(customs: Customs) -> None:
    gid = customs.room()
    log: dict[str, Any] = {"origin": "log.example.org", "keys": [b"k"], "wit": [], "w": 0, "maxage": 1, "from": None}
    customs.root.act(["log", log], *customs.root_keys[:2])
    with refused(Code.NEWER):
        customs.alice.room(gid).post("hello")


def test_an_honest_member_carries_a_revocation_past_the_server(customs: Customs) -> None:
    gid = customs.room()
    alice, server = hostile(customs, customs.alice)
    alice.room(gid).read()
    until = len(customs.house.links)
    dora = customs.person("Dora", customs.germany)
    customs.germany.point.revoke(dora.uid, *customs.germany.keys[:2])
    server.on_directory = lambda links: links[:until]
    # Bob has seen the revocation; his message says so.
    customs.bob.room(gid).post("hello")
    alice.room(gid).read()
    assert "Bob has seen link" in one(alice, Kind.WITHHELD, Code.OFF_CHAIN)
    assert not alice.desk.state.is_stopped(gid)


def test_an_account_that_somebody_else_changed_is_told_at_once(customs: Customs) -> None:
    gid = customs.room()
    thief = customs.again(customs.bob, folder="thief")
    rotate(thief.desk, why="lost", ways=[thief.way])
    customs.bob.desk.sync()
    assert "this device did not do it" in one(customs.bob, Kind.NOT_BY_ME, Code.KEYSET)
    with refused(Code.WITHDRAWN):
        Room(customs.bob.desk, gid).post("is it me?")


def test_a_link_from_the_future_is_told(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).read()
    future = customs.now() + 3 * 86_400
    customs.amira.room(gid).read()
    raw = link_of(customs.amira, gid, [["role", {"u": customs.gate.uid, "role": "reader"}]], at=future)
    group = customs.house.groups[gid]
    group.chain.extend(raw, customs.house.directory)
    customs.alice.room(gid)
    one(customs.alice, Kind.CLOCK, Code.STATE)
    assert not customs.alice.alarms
