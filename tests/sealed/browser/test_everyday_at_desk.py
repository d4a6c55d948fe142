"""What the browser's client does where a line breaks, somebody is faster, a key is lost or an administration leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.client.accounts import rotate
from cenlink.sealed.client.evidence import present
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.refusals import Code
from cenlink.sealed.server import ServerSaidNo

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import AtBrowser, Bench, RefusedThere, bench, here
from tests.sealed.browser.served import unread
from tests.sealed.desks import Customs, texts
from tests.sealed.forging import link_of
from tests.sealed.honest_server import HonestServer
from tests.sealed.hostile_server import TwoFaced

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser
WORDS = "four quiet words"


class Declining(HonestServer):
    """Declines the next link of a group."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: list[ServerSaidNo] = []

    def turn(self, gid: bytes, raw: bytes, wraps: Any) -> None:
        if self.answers:
            raise self.answers.pop(0)
        super().turn(gid, raw, wraps)


def ops(here: Customs, gid: bytes) -> list[str]:
    """What the newest link does."""
    return [op.name for op in here.house.groups[gid].chain.links[-1].ops]


def declining(bench: Bench, here: Customs) -> tuple[AtBrowser, Declining]:
    server = Declining(here.house, here.alice.uid)
    return bench.seat(here, here.alice, server), server


def test_a_group_whose_founding_broke_off_begins_later(bench: Bench, here: Customs) -> None:
    alice, server = declining(bench, here)
    server.answers = [ServerSaidNo(503, "busy", "Later.")]
    given = {"name": "Reefers", "description": "", "hist": "full", "post": "writer"}
    members = [{"uid": here.bob.uid.hex(), "role": "writer"}]
    with pytest.raises(RefusedThere) as caught:
        alice.ask("found", **given, members=members)
    assert caught.value.code == "busy"
    (gid,) = here.house.groups
    assert [one["gid"] for one in alice.ask("groups")] == [gid.hex()]
    assert alice.room(gid)["period"] == 0
    alice.ask("beginGroup", gid=gid.hex(), name="Reefers", description="from the north")
    assert (alice.room(gid)["name"], alice.room(gid)["period"]) == ("Reefers", 1)
    alice.post(gid, "it goes")
    assert texts(here.bob.room(gid)) == ["it goes"]


def test_leaving_is_tried_again_where_the_group_moved_on(bench: Bench, here: Customs) -> None:
    gid = here.room()
    bob = bench.seat(here, here.bob, Declining(here.house, here.bob.uid))
    assert isinstance(bob.server, Declining)
    bob.server.answers = [ServerSaidNo(409, "behind", "The group moved on.")]
    bob.ask("leave", gid=gid.hex())
    assert ops(here, gid) == ["rem"]
    assert bob.ask("groups") == []


