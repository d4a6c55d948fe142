"""What every command needs: where the state lies, which server, who one is; opened once, and told what was found."""

from __future__ import annotations

import os
import secrets
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from cenlink.cli.failing import NOT_FOUND, SIGN_IN, Failed
from cenlink.cli.saying import told
from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.spoken_codes import administration_code, secret_key_typed
from cenlink.sealed.client import pins
from cenlink.sealed.client.accounts import unlock
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.folder import write_closed
from cenlink.sealed.client.http import HttpServer, Unreachable
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.client.ways import ByDevice, ByPassphrase, Way
from cenlink.sealed.private.authoring import now as clock
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import Server, ServerSaidNo

HELD, NEW_HELD = "device.key", "device.key.new"
SHORTEST_PREFIX, SHORTEST_PASSPHRASE = 6, 12
_WRONG = "Wrong passphrase or Secret Key."
Connect = Callable[[str, str, bytes | None], Server]


def over_http(address: str, token: str, account: bytes | None) -> Server:
    try:
        return HttpServer(address, token, account=account)
    except ValueError as error:
        raise Failed(f"{address}: {error}.") from None


@dataclass
class Session:
    """Set by the options of `cenlink`; secrets come from files or the environment, never from arguments."""

    connect: Connect = over_http
    now: Callable[[], int] = clock
    wait: Callable[[float], None] = time.sleep
    folder: Path = field(default_factory=Path)
    address: str | None = None
    network: str | None = None
    as_json: bool = False
    passphrase_file: Path | None = None
    secret_key_file: Path | None = None
    _state: ClientState | None = None
    _desk: Desk | None = None
    _pinned: bytes = b""
    _phrase: str = field(default="", repr=False)

    @property
    def state(self) -> ClientState:
        if self._state is None:
            self._state = ClientState(self.folder, now=self.now)
        return self._state

    @property
    def server(self) -> Server:
        address = self.address or self.state.fact("server")
        if not address:
            raise Failed("Name the server: --server https://opencen.example.org, or CENLINK_SERVER.", SIGN_IN)
        self.state.keep_fact("server", address)
        return self.connect(address, _token(), self.state.fact("account"))

    @property
    def desk(self) -> Desk:
        """The desk, whether or not an account is unlocked."""
        if self._desk is None:
            self._desk = Desk(self.server, self.state, self._net())
        return self._desk

    def founded(self, net: bytes) -> Desk:
        """The desk of the network that was founded just now."""
        self._desk = Desk(self.server, self.state, net)
        return self._desk

    def _net(self) -> bytes:
        if self.network is None:
            known = self.state.net
            if known is None:
                raise Failed("Name the network: --network ID, as printed in the manual, or CENLINK_NETWORK.", SIGN_IN)
            return known
        return identity(self.network, "the network's id")

    # Unlocking

    def unlocked(self) -> Desk:
        """The desk with the account of this folder open and everything fetched. What is found wrong is told at once."""
        desk = self.desk
        if desk.account is None:
            uid = self.state.fact("account")
            if uid is None:
                raise Failed("This folder has no account yet: `cenlink enrol` or `cenlink link show`.", SIGN_IN)
            self.open(uid)
        desk.sync()
        pins.look_at_others(desk)
        self._pinned = enc(pins.seen(desk))
        return desk

    def open(self, uid: bytes) -> None:
        """By what this machine keeps, or by the Secret Key. Fails with 3 for a wrong passphrase."""
        if not (self._opens_here(uid, HELD) or self._opens_here(uid, NEW_HELD)):
            if self.secret_key_file is None and (self.folder / HELD).exists():
                raise Failed(_WRONG, SIGN_IN)
            self._unlock(ByPassphrase(self.passphrase(), self.secret_key()), uid)

    def _opens_here(self, uid: bytes, name: str) -> bool:
        """A command that was interrupted may have left, as new, the part that the server took."""
        held = self.folder / name
        if self.secret_key_file is not None or not held.exists():
            return False
        try:
            unlock(self.desk, ByDevice(self.passphrase(), held.read_bytes(), self.state.device), uid)
        except Refused as refused:
            if refused.code is not Code.SEALED:
                raise
            return False
        if name == NEW_HELD:
            self.remember_device()
        return True

    def _unlock(self, way: Way, uid: bytes) -> None:
        try:
            unlock(self.desk, way, uid)
        except Refused as refused:
            if refused.code is Code.SEALED:
                raise Failed(_WRONG, SIGN_IN) from None
            raise

    def way(self) -> Way:
        """By what this machine keeps and the passphrase, or by the passphrase and the Secret Key."""
        held = self.folder / HELD
        if self.secret_key_file is None and held.exists():
            return ByDevice(self.passphrase(), held.read_bytes(), self.state.device)
        return ByPassphrase(self.passphrase(), self.secret_key())

    def device_way(self, passphrase: str) -> ByDevice:
        """A way of unlocking for this machine, made now; it holds once it is remembered."""
        held = secrets.token_bytes(64)
        write_closed(self.folder / NEW_HELD, held)
        return ByDevice(passphrase, held, self.state.device)

    def remember_device(self) -> None:
        """After the server took the way of unlocking that was made last."""
        (self.folder / NEW_HELD).replace(self.folder / HELD)

    def passphrase(self, *, new: bool = False) -> str:
        if self._phrase and not new:
            return self._phrase
        given = _secret(self.passphrase_file, "CENLINK_PASSPHRASE")
        if given is None:
            given = click.prompt("Passphrase", hide_input=True, err=True, confirmation_prompt=new)
        if new and len(given) < SHORTEST_PASSPHRASE:
            raise Failed(f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters; four words are good.")
        self._phrase = str(given)
        return self._phrase

    def secret_key(self) -> bytes:
        given = _secret(self.secret_key_file, "CENLINK_SECRET_KEY")
        if given is None:
            given = click.prompt("Secret Key (C1-…)", hide_input=True, err=True)
        return secret_key_typed(str(given))

    # The end

    def close(self) -> None:
        """Leaves for one's other devices what was seen, and tells what was found."""
        if self._desk and self._desk.account and (found := enc(pins.seen(self._desk))) != self._pinned:
            self._leave_pins(found)
        if self._state:
            for finding in self._state.news:
                told(f"{'ALARM' if finding.alarm else 'Note'}: {finding.sentence}")
            self._state.close()
            self._state = self._desk = None

    def _leave_pins(self, found: bytes) -> None:
        try:
            pins.publish(self.desk)
        except (ServerSaidNo, Unreachable) as error:
            told(f"Note: what was seen could not be left for other devices: {error}")
        self._pinned = found

    # What people call things

    def room(self, name: str) -> Room:
        """A group by name or by the beginning of its id."""
        desk = self.unlocked()
        found = [gid for gid in desk.state.groups() if is_prefix(name, gid) or name_of(Room(desk, gid)) == name]
        return Room(desk, one_of(found, f"group {name}"))

    def person(self, name: str) -> bytes:
        """An account by its certified name or by the beginning of its id."""
        directory = self.desk.network.directory
        found = [
            uid
            for uid in directory.accounts
            if is_prefix(name, uid) or (directory.name(uid) == name and directory.is_certified(uid))
        ]
        return one_of(found, f"account {name}")

    def administration(self, code: str) -> bytes:
        """An administration by its code, or by the beginning of its id."""
        typed = code.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
        found = [
            chain
            for chain in self.desk.network.directory.administrations
            if is_prefix(code, chain) or self.code_of(chain).replace("-", "") == typed
        ]
        return one_of(found, f"administration {code}")

    def code_of(self, adm: bytes) -> str:
        kept = self.state.link("adm", adm, 0)
        return administration_code(kept.lhash) if kept else ""


def name_of(room: Room) -> str:
    """The group's name, or nothing where it cannot be read."""
    try:
        return room.name
    except Refused:
        return ""


def is_prefix(typed: str, identity: bytes) -> bool:
    return len(typed) >= SHORTEST_PREFIX and identity.hex().startswith(typed.lower())


def identity(text: str, what: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 16:
        raise Failed(f"{what} has 32 hexadecimal digits.", 2)
    return found


def one_of(found: list[bytes], what: str) -> bytes:
    if not found:
        raise Failed(f"There is no {what} here.", NOT_FOUND)
    if len(found) > 1:
        raise Failed(f"There are {len(found)} of {what}: {', '.join(one.hex() for one in found)}. Name the id.")
    return found[0]


def _token() -> str:
    token = _secret(_path("CENLINK_TOKEN_FILE"), "CENLINK_TOKEN")
    if token is None:
        raise Failed("Put the API credential into a file of mode 0600 and name it in CENLINK_TOKEN_FILE.", SIGN_IN)
    return token


def _path(variable: str) -> Path | None:
    found = os.environ.get(variable)
    return Path(found) if found else None


def _secret(source: Path | None, variable: str) -> str | None:
    """The first line of a closed file, or the variable; None where neither is given."""
    if source is None:
        return os.environ.get(variable) or None
    if stat.S_IMODE(source.stat().st_mode) & 0o077:
        raise Failed(f"{source} can be read by others. Close it: chmod 600 {source}")
    return source.read_text(encoding="utf-8").splitlines()[0].strip() if source.stat().st_size else ""
