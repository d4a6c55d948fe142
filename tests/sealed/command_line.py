"""Runs `cenlink` in a test: each person with a folder and a credential of its own, on one honest house."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cenlink.cli.front import cenlink
from cenlink.cli.session import Session
from cenlink.sealed.server import Server
from click.testing import CliRunner, Result

from tests.sealed.desks import Clock
from tests.sealed.honest_server import HonestServer, House, declined

PASSPHRASE = "four quiet words here"


class QuickStretching:
    """In place of Argon2id, whose slowness is tested elsewhere; a command line asks for it at every step."""

    def __init__(self, *, salt: bytes, length: int, **_: int) -> None:
        self._salt, self._length = salt, length

    def derive(self, passphrase: bytes) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", passphrase, self._salt, 1, self._length)


@dataclass
class Terminal:
    """One person's machine."""

    name: str
    folder: Path
    office: Bureau

    def run(self, *args: str, code: int = 0, typed: str | None = None, **env: str) -> Result:
        """Runs the command and asserts its exit code."""
        session = Session(connect=self.office.connect, now=self.office.now, wait=self.office.wait)
        given = {
            "CENLINK_STATE": str(self.folder / "state"),
            "CENLINK_SERVER": "https://opencen.example.org",
            "CENLINK_TOKEN": self.name,
            "CENLINK_PASSPHRASE": PASSPHRASE,
            **({"CENLINK_NETWORK": self.office.network} if self.office.network else {}),
            **env,
        }
        result = CliRunner().invoke(cenlink, list(args), obj=session, env=given, input=typed)
        assert result.exit_code == code, (args, result.exit_code, result.stderr, result.exception)
        assert "Traceback" not in result.output
        return result

    def json(self, *args: str, code: int = 0, **env: str) -> Any:
        return json.loads(self.run("--json", *args, code=code, **env).stdout)


class Bureau:
    """The house, who is signed in by which credential, and the clock of all."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now, self.network = folder, Clock(), ""
        self.house = House(self.now)
        self.servers: dict[str, HonestServer] = {}
        # What happens elsewhere while a command waits.
        self.meanwhile: Callable[[], None] | None = None

    def terminal(self, name: str, *, like: str | None = None) -> Terminal:
        """A machine; `like` gives it the credential of another."""
        self.servers[name] = self.servers[like] if like else HonestServer(self.house)
        folder = self.folder / name
        folder.mkdir()
        return Terminal(name, folder, self)

    def connect(self, address: str, token: str, account: bytes | None) -> Server:
        assert address == "https://opencen.example.org"
        if token not in self.servers:
            raise declined(401, "credential", "This credential is not known.")
        return self.servers[token]

    def wait(self, seconds: float) -> None:
        act, self.meanwhile = self.meanwhile, None
        self.now.time += int(seconds)
        if act:
            act()


class Founded(Bureau):
    """A network of France, founded by commands; Alice and the agent Gate are enrolled and certified."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root, self.point = self.terminal("root"), self.terminal("point")
        for terminal, names in ((self.root, "abc"), (self.point, "de")):
            for name in names:
                terminal.run("key", "make", self.key(terminal, name))
        self.network = self.root.json("root", "found", "--threshold", "2", *self.keys(self.root, "abc"))["network"]
        made = self.point.json(
            *("authority", "found", "--cc", "FR", "--name", "Customs of France", "--threshold", "1"),
            *self.keys(self.point, "de"),
        )
        self.code = made["administration_code"]
        self.root.run("root", "admit", self.code, *self.keys(self.root, "ab"))
        self.alice, self.gate = self.enrolled("Alice", "--officer"), self.enrolled("Gate", "--agent")

    def key(self, terminal: Terminal, name: str) -> str:
        return str(terminal.folder / f"{name}.key")

    def keys(self, terminal: Terminal, names: str) -> list[str]:
        return [part for name in names for part in ("--key", self.key(terminal, name))]

    def enrolled(self, name: str, typ: str) -> Terminal:
        terminal = self.terminal(name)
        out = ("--secret-key-out", str(terminal.folder / "secret"))
        said = terminal.json("enrol", "--administration", self.code, "--name", name, typ, *out)
        self.point.run("authority", "certify", said["account"], *self.keys(self.point, "d"))
        return terminal
