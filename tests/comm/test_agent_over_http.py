"""An administration's own system, through `cenlink` and a credential, against the real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cenlink.cli.front import cenlink
from cenlink.sealed.checks.messages import read_message
from cenlink.sealed.checks.spoken_codes import administration_code
from cenlink.sealed.client.accounts import open_account, rotate, unlock
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.http import HttpServer
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.client.ways import ByPasskey
from cenlink.sealed.private.messages import open_message
from click.testing import CliRunner
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.scopes import Scope
from comm.models import Message
from tests.accounts.test_passkey_in_browser import site
from tests.comm.served import Served
from tests.sealed.network import said

__all__ = ["site"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def files_in_a_folder(tmp_path: Path, settings: Any) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    where = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / "sealed")}}
    settings.STORAGES = {**settings.STORAGES, "sealed_files": where}


@pytest.fixture
def desk(served: Served, site: str, tmp_path: Path) -> Iterator[Desk]:
    """The desk of Ghana's agent, certified and a writer of the group."""
    with transaction.atomic(), acting_as(served.cast.amira):
        token = issue(served.cast.amira, name="agent", scopes=[Scope.SEALED])[1]
    agent = admitted(served, HttpServer(site, token), tmp_path / "agent", name="Gate")
    yield agent
    agent.state.close()


def admitted(served: Served, server: HttpServer, folder: Path, *, name: str) -> Desk:
    network = served.network
    agent = Desk(server, ClientState(folder), network.directory.net.id)
    agent.network.sync()
    account = open_account(agent, adm=served.ghana.id, name=name, ways=[way()], typ="agent")
    raw = agent.network.account(account.uid).head.signed.raw
    network.directory.apply("usr", raw)
    genesis = network.directory.accounts[account.uid].genesis
    network.adm(served.ghana, ["cert", {"u": account.uid, "gh": genesis, "typ": "agent", "name": None}])
    added = {"u": account.uid, "role": "writer", "gen": 1, "kid": account.keys.kid}
    served.room.turn(served.alice, [["add", added]])
    return agent


def way() -> ByPasskey:
    return ByPasskey(b"credential", bytes(32))


def test_an_agent_reads_and_posts_like_any_member(desk: Desk, served: Served) -> None:
    served.room.send_message(served.bob, said("Check TGHU 1234567"))
    (gid,) = desk.sync()
    room = Room(desk, gid)
    assert [entry.text for entry in room.read()] == ["Check TGHU 1234567"]
    assert {member.name for member in room.members()} == {"Alice", "Bob", "Gate"}
    room.post("Inspected by the gate")
    with transaction.atomic(), acting_as(served.cast.alice):
        last = Message.unguarded.order_by("-i")[0]
    message = read_message(bytes(last.raw), bytes(last.ct or b""))
    assert open_message(message, served.room.secrets[1])["body"] == "Inspected by the gate"


def test_an_agent_sends_a_file_and_gets_it_back(desk: Desk, files_in_a_folder: None, tmp_path: Path) -> None:
    (gid,) = desk.sync()
    source = tmp_path / "x-ray.png"
    source.write_bytes(bytes(range(256)) * 50_000)
    room = Room(desk, gid)
    room.post("see", files=[source])
    saved = room.save(room.read()[-1].i, 0, tmp_path / "back")
    assert saved.read_bytes() == source.read_bytes()
    stored = [one for one in (tmp_path / "sealed").rglob("*") if one.is_file()]
    assert len(stored) == 2
    assert not any(bytes(range(256)) in one.read_bytes() for one in stored)


def test_each_of_two_agents_of_an_administration_sends_its_own_files(
    desk: Desk, served: Served, files_in_a_folder: None, tmp_path: Path
) -> None:
    assert isinstance(desk.server, HttpServer)
    other = admitted(served, desk.server, tmp_path / "other", name="Yard")
    source = tmp_path / "x-ray.png"
    source.write_bytes(bytes(5_000))
    for sender in (desk, other):
        (gid,) = sender.sync()
        Room(sender, gid).post("see", files=[source])
    read = Room(desk, gid).read()
    assert [(entry.name, len((entry.body or {})["files"])) for entry in read] == [("Gate", 1), ("Yard", 1)]
    other.state.close()


def test_an_agent_starts_anew_from_its_key_store_and_changes_its_key(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    desk.sync()
    other = Desk(desk.server, ClientState(tmp_path / "other"), served.network.directory.net.id)
    unlock(other, way(), desk.own.uid)
    assert other.keys.kid == desk.keys.kid
    rotate(other, why="lost", ways=[way()])
    (gid,) = other.sync()
    assert Room(other, gid).now.n == 2
    assert [one.kid for uid, one in Room(other, gid).now.members.items() if uid == other.own.uid] == [other.keys.kid]
    other.state.close()


def test_two_agents_of_one_credential_work_by_the_command_line(served: Served, site: str, tmp_path: Path) -> None:
    with transaction.atomic(), acting_as(served.cast.amira):
        token = issue(served.cast.amira, name="agent", scopes=[Scope.SEALED])[1]
    network = served.network
    code = administration_code(network.directory.net.admissions[served.ghana.id].genesis)
    common = {
        "CENLINK_SERVER": site,
        "CENLINK_NETWORK": network.directory.net.id.hex(),
        "CENLINK_TOKEN": token,
        "CENLINK_PASSPHRASE": "four quiet words here",
    }

    def run(name: str, *args: str) -> Any:
        env = {**common, "CENLINK_STATE": str(tmp_path / name)}
        result = CliRunner().invoke(cenlink, ["--json", *args], env=env)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    for name in ("Gate", "Harbour"):
        uid = bytes.fromhex(run(name, "enrol", "--administration", code, "--name", name)["account"])
        certify_and_add(served, tmp_path / name, uid)
    for name in ("Gate", "Harbour"):
        (group,) = run(name, "groups")
        run(name, "post", group["id"], f"{name} reports")
        run(name, "rotate")
    said = run("Gate", "read", group["id"])
    assert [(one["name"], one["body"]["body"]) for one in said] == [
        ("Gate", "Gate reports"),
        ("Harbour", "Harbour reports"),
    ]
    assert {one["standing"] for one in said} == {"trusted"}
    assert run("Harbour", "verify")["account"]["generation"] == 2
    assert not [finding for finding in run("Gate", "verify")["findings"] if finding["alarm"]]


def certify_and_add(served: Served, folder: Path, uid: bytes) -> None:
    """The contact point and Alice do their part for the account that was opened in this folder."""
    state, network = ClientState(folder), served.network
    opened = state.link("usr", uid, 0)
    state.close()
    assert opened
    network.directory.apply("usr", opened.raw)
    account = network.directory.accounts[uid]
    network.adm(served.ghana, ["cert", {"u": uid, "gh": account.genesis, "typ": "agent", "name": None}])
    added = {"u": uid, "role": "writer", "gen": 1, "kid": account.newest.key.kid}
    served.room.turn(served.alice, [["add", added]])
