"""The sealed network of the demonstration: founded over HTTP, opened by what a visitor is shown."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from cenlink.demonstration import content, founding
from cenlink.demonstration.visitor import NoDemonstration, VisitorServer
from cenlink.sealed.checks.signed import lhash
from cenlink.sealed.checks.spoken_codes import secret_key_typed
from cenlink.sealed.client.accounts import unlock
from cenlink.sealed.client.bulletins import Bulletins
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.client.ways import ByPassphrase
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from comm.models import Leaf, SealedAccount
from config.demonstration.cast import CAST, seat_cast
from tests.accounts.test_passkey_in_browser import site

__all__ = ["site"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The folder of a demonstration whose people are there and whose sealed network is not."""
    settings.DEMONSTRATION = True
    settings.SEALED_DEMONSTRATION_CARDS = tmp_path / "demo" / "cards.json"
    settings.STORAGES["sealed_files"]["OPTIONS"] = {"location": str(tmp_path / "files")}
    seat_cast()
    return tmp_path / "demo"


def counted() -> tuple[int, int]:
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        return Leaf.unguarded.count(), SealedAccount.unguarded.count()


def shown_to(person: str, site: str) -> str:
    return VisitorServer(site, person).page(f"{site}/sealed")


def card(page: str) -> ByPassphrase:
    passphrase, secret = re.findall(r'<bdi class="reference" dir="ltr">([^<]+)</bdi>', page)[:2]
    return ByPassphrase(passphrase, secret_key_typed(secret))


def opened(site: str, person: str, way: ByPassphrase, folder: Path) -> Desk:
    server = VisitorServer(site, person)
    desk = Desk(server, ClientState(folder), lhash(server.directory(-1)[0].raw)[:16])
    desk.network.sync()
    (uid,) = [one for one in desk.network.directory.accounts if desk.network.name(one) == NAMES[person]]
    unlock(desk, way, uid)
    return desk


NAMES = {person.key: person.name for person in CAST}


def test_the_persons_are_those_of_the_cast_at_administrations() -> None:
    seated = {(person.key, person.name, person.seat) for person in CAST if len(person.seat) == 2}
    assert seated == {(key, name, seat.cc) for seat in founding.SEATS for key, name in seat.persons.items()}


def test_a_visitor_opens_a_group_by_what_the_page_shows(
    site: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    assert "Demonstration only" not in shown_to("port-officer", site)
    # A first run is cut off in the middle of what is written, the second completes it, the third finds all done.
    with monkeypatch.context() as cut:
        cut.setattr(content, "_bulletin", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            founding.seed(site, folder)
    assert founding.seed(site, folder) == "the sealed network is founded"
    before = counted()
    assert founding.seed(site, folder) == "the sealed network stands"
    (folder / "done").unlink()
    assert founding.seed(site, folder) == "the sealed network is founded"
    assert counted() == before
    assert before[1] == 6

    assert {stat.S_IMODE(one.stat().st_mode) & 0o077 for one in [folder, *folder.glob("*.key"), folder / "secret"]} == {
        0
    }
    desk = opened(site, "second-administration", card(shown_to("second-administration", site)), tmp_path / "visitor")
    rooms = {(room := Room(desk, gid)).name: room for gid in desk.sync()}
    assert set(rooms) == {content.REEFERS, content.TO_DESKS}
    entries = rooms[content.REEFERS].read()
    assert [(entry.body or {})["t"] for entry in entries] == ["msg", "msg", "msg", "bulletin", "form", "form"]
    assert [len(entry.files) for entry in entries] == [0, 0, 1, 0, 0, 0]
    assert {str(entry.standing) for entry in entries} == {"trusted"}
    (bulletin,) = Bulletins(rooms[content.TO_DESKS]).list()
    assert bulletin.said["ack_by"]
    assert not desk.state.findings()
    desk.state.close()

    assert "Demonstration only" not in shown_to("secretariat", site)
    settings.DEMONSTRATION = False
    assert (folder / "cards.json").exists()
    with pytest.raises(NoDemonstration):
        VisitorServer(site, "port-officer")


def test_nothing_is_shown_outside_a_demonstration(folder: Path, settings: Any) -> None:
    folder.mkdir()
    said = {"passphrase": "open the demonstration", "secret_keys": {"port-officer": "C1-SHOWN"}}
    (folder / "cards.json").write_text(json.dumps(said))
    client = Client()
    client.post(reverse("step_into", args=["port-officer"]))
    assert "C1-SHOWN" in client.get(reverse("sealed")).content.decode()
    settings.DEMONSTRATION = False
    page = client.get(reverse("sealed"))
    assert page.status_code == 200
    assert "C1-SHOWN" not in page.content.decode()
    assert "open the demonstration" not in page.content.decode()


def test_a_network_that_somebody_else_founded_is_left_alone(site: str, folder: Path, tmp_path: Path) -> None:
    VisitorServer(site, "secretariat").tell("net", founding.Cards(tmp_path / "other").founding(1_700_000_000))
    before = counted()
    assert "another sealed network" in founding.seed(site, folder)
    assert counted() == before
    assert not (folder / "cards.json").exists()
