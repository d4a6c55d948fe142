"""After a busy session no word of it is found in the memory of the processes that served it: what a core dump holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cenlink.sealed.client.http import HttpServer
from cenlink.sealed.client.room import Room
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.scopes import Scope
from comm.models import Message
from tests.cast import seat_cast
from tests.comm.own_server import free_port, web_server
from tests.comm.served import Served
from tests.comm.test_agent_over_http import admitted
from tests.comm.test_canaries import FOUND, WORD, spellings

CONTROL = {"OPENCEN_TEST_CONTROL": FOUND}


@contextmanager
def a_worker() -> Iterator[int]:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork", "--concurrency", "1"]
    with subprocess.Popen([*command, "--loglevel", "ERROR"], env={**os.environ, **CONTROL}) as worker:
        try:
            yield worker.pid
        finally:
            worker.terminate()


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell the children of a process")
    told = (path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(one for child in " ".join(told).split() for one in family(int(child)))]


def memory(pid: int) -> Iterator[bytes]:
    """All that a core dump of the process would hold: each readable region, in pieces that overlap a little."""
    try:
        opened = Path(f"/proc/{pid}/mem").open("rb", buffering=0)  # noqa: SIM115  (closed below)
    except PermissionError:
        pytest.skip("this system lets nobody read the memory of another process")
    with opened:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="ascii").splitlines():
            where, rights = line.split()[:2]
            start, end = (int(one, 16) for one in where.split("-"))
            if "r" not in rights or line.endswith(("[vvar]", "[vvar_vclock]", "[vsyscall]")):
                continue
            for at in range(start, end, 16 << 20):
                opened.seek(at)
                try:
                    yield opened.read(min((16 << 20) + 256, end - at))
                except OSError:
                    # A region that ended meanwhile, or of a device.
                    break


def database_processes() -> list[int]:
    """The backends that answered here; they are ours to read where the server is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall() if Path(f"/proc/{pid}/maps").exists()]


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.parametrize("messages", [20, pytest.param(500, marks=[pytest.mark.acceptance, pytest.mark.timeout(1800)])])
def test_no_memory_of_a_server_process_holds_what_was_written(messages: int, tmp_path: Path) -> None:
    served, port = Served(seat_cast()), free_port()
    with transaction.atomic(), acting_as(served.cast.amira):
        token = issue(served.cast.amira, name="agent", scopes=[Scope.SEALED])[1]
    sealed = {"OPENCEN_SEALED_DIR": str(tmp_path / "sealed")}
    with web_server(port, workers=1, **sealed, **CONTROL) as web, a_worker() as worker:
        desk = admitted(served, HttpServer(f"http://localhost:{port}", token), tmp_path / "agent", name="Gate")
        (gid,) = desk.sync()
        room = Room(desk, gid)
        for number in range(messages):
            room.post(f"{WORD} {number}")
        source = tmp_path / f"{WORD}.txt"
        source.write_bytes(WORD.encode() * 100_000)
        room.post(WORD, files=[source])
        assert room.read()[-1].text == WORD
        desk.state.close()
        with transaction.atomic(), acting_as(served.cast.alice):
            assert Message.unguarded.count() == messages + 1
        words, controls = spellings(), set[int]()
        processes = [*family(web), *family(worker)]
        for pid in [*processes, *database_processes()]:
            for piece in memory(pid):
                assert not any(word in piece for word in words), pid
                if FOUND.encode() in piece:
                    controls.add(pid)
    # A word that is not sealed stands in the environment of each, so the search can find something.
    assert controls >= set(processes)
