"""The state folder: everything an installation keeps, in one place, closed to others."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.embedded.refused import StartRefused
from config.embedded.server_account import ServerAccount

# The shortest limit of the supported systems for the path of a socket is 103 bytes (macOS).
SOCKET_PATH_LIMIT = 103
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
ONLY_OWNER = 0o700
# As root the servers' account must reach its own folders inside, but list nothing.
PASS_THROUGH = 0o711


class StateFolder:
    """Paths, keys, lock and process list of one installation."""

    def __init__(self, home: Path, account: ServerAccount | None) -> None:
        self.home = home
        self.account = account
        self.logs = home / "logs"
        self.mail = home / "mail"
        self.media = home / "media"
        self.imports = home / "imports"
        self.sealed_demonstration = home / "sealed-demonstration"
        self.secret_key = home / "secret.key"
        self.nominal_key = home / "nominal.key"
        self.valkey_secret = home / "valkey.secret"
        self.processes = home / "pids.json"
        self.sockets = _socket_folder(home)

    def make(self) -> None:
        """Makes what is missing; the modes of folders above, and of a folder already in use, stay as they are."""
        try:
            fresh = not self.home.exists()
            self.home.mkdir(parents=True, exist_ok=True)
            if fresh or not any(self.home.iterdir()):
                self.home.chmod(PASS_THROUGH if self.account else ONLY_OWNER)
            for folder in (self.logs, self.mail, self.media, self.imports):
                folder.mkdir(mode=ONLY_OWNER, exist_ok=True)
        except OSError as problem:
            raise StartRefused(f"The state folder {self.home} cannot be used: {problem.strerror}.") from problem
        if self.account and (closed := self.account.first_closed(self.home)):
            raise StartRefused(
                f"The servers' account cannot pass through {closed}: set OPENCEN_HOME to a folder it can reach."
            )
        self.server_folder(self.sockets)
        self.write_secret(self.secret_key, secrets.token_urlsafe(64))
        self.write_secret(self.nominal_key, base64.b64encode(secrets.token_bytes(32)).decode())
        self.write_secret(self.valkey_secret, secrets.token_urlsafe(32))

    def server_folder(self, folder: Path) -> None:
        """Makes a folder that only the servers' account enters; refuses one that somebody else prepared."""
        folder.mkdir(mode=ONLY_OWNER, exist_ok=True)
        status = folder.lstat()
        owners = {os.geteuid(), self.account.uid if self.account else os.geteuid()}
        if folder.is_symlink() or status.st_uid not in owners or status.st_mode & 0o077:
            raise StartRefused(f"{folder} belongs to another account or is open to others: remove it.")
        if self.account:
            self.account.owns(folder)

    def remove_short_sockets(self) -> None:
        """Removes the socket folder where it stands outside the state folder, so that /tmp is left as it was."""
        if self.sockets.parent != self.home:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def write_secret(self, path: Path, content: str) -> None:
        """Writes a secret once, readable by its owner only; an existing one is never touched."""
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content + "\n")

    def remember_mode(self, asked: str | None, default: str) -> str:
        """The mode of this folder; refuses to serve a production folder as a demonstration or the reverse."""
        path = self.home / "mode"
        known = path.read_text(encoding="utf-8").strip() if path.exists() else None
        if known and asked and known != asked:
            raise StartRefused(
                f"{self.home} was made in the mode {known!r}, not {asked!r}:"
                f" set OPENCEN_MODE={known}, or OPENCEN_HOME to another folder."
            )
        mode = known or asked or default
        if not known:
            path.write_text(mode + "\n", encoding="utf-8")
        return mode

    @contextlib.contextmanager
    def _locked(self, name: str, how: int) -> Iterator[bool]:
        descriptor = os.open(self.home / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, how)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(descriptor)

    def held(self) -> contextlib.AbstractContextManager[bool]:
        """The lock of whoever runs this folder's servers; False where somebody else does. Dies with its holder."""
        return self._locked("running.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)

    def guest(self) -> contextlib.AbstractContextManager[bool]:
        """Held while using the servers that another command started."""
        return self._locked("guests.lock", fcntl.LOCK_SH)

    def no_guests(self) -> contextlib.AbstractContextManager[bool]:
        """Waits until the last guest is gone."""
        return self._locked("guests.lock", fcntl.LOCK_EX)

    def list_processes(self, listed: dict[str, Any]) -> None:
        """Writes pids.json, whole or not at all."""
        draft = self.processes.with_suffix(".draft")
        draft.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
        draft.replace(self.processes)

    def listed_processes(self) -> dict[str, Any]:
        """What pids.json says; empty if there is none."""
        try:
            listed = json.loads(self.processes.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return listed if isinstance(listed, dict) else {}


def _socket_folder(home: Path) -> Path:
    """Where the sockets stand: inside the state folder, or under a short name where its path is too long."""
    inside = home / "sockets"
    if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    short = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    return short / f"opencen-{os.geteuid()}-{digest}"
