"""`./run up` and `./run manage` as a person meets them: real processes on a state folder of their own.

One installation serves all tests of a process; each brings it first into the state that it is about.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.embedded.preparation import ROOT
from config.embedded.processes import born
from config.embedded.test_servers import prepared_cluster

WITHIN = 60.0
EVERY = {"web", "worker", "deliverer", "importer", "beat", "postgres", "valkey"}
# Preparing the installation takes longer than all tests on it, so one process of pytest-xdist takes them all.
pytestmark = pytest.mark.xdist_group("up")


class House:
    """A state folder, a port, and what is started on them."""

    def __init__(self, room: Path) -> None:
        self.home = room / "state"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.unread = b""
        self.lines: list[str] = []
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(room),
            "OPENCEN_HOME": str(self.home),
            "OPENCEN_PORT": str(self.port),
            # Without the demonstration's cases, which other tests are about.
            "OPENCEN_MODE": "test",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "bootstrap.py"), "--inside", *arguments]

    def call(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.env | env, capture_output=True, text=True, timeout=WITHIN, check=False
        )

    def up(self) -> None:
        """Starts and returns when READY is printed; does nothing where that has happened."""
        if self.runs():
            return
        self.lines, self.unread = [], b""
        self.process = subprocess.Popen(
            self.command("up"), env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
        )
        self.read_until(r"READY http://localhost:\d+/")

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def read_until(self, pattern: str) -> str:
        """The next line that matches; fails when `up` ends or is silent for too long."""
        assert self.process is not None
        assert self.process.stdout is not None
        while True:
            while b"\n" in self.unread:
                line, _, self.unread = self.unread.partition(b"\n")
                self.lines.append(line.decode())
                if re.search(pattern, self.lines[-1]):
                    return self.lines[-1]
            if not select.select([self.process.stdout], [], [], WITHIN)[0]:
                break
            added = os.read(self.process.stdout.fileno(), 65536)
            if not added:
                break
            self.unread += added
        pytest.fail(f"no line matches {pattern!r}:\n" + "\n".join(self.lines))

    def down(self, number: signal.Signals = signal.SIGINT) -> int:
        """Asks a running `up` to end and returns its exit code."""
        if not self.runs():
            return 0
        assert self.process is not None
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=WITHIN)
        self.lines += (self.unread + rest).decode().splitlines()
        return self.process.returncode

    def listed(self) -> dict[str, Any]:
        listed: dict[str, Any] = json.loads((self.home / "pids.json").read_text())
        return listed

    def get(self, page: str) -> int:
        with urllib.request.urlopen(f"http://localhost:{self.port}/{page}", timeout=10) as answer:
            return int(answer.status)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def living(listed: dict[str, Any]) -> set[str]:
    return {name for name, birth in listed["born"].items() if born(listed[name]) == birth}


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="opencen-up-") as folder:
        Path(folder).chmod(0o711)
        made = House(Path(folder))
        # Preparing a new database is what the proof on a clean clone tries; here it would take the longest.
        made.home.mkdir(mode=0o711)
        prepared_cluster(made.home / "postgres")
        yield made
        made.down()


@pytest.fixture
def running(house: House) -> House:
    house.up()
    return house


@pytest.fixture
def stopped(house: House) -> House:
    house.down()
    return house


def test_a_busy_port_is_one_clear_line_and_nothing_is_started(stopped: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", stopped.port))
        other.listen()
        done = stopped.call("up")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"Port {stopped.port} is busy" in done.stderr
    assert f"OPENCEN_PORT={stopped.port + 1} ./run up" in done.stderr
    assert not (stopped.home / "pids.json").exists()


def test_an_outside_database_needs_the_address_of_its_owner_too(stopped: House) -> None:
    done = stopped.call("up", DATABASE_URL="postgresql://opencen_app@/elsewhere")
    assert done.returncode == 1
    assert "OPENCEN_OWNER_DATABASE_URL is not" in done.stderr


def test_manage_starts_what_is_missing_and_keeps_standard_output_clean(stopped: House) -> None:
    done = stopped.call("manage", "shell", "-v", "0", "-c", "print('only this')")
    assert (done.returncode, done.stdout) == (0, "only this\n"), done.stderr
    assert not (stopped.home / "pids.json").exists()


def test_manage_hands_on_the_exit_code(house: House) -> None:
    done = house.call("manage", "shell", "-v", "0", "-c", "raise SystemExit(9)")
    assert (done.returncode, done.stdout) == (9, "")


def test_up_is_ready_when_web_and_worker_answer_and_names_every_process(running: House) -> None:
    listed = running.listed()
    assert living(listed) == EVERY
    processes = next(line for line in running.lines if "processes:" in line)
    for name in EVERY:
        assert re.search(rf"{name} \d+", processes)
    assert any(f"state folder {running.home}" in line for line in running.lines)
    assert any(line.endswith(f"READY http://localhost:{running.port}/") for line in running.lines)
    assert (running.get("healthz"), running.get("readyz")) == (200, 200)


def test_a_second_up_on_the_same_folder_says_where_the_first_one_is(running: House) -> None:
    done = running.call("up")
    assert done.returncode == 1
    assert f"already runs from {running.home}" in done.stderr
    assert f"http://localhost:{running.port}/" in done.stderr


def test_manage_uses_the_servers_of_a_running_up_and_leaves_them(running: House) -> None:
    before = running.listed()
    done = running.call("manage", "showmigrations", "--plan", "audit")
    assert done.returncode == 0, done.stderr
    assert "[X]  audit.0001_initial" in done.stdout
    assert running.listed() == before
    assert living(before) == EVERY


@pytest.mark.parametrize("name", ["web", "worker", "postgres"])
def test_a_process_that_is_killed_is_started_again(running: House, name: str) -> None:
    before = running.listed()[name]
    os.kill(before, signal.SIGKILL)
    running.read_until(rf"{name} ended unasked \(-9\); started again")
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        try:
            if running.listed()[name] != before and running.get("readyz") == 200:
                return
        except OSError:
            continue
    pytest.fail(f"{name} did not come back")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_a_start_after_a_crash_cleans_up(running: House) -> None:
    listed = running.listed()
    assert running.process is not None
    running.process.kill()
    running.process.communicate()
    # What a crash of the whole machine would leave behind as well.
    (running.home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{running.home}/postgres\n")
    running.up()
    assert not living(listed)
    assert living(running.listed()) == EVERY


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_ends_everything(running: House, number: signal.Signals) -> None:
    listed = running.listed()
    assert running.down(number) == 0
    assert not living(listed)
    assert not (running.home / "pids.json").exists()
    assert running.lines[-1].split("] ")[1].startswith("stopped in")
    with pytest.raises(OSError, match="refused"):
        running.get("healthz")
