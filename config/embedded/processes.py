"""Starting, knowing and ending child processes, none of which may outlive the front desk."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.embedded.server_account import ServerAccount

PR_SET_PDEATHSIG = 1
# Loaded before any fork: the child of a fork should not load libraries.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    folder: Path,
    account: ServerAccount | None = None,
    orphan_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, so that Ctrl-C reaches only the front desk, which ends it in order.

    `orphan_signal` is what Linux sends the child when the front desk dies without a word; it is bound to the
    calling thread, so this must be called from the main one.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
            if os.getppid() != parent:
                os._exit(1)

    as_account: dict[str, Any] = {}
    if account is not None:
        as_account = {"user": account.uid, "group": account.gid, "extra_groups": []}
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=folder,
            start_new_session=True,
            preexec_fn=tie_to_parent,
            **as_account,
        )


def end(process: subprocess.Popen[bytes], *, ask: signal.Signals = signal.SIGTERM, within: float = 10.0) -> None:
    """Asks a child to end, waits, then kills what is left of its group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(ask)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within)
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    """Kills every process of the group that `leader` began, if any is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def born(pid: int) -> str | None:
    """When the living process with this number began, as an opaque text; None if there is none.

    A number alone is not enough to know a process again: numbers are used anew.
    """
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in {"Z", "X"} else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else shown[1].strip()


def command_line(pid: int) -> str:
    """The command line of a living process, arguments parted by blanks; empty if there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def end_leftover(pid: int, birth: str, *, ask: signal.Signals = signal.SIGTERM, within: float = 5.0) -> bool:
    """Ends a process that an earlier, dead front desk left behind; False if it is gone or is another one."""
    if born(pid) != birth:
        return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, ask)
    until = time.monotonic() + within
    while born(pid) == birth and time.monotonic() < until:
        time.sleep(0.02)
    if born(pid) == birth:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    kill_group(pid)
    return True
