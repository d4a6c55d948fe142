"""What a crashed start left behind is ended and removed; strangers with the same number are not touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import binaries, processes
from config.embedded.postgres import Postgres

type Process = subprocess.Popen[bytes]


@pytest.fixture
def sleeper() -> Iterator[Process]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def postgres(tmp_path: Path) -> Postgres:
    (tmp_path / "data").mkdir()
    (tmp_path / "sockets").mkdir()
    return Postgres(
        data=tmp_path / "data",
        sockets=tmp_path / "sockets",
        log=tmp_path / "log",
        binaries=binaries.from_wheels(),
        account=None,
    )


def test_a_process_file_that_names_a_stranger_is_removed_and_the_stranger_lives(
    postgres: Postgres, sleeper: Process
) -> None:
    (postgres.data / "postmaster.pid").write_text(f"{sleeper.pid}\n{postgres.data}\n")
    (postgres.sockets / ".s.PGSQL.5432").touch()
    (postgres.sockets / ".s.PGSQL.5432.lock").write_text(f"{sleeper.pid}\n")
    postgres.clean_up()
    assert not (postgres.data / "postmaster.pid").exists()
    assert list(postgres.sockets.iterdir()) == []
    assert sleeper.poll() is None


def test_a_process_file_that_names_nobody_is_removed(postgres: Postgres, sleeper: Process) -> None:
    sleeper.kill()
    sleeper.wait()
    (postgres.data / "postmaster.pid").write_text(f"{sleeper.pid}\n")
    postgres.clean_up()
    assert not (postgres.data / "postmaster.pid").exists()


def test_a_number_that_is_used_anew_is_left_alone(sleeper: Process) -> None:
    assert processes.end_leftover(sleeper.pid, "born at another time") is False
    assert sleeper.poll() is None


def test_a_leftover_is_ended_with_its_whole_group(sleeper: Process) -> None:
    birth = processes.born(sleeper.pid)
    assert birth is not None
    assert processes.end_leftover(sleeper.pid, birth) is True
    assert sleeper.wait(5) in {-signal.SIGTERM, -signal.SIGKILL}
    assert processes.born(sleeper.pid) is None


def test_a_child_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"
    log = tmp_path / "log"
    child = processes.spawn([sys.executable, "-c", code], log=log, env=dict(os.environ), folder=tmp_path)
    while "deaf" not in log.read_text():
        assert child.poll() is None
    processes.end(child, within=0.2)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_no_child_outlives_a_killed_parent(tmp_path: Path) -> None:
    parent_code = (
        "import os, pathlib, time; from config.embedded import processes; here = pathlib.Path('.');"
        "child = processes.spawn(['sleep', '300'], log=here / 'log', env=dict(os.environ), folder=here);"
        "print(child.pid, flush=True); time.sleep(300)"
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert processes.born(child) is not None
    parent.kill()
    parent.communicate()
    descriptor = _pidfd(child)
    if descriptor is not None:
        import select

        assert select.select([descriptor], [], [], 10)[0]
        os.close(descriptor)
    assert processes.born(child) is None


def _pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; None if it has ended."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None
