"""The state folder is closed to others, keeps its keys, and never changes what is above it."""

from __future__ import annotations

import base64
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.refused import StartRefused
from config.embedded.server_account import ServerAccount, server_account
from config.embedded.state_folder import SOCKET_PATH_LIMIT, StateFolder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder with a short name, whose sockets have room inside."""
    with tempfile.TemporaryDirectory(prefix="opencen-") as name:
        yield Path(name)


@pytest.fixture
def folder(room: Path) -> StateFolder:
    made = StateFolder(room / "state", None)
    made.make()
    return made


def test_keys_can_be_read_by_their_owner_only(folder: StateFolder) -> None:
    for key in (folder.secret_key, folder.nominal_key, folder.valkey_secret):
        assert mode(key) == 0o600
    assert mode(folder.home) == 0o700
    assert len(base64.b64decode(folder.nominal_key.read_text())) == 32
    assert len(folder.secret_key.read_text().strip()) >= 64


def test_a_second_start_keeps_the_keys(folder: StateFolder) -> None:
    before = folder.secret_key.read_text(), folder.nominal_key.read_text()
    folder.make()
    assert (folder.secret_key.read_text(), folder.nominal_key.read_text()) == before


def test_modes_of_folders_above_and_of_used_folders_stay_as_they_are(room: Path) -> None:
    above, home = room / "above", room / "above" / "state"
    above.mkdir(mode=0o750)
    home.mkdir(mode=0o750)
    (home / "something").touch()
    StateFolder(home, None).make()
    assert (mode(above), mode(home)) == (0o750, 0o750)


def test_a_folder_that_the_servers_cannot_reach_is_refused_by_name(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = ServerAccount(uid=os.geteuid() + 4242, gid=os.getegid() + 4242)
    first = stranger.first_closed(tmp_path) or closed
    with pytest.raises(StartRefused, match=f"cannot pass through {first}:"):
        StateFolder(closed / "state", stranger).make()
    assert mode(closed) == 0o700


def test_a_socket_folder_that_somebody_else_prepared_is_refused(room: Path) -> None:
    folder = StateFolder(room / "state", None)
    folder.home.mkdir()
    folder.sockets.mkdir()
    folder.sockets.chmod(0o777)
    with pytest.raises(StartRefused, match="is open to others"):
        folder.make()


def test_a_deep_state_folder_has_its_sockets_under_a_short_name(tmp_path: Path) -> None:
    deep = StateFolder(tmp_path / ("d" * 60) / ("e" * 60), None)
    assert len(str(deep.sockets / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT
    deep.make()
    assert mode(deep.sockets) == 0o700
    deep.remove_short_sockets()
    assert not deep.sockets.exists()
    assert deep.sockets != StateFolder(tmp_path / ("d" * 60) / ("f" * 60), None).sockets


def test_a_production_folder_is_never_started_as_a_demonstration(folder: StateFolder) -> None:
    assert folder.remember_mode("production", "demonstration") == "production"
    assert folder.remember_mode(None, "demonstration") == "production"
    with pytest.raises(StartRefused, match="was made in the mode 'production'"):
        folder.remember_mode("demonstration", "demonstration")


def test_only_one_front_desk_holds_a_state_folder(folder: StateFolder) -> None:
    with folder.held() as first, folder.held() as second:
        assert (first, second) == (True, False)
    with folder.held() as again:
        assert again


def test_the_servers_never_run_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    account = server_account()
    assert account is not None
    assert account.uid != 0
    monkeypatch.setenv("OPENCEN_RUN_AS", "root")
    with pytest.raises(StartRefused, match="is root"):
        server_account()