def test_the_secret_key_is_shown_although_a_group_declines(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice, server = declining(bench, here)
    server.answers = [ServerSaidNo(422, "state", "Declined.")] * 2
    secret = alice.ask("rotate", why="lost", passphrase=WORDS)
    assert secret.startswith("C1-")
    # The group gets the new key before the next message.
    server.answers = []
    alice.post(gid, "under the new key")
    assert texts(here.bob.room(gid)) == ["under the new key"]


def test_a_reader_renews_nobody_but_himself(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.alice.room(gid).change_role(here.bob.uid, "reader")
    for person in (here.bob, here.gate):
        person.desk.sync()
        # The group declines, so that it does not know the new keys yet.
        account = person.desk.network.account(person.uid)
        assert account
        rotate_alone(person)
    bob = bench.seat(here, here.bob)
    bob.ask("renew", gid=gid.hex())
    link = here.house.groups[gid].chain.links[-1]
    assert [(op.name, op.fields.get("u")) for op in link.ops] == [("key", here.bob.uid), ("epoch", None)]
    # A writer or manager does it for all.
    alice = bench.seat(here, here.alice)
    alice.ask("renew", gid=gid.hex())
    link = here.house.groups[gid].chain.links[-1]
    assert [(op.name, op.fields.get("u")) for op in link.ops] == [("key", here.gate.uid), ("epoch", None)]


def rotate_alone(person: Any) -> None:
    """A new key, and the program ends before the groups hear of it."""
    groups = person.desk.server.groups
    person.desk.server.groups = list
    try:
        rotate(person.desk)
    finally:
        person.desk.server.groups = groups


def test_a_member_whose_administration_left_is_suspended_and_one_who_was_revoked_is_removed(
    bench: Bench, here: Customs
) -> None:
    gid = here.room()
    here.germany.point.revoke(here.bob.uid, *here.germany.keys[:2])
    alice = bench.seat(here, here.alice)
    alice.ask("renew", gid=gid.hex())
    assert ops(here, gid) == ["rem", "epoch"]
    here.root.revoke(here.germany.point.adm, *here.root_keys[:2])
    alice.post(gid, "without Germany")
    assert ops(here, gid) == ["sus", "epoch"]
    assert alice.roles(gid) == {
        here.alice.uid.hex(): "manager",
        here.amira.uid.hex(): "manager",
        here.gate.uid.hex(): "writer",
    }
    assert here.house.groups[gid].chain.now.members[here.gate.uid].suspended


def test_only_what_is_new_is_written_at_a_look(bench: Bench, here: Customs) -> None:
    gid = here.room()
    alice = bench.seat(here, here.alice)
    alice.ask("groups")
    alice.room(gid)
    before = bench.page.evaluate("() => desk.writes()")
    alice.ask("groups")
    alice.room(gid)
    assert bench.page.evaluate("() => desk.writes()") == before
    here.bob.room(gid).post("new")
    alice.room(gid)
    assert bench.page.evaluate("() => desk.writes()") == before + 1


def test_a_slower_tab_takes_no_pin_back(bench: Bench) -> None:
    kept = bench.page.evaluate(
        """async () => {
          await desk.keepSeen('somebody', [['grp 1', [3, 'c']], ['grp 2', [1, 'a']]]);
          await desk.keepSeen('somebody', [['grp 1', [2, 'b']], ['grp 2', [2, 'b']]]);
          return desk.recallSeen('somebody');
        }"""
    )
    assert kept == [["grp 1", [3, "c"]], ["grp 2", [2, "b"]]]


def test_what_was_dealt_with_is_told_no_more_and_a_fork_stays(bench: Bench, here: Customs) -> None:
    gid = here.room()
    here.bob.room(gid).post("one")
    alice = bench.seat(here, here.alice)
    alice.hostile.on_messages = lambda _: []
    alice.room(gid)
    assert alice.alarms == ["withheld"]
    alice.ask("settle")
    assert alice.alarms == []
    alice.hostile.on_messages = list
    alice.room(gid)
    alice.hostile.on_order = lambda _: []
    alice.room(gid)
    alice.ask("settle")
    assert alice.alarms == ["rollback"]
    assert alice.stopped(gid)


def test_evidence_of_the_browser_convinces_the_other_client(bench: Bench, here: Customs, tmp_path: Path) -> None:
    gid = here.room()
    server = TwoFaced(here.house, here.alice.uid)
    alice = bench.seat(here, here.alice, server)
    alice.room(gid)
    here.amira.room(gid).read()
    other = here.house.branched()
    for house, role in ((here.house, "reader"), (other, "manager")):
        raw = link_of(here.amira, gid, [["role", {"u": here.gate.uid, "role": role}]])
        HonestServer(house, here.amira.uid).turn(gid, raw, [])
    server.turn_to(other)
    alice.room(gid)
    server.turn_to(here.house)
    alice.room(gid)
    said = json.loads(alice.ask("evidence"))
    assert said["format"] == "cenlink evidence 1"
    assert (said["account"], said["network"]) == (alice.uid, here.net.hex())
    (found,) = [one for one in said["findings"] if one["kind"] == "fork"]
    assert found["where"] == {"chain": gid.hex(), "kind": "grp", "seq": 2}
    assert [head["lhash"] for head in said["heads"] if head["chain"] == gid.hex()]
    here.bob.room(gid)
    same = [present(here.bob.desk, "grp", unread(raw)) for raw in found["objects"]]
    assert same == [False, True]
    assert [one.code for one in here.bob.found(Kind.FORK)] == [Code.FORK]
    text = json.dumps(said)
    for secret in (here.alice.desk.own.account_key, *here.alice.desk.own.keyset.seeds.values()):
        assert secret.hex() not in text
