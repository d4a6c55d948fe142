"""The browser's client and the desks of administrations: bulletins to several, who comes and who goes."""

from __future__ import annotations

from typing import Any

import pytest
from cenlink.sealed.client.bulletins import Bulletins
from cenlink.sealed.refusals import Code

from tests.portal_frame.test_in_browser import browser
from tests.sealed.browser.at_desks import AtBrowser, Bench, RefusedThere, bench, here
from tests.sealed.desks import Customs
from tests.sealed.test_bulletins_to_desks import seat

__all__ = ["bench", "browser", "here"]
pytestmark = pytest.mark.browser
HANDLING = {"tlp": "GREEN", "pap": None, "codes": [], "grading": None}


@pytest.fixture
def seated(here: Customs) -> Customs:
    seat(here.france, here.alice, here.amira)
    seat(here.germany, here.bob, here.gate)
    return here


def founded(alice: AtBrowser, here: Customs, **more: Any) -> bytes:
    given = {"name": "Reefers", "description": "", "hist": "full", "adms": [here.germany.point.adm.hex()]}
    return bytes.fromhex(alice.ask("foundAtDesks", **{**given, **more}))


def test_a_bulletin_from_the_browser_reaches_the_desks(bench: Bench, seated: Customs) -> None:
    alice = bench.seat(seated, seated.alice)
    listed = {one["name"]: one for one in alice.ask("desks")}
    assert [one["name"] for one in listed["Customs of DE"]["people"]] == ["Bob", "Gate"]
    assert (listed["Customs of FR"]["mine"], listed["Customs of DE"]["mine"]) == (True, False)
    gid = founded(alice, seated)
    body = {"t": "bulletin", "subj": "Reefers", "body": "Open them", "handling": HANDLING, "re": None}
    alice.ask("say", gid=gid.hex(), files=[], body={**body, "valid_to": None, "ack_by": None})
    room = seated.bob.room(gid)
    [bulletin] = Bulletins(room).list()
    assert bulletin.said["to"] == [seated.germany.point.adm]
    assert room.desks == [seated.france.point.adm, seated.germany.point.adm]
    assert {one.name: one.role for one in room.members()} == {
        "Alice": "manager",
        "Amira": "manager",
        "Bob": "writer",
        "Gate": "writer",
    }


@pytest.mark.parametrize("history", ["full", "join"])
def test_who_comes_is_let_in_and_who_leaves_is_removed(bench: Bench, seated: Customs, history: str) -> None:
    alice = bench.seat(seated, seated.alice)
    gid = founded(alice, seated, hist=history)
    dora = seated.person("Dora", seated.germany)
    seat(seated.germany, seated.gate, dora)
    alice.room(gid)
    room = dora.room(gid)
    assert {one.name for one in room.members()} == {"Alice", "Amira", "Gate", "Dora"}
    assert (room.now.n, room.name) == (2, "Reefers")
    assert room.desks == [seated.france.point.adm, seated.germany.point.adm]
    links = len(seated.house.groups[gid].chain.links)
    alice.room(gid)
    assert len(seated.house.groups[gid].chain.links) == links


def test_a_standing_group_follows_the_own_desk_alone(bench: Bench, seated: Customs) -> None:
    gid = founded(bench.seat(seated, seated.alice), seated, adms=[])
    assert seated.amira.room(gid).desks == [seated.france.point.adm]


def test_who_sits_at_no_desk_writes_to_none(bench: Bench, seated: Customs) -> None:
    seat(seated.france, seated.amira)
    with pytest.raises(RefusedThere) as caught:
        founded(bench.seat(seated, seated.alice), seated)
    assert caught.value.code == Code.RIGHTS


def test_an_administration_without_a_desk_is_named(bench: Bench, seated: Customs) -> None:
    seat(seated.germany)
    with pytest.raises(RefusedThere, match="Customs of DE has named no desk yet") as caught:
        founded(bench.seat(seated, seated.alice), seated)
    assert caught.value.code == Code.RECIPIENTS
