"""The embedded Valkey: no network, one named user with a password and without the dangerous commands."""

from __future__ import annotations

import hashlib
import subprocess
import time
from pathlib import Path

from config.embedded import processes
from config.embedded.binaries import Binaries
from config.embedded.postgres import SERVER_ENVIRONMENT, tail
from config.embedded.refused import StartRefused
from config.embedded.server_account import ServerAccount

USER = "opencen"
READY_WITHIN = 20.0
# One for the cache and one for the broker; a run of the tests takes two for each of its processes.
DATABASES = 128
# Emptying one's own database is how Django clears a cache; the rest of the dangerous ones stay closed.
RIGHTS = "~* &* +@all -@admin -@dangerous +info +flushdb"


class Valkey:
    """One server on one data folder."""

    name = "valkey"

    def __init__(
        self,
        *,
        data: Path,
        sockets: Path,
        log: Path,
        password: str,
        binaries: Binaries,
        account: ServerAccount | None,
        durable: bool = True,
    ) -> None:
        self.data = data
        self.socket = sockets / "valkey.sock"
        self.log = log
        self._password = password
        self._binaries = binaries
        self._account = account
        self._durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: int = 0) -> str:
        """The address of one of its databases."""
        return f"unix://{USER}:{self._password}@{self.socket}?db={database}"

    def clean_up(self) -> None:
        """Removes the socket of a server that is gone."""
        self.socket.unlink(missing_ok=True)

    def start(self) -> None:
        """Writes the configuration and starts the server; `wait` tells when it answers."""
        digest = hashlib.sha256(self._password.encode()).hexdigest()
        people = self._write("users.acl", f"user default off\nuser {USER} on #{digest} {RIGHTS}\n")
        configuration = self._write(
            "valkey.conf",
            f'port 0\nunixsocket "{self.socket}"\nunixsocketperm 700\ndir "{self.data}"\naclfile "{people}"\n'
            f"databases {DATABASES}\nsave ''\nappendonly {'yes' if self._durable else 'no'}\n"
            # Hints and limits must not vanish silently: when full, writing fails and is seen.
            "maxmemory 256mb\nmaxmemory-policy noeviction\nenable-debug-command no\nenable-module-command no\n",
        )
        self.process = processes.spawn(
            [self._binaries.valkey, configuration],
            log=self.log,
            env=SERVER_ENVIRONMENT,
            folder=Path("/"),
            account=self._account,
        )

    def _write(self, name: str, content: str) -> Path:
        path = self.data / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
        if self._account:
            self._account.owns(path)
        return path

    def wait(self) -> None:
        """Returns when the server answers."""
        import redis

        assert self.process is not None
        until = time.monotonic() + READY_WITHIN
        with redis.Redis.from_url(self.url()) as client:
            while time.monotonic() < until:
                if self.process.poll() is not None:
                    raise StartRefused(f"Valkey did not start; the end of {self.log}:\n{tail(self.log)}")
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    time.sleep(0.01)
        raise StartRefused(f"Valkey is not ready after {READY_WITHIN:.0f} s; see {self.log}.")

    def stop(self) -> None:
        """A clean shutdown; the append-only file is complete."""
        if self.process is not None:
            processes.end(self.process, within=10.0)
