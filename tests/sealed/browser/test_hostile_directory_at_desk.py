"""A server that tampers with the network, its administrations and accounts, against the browser's client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cenlink.sealed.client.authority import NetworkRoot
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed
from cenlink.sealed.refusals import Code
from cenlink.sealed.server import DirectoryLink

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import AtBrowser, Bench, bench, here
from tests.sealed.browser.served import unread
from tests.sealed.desks import Customs, texts
from tests.sealed.forging import link_of
from tests.sealed.hostile_server import Rewriting, stripped

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser


# The directory


def test_another_network_root_than_before_is_refused(bench: Bench, here: Customs) -> None:
    alice = bench.seat(here, here.alice)
    raw = NetworkRoot.founded([Keys(new_seed())], 1, here.now())
    alice.hostile.on_directory = lambda links: [replace(links[0], raw=raw), *links[1:]]
    assert str(Code.FORK) in {one["code"] for one in alice.begin()["findings"]}
    assert not alice.ask("standing")["admitted"]
    assert alice.ask("people") == []


def test_a_key_of_the_servers_choice_is_not_taken_for_an_officer(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    bob = here.bob.desk.network.account(here.bob.uid)
    seed = new_seed()
    op = ["rot", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "routine"}]
    forged = write_link("usr", bob.head, [op], Keys(new_seed()), Keys(seed), at=here.now())
    last = here.house.links[-1].index
    alice.hostile.on_directory = lambda links: [*links, DirectoryLink(last + 1, "usr", forged)]
    alice.post(gid, "to Bob's own key")
    alice.one("invalid", Code.SIGNER)
    assert texts(here.bob.room(gid)) == ["to Bob's own key"]


def test_the_same_links_with_a_signature_stripped_are_refused(bench: Bench, here: Customs) -> None:
    bench.forget()
    server = Rewriting(here.house, here.alice.uid)
    server.on_directory = lambda links: [replace(link, raw=stripped(link.raw)) for link in links]
    alice = AtBrowser(bench, here, here.alice, server)
    assert {one["code"] for one in alice.begin()["findings"]} == {str(Code.SIGNER)}
    # Asked again, an honest server is believed.
    server.on_directory = list
    alice.ask("standing")
    assert len(alice.ask("people")) == 3


@pytest.mark.parametrize("restarts", [False, True])
def test_a_directory_rolled_back_is_found(bench: Bench, here: Customs, restarts: bool) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    server = Rewriting(here.house, here.alice.uid) if restarts else alice.hostile
    server.on_directory = lambda links: links[:-1]
    if restarts:
        alice = bench.seat(here, here.alice, server)
    alice.ask("groups")
    alice.one("rollback", Code.ROLLBACK)
    assert alice.stopped(gid)


@pytest.mark.parametrize("restarts", [False, True])
def test_two_valid_links_in_one_place_of_the_directory_are_a_fork(bench: Bench, here: Customs, restarts: bool) -> None:
    alice = bench.seat(here, here.alice)
    point, office = here.france.point, here.france
    dora, emil = here.person("Dora", office, certified=False), here.person("Emil", office, certified=False)
    head = point.network.head("adm", point.adm)
    point.certify(dora.uid, *office.keys[:2])
    alice.ask("standing")
    genesis = here.clerk.network.directory.accounts[dora.uid].genesis
    assert genesis
    op = ["rev", {"u": emil.uid}]
    other = write_link("adm", head, [op], *office.keys[:2], at=here.now())
    server = Rewriting(here.house, here.alice.uid) if restarts else alice.hostile
    server.on_directory = lambda links: [*links[:-1], replace(links[-1], raw=other)]
    if restarts:
        alice = bench.seat(here, here.alice, server)
    alice.ask("standing")
    (found,) = [one for one in alice.found if one["kind"] == "fork"]
    assert list(map(unread, found["objects"])) == [here.house.links[-1].raw, other]


def test_an_unknown_operation_stops_the_chain_before_it_and_asks_for_a_newer_client(
    bench: Bench, here: Customs
) -> None:
    net = here.clerk.network.directory.net
    raw = write_link("net", net.head, [["vote", {}]], *here.root_keys[:2], at=here.now())
    last = here.house.links[-1].index
    alice = bench.seat(here, here.alice)
    alice.hostile.on_directory = lambda links: [*links, DirectoryLink(last + 1, "net", raw)]
    alice.ask("standing")
    alice.one("invalid", Code.NEWER)


def test_a_log_that_this_client_cannot_check_makes_it_read_only(bench: Bench, here: Customs) -> None:
    gid = here.room()
    log: dict[str, Any] = {"origin": "log.example.org", "keys": [b"k"], "wit": [], "w": 0, "maxage": 1, "from": None}
    here.root.act(["log", log], *here.root_keys[:2])
    alice = bench.seat(here, here.alice)
    assert alice.room(gid)["name"] == "Reefers"
    alice.refused(Code.NEWER, "post", gid=gid.hex(), text="hello", files=[])


def test_an_honest_member_carries_a_revocation_past_the_server(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    until = len(here.house.links)
    dora = here.person("Dora", here.germany)
    here.germany.point.revoke(dora.uid, *here.germany.keys[:2])
    alice.hostile.on_directory = lambda links: links[:until]
    # Bob has seen the revocation; his message says so.
    here.bob.room(gid).post("hello")
    alice.room(gid)
    assert "Bob has seen link" in alice.one("withheld", Code.OFF_CHAIN)
    assert not alice.stopped(gid)


def test_a_revocation_that_only_came_late_is_fetched_before_the_message_is_judged(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    dora = here.person("Dora", here.germany)
    here.germany.point.revoke(dora.uid, *here.germany.keys[:2])
    here.bob.room(gid).post("hello")
    held = [1]

    def late(links: list[DirectoryLink]) -> list[DirectoryLink]:
        return links if not held or held.pop() == 0 else links[:-2]

    alice.hostile.on_directory = late
    assert alice.texts(gid) == ["hello"]
    assert "withheld" not in alice.alarms


def test_a_link_from_the_future_is_told(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.amira.room(gid).read()
    future = here.now() + 3 * 86_400
    raw = link_of(here.amira, gid, [["role", {"u": here.gate.uid, "role": "reader"}]], at=future)
    here.house.groups[gid].chain.extend(raw, here.house.directory)
    alice = bench.seat(here, here.alice)
    alice.room(gid)
    alice.one("clock", Code.STATE)
    assert alice.alarms == []
