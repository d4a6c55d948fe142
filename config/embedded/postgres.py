"""The embedded PostgreSQL: no network, peer authentication over one closed socket folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from config.embedded import processes
from config.embedded.binaries import Binaries
from config.embedded.refused import StartRefused
from config.embedded.server_account import ServerAccount

SUPERUSER = "postgres"
OWNER = "opencen_owner"
APPLICATION = "opencen_app"
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LANG": "C", "TZ": "UTC", "HOME": "/"}
READY_WITHIN = 60.0

_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # A session that waits for a lock in an open transaction would hold up everybody else.
    "idle_in_transaction_session_timeout": "10min",
}
# For databases that live as long as one run of the tests.
_FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class Postgres:
    """One server on one data folder."""

    name = "postgres"

    def __init__(
        self,
        *,
        data: Path,
        sockets: Path,
        log: Path,
        binaries: Binaries,
        account: ServerAccount | None,
        durable: bool = True,
    ) -> None:
        self.data = data
        self.sockets = sockets
        self.log = log
        self._binaries = binaries
        self._account = account
        self._durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, role: str, database: str) -> str:
        """The address of a database on this server for one role."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def make_data_folder(self) -> None:
        """Makes the data folder if there is none; an interrupted attempt leaves nothing half-made."""
        if (self.data / "PG_VERSION").exists():
            return
        draft = self.data.with_name(self.data.name + ".making")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        as_account: dict[str, Any] = {}
        if self._account:
            self._account.owns(draft)
            as_account = {"user": self._account.uid, "group": self._account.gid}
        done = subprocess.run(
            [
                *(str(self._binaries.initdb), "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8"),
                *("--auth-local=peer", "--auth-host=reject", "--no-instructions"),
                # The build has no ICU; this provider sorts alike on every system.
                *("--locale-provider=builtin", "--locale=C.UTF-8"),
                # Until the first start there is nothing to lose, and syncing takes seconds.
                "--no-sync",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            extra_groups=[] if self._account else None,
            check=False,
            **as_account,
        )
        if done.returncode:
            raise StartRefused(
                "PostgreSQL could not make its data folder:\n" + done.stdout.decode(errors="replace")[-2000:]
            )
        # Only the account that runs the front desk may connect, and only as one of the three roles.
        person = pwd.getpwuid(os.geteuid()).pw_name
        (draft / "pg_hba.conf").write_text("local all all peer map=opencen\n", encoding="utf-8")
        (draft / "pg_ident.conf").write_text(
            "".join(f'opencen "{person}" {role}\n' for role in (SUPERUSER, OWNER, APPLICATION)),
            encoding="utf-8",
        )
        draft.rename(self.data)

    def clean_up(self) -> None:
        """Ends a server that a dead front desk left on this data folder and removes its stale files.

        To be called only while holding the state folder's lock: no living front desk owns what is found here.
        """
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
            pid = int(pid_file.read_text(encoding="utf-8").split()[0])
            birth = processes.born(pid)
            if birth and str(self.data) in processes.command_line(pid):
                processes.end_leftover(pid, birth, ask=signal.SIGINT, within=20.0)
            # What is left names a dead process, or a stranger that got its number.
            pid_file.unlink()
        for stale in self.sockets.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)

    def start(self) -> None:
        """Starts the server; `wait` tells when it answers."""
        options = _ALWAYS | {"unix_socket_directories": str(self.sockets)} | ({} if self._durable else _FLEETING)
        command: list[str | Path] = [self._binaries.postgres, "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.process = processes.spawn(
            command,
            log=self.log,
            env=SERVER_ENVIRONMENT,
            folder=Path("/"),
            account=self._account,
            # A fast shutdown: it does not wait for clients.
            orphan_signal=signal.SIGINT,
        )

    def wait(self) -> None:
        """Returns when the server accepts connections."""
        assert self.process is not None
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise StartRefused(f"PostgreSQL did not start; the end of {self.log}:\n{tail(self.log)}")
            with contextlib.suppress(FileNotFoundError, PermissionError):
                lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
                if len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(0.01)
        raise StartRefused(f"PostgreSQL is not ready after {READY_WITHIN:.0f} s; see {self.log}.")

    def stop(self) -> None:
        """A fast, clean shutdown."""
        if self.process is not None:
            processes.end(self.process, ask=signal.SIGINT, within=30.0)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
