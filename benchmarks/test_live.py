"""The front: live streams beside a bare one in the same run, and ordinary pages beside the plain WSGI server."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.scopes import Scope
from benchmarks.conftest import Tell
from config.embedded import processes
from config.embedded.preparation import ROOT
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import an_alert
from tests.cast import Cast, seat_cast
from tests.journeys.test_killed import free_port, listens, wait_for

STREAMS = int(os.environ.get("OPENCEN_BENCH_STREAMS") or 1_000)
A_KEY = 6
ROUNDS = 10
Serve = Callable[..., tuple[int, subprocess.Popen[bytes]]]


@pytest.fixture
def cast(fresh_database: str) -> Cast:
    return seat_cast()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(interface, target)`: a granian of one process; its port and process."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(interface: str, target: str, *more: str) -> tuple[int, subprocess.Popen[bytes]]:
        port = free_port()
        line = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            interface,
            "--port",
            str(port),
            "--no-ws",
            *more,
            target,
        ]
        log = tmp_path / f"{port}.log"
        made = processes.spawn(line, log=log, env={**os.environ, "OPENCEN_PORT": str(port)}, folder=ROOT)
        running.append(made)
        wait_for(lambda: listens(port), target)
        return port, made

    yield begin
    for one in running:
        processes.kill_group(one.pid)
        one.wait(30)


def memory(leader: int) -> int:
    """Bytes in use by the largest process of the group: the one that serves."""
    sizes = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdecimal() and os.getpgid(int(folder.name)) == leader:
                lines = (folder / "status").read_text().splitlines()
                sizes.append(int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024)
        except (OSError, StopIteration):
            continue
    return max(sizes)


async def listen(port: int, path: str, keys: list[str], told: Callable[[float], None]) -> list[asyncio.Task[None]]:
    """Opens the streams and reads them; `told` gets the moment of each event but the first."""

    async def read(number: int, opened: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        who = f"Authorization: Bearer {keys[number // A_KEY]}\r\n" if keys else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{who}\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"event:"):
                if opened.is_set():
                    told(time.perf_counter())
                opened.set()

    tasks = []
    for start in range(0, STREAMS, 50):
        opened = [asyncio.Event() for _ in range(start, min(start + 50, STREAMS))]
        tasks += [asyncio.ensure_future(read(start + at, one)) for at, one in enumerate(opened)]
        await asyncio.wait_for(asyncio.gather(*(one.wait() for one in opened)), 120)
    return tasks


def last_of_all(
    port: int, path: str, keys: list[str], act: Callable[[], None], watch: Callable[[], int]
) -> list[float]:
    """Milliseconds from the end of `act` to each arrival, of all rounds; the last entry is bytes a stream."""
    arrivals: list[float] = []

    async def run() -> float:
        before = watch()
        tasks = await listen(port, path, keys, arrivals.append)
        each = (watch() - before) / STREAMS
        for _ in range(ROUNDS):
            have = len(arrivals)
            began.append(await asyncio.get_running_loop().run_in_executor(None, timed, act))
            until = time.monotonic() + 30
            while len(arrivals) < have + STREAMS and time.monotonic() < until:
                await asyncio.sleep(0.005)
            waits.extend((one - began[-1]) * 1000 for one in arrivals[have:])
            await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        return each

    began: list[float] = []
    waits: list[float] = []
    each = asyncio.run(run())
    if len(waits) != STREAMS * ROUNDS:
        pytest.fail(f"{len(waits)} of {STREAMS * ROUNDS} events arrived")
    return [*waits, each]


def timed(act: Callable[[], object]) -> float:
    act()
    return time.perf_counter()


def p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def test_a_thousand_streams_beside_bare_ones(cast: Cast, serve: Serve, figure: Tell) -> None:
    keys = []
    for _ in range(STREAMS // A_KEY + 1):
        with transaction.atomic(), acting_as(cast.amira):
            keys.append(issue(cast.amira, name="agent", scopes=(Scope.ALERTS_READ,))[1])
    port, web = serve("asgi", "config.asgi:application", "--backpressure", "16384")
    *ours, each = last_of_all(
        port, "/api/v1/alerts/stream", keys, lambda: an_alert(cast.amira), lambda: memory(web.pid)
    )
    processes.kill_group(web.pid)
    bare_port, bare = serve("asginl", "benchmarks.bare_stream:application", "--backpressure", "16384")

    def go() -> None:
        line = HTTPConnection("127.0.0.1", bare_port, timeout=30)
        line.request("GET", "/go")
        line.getresponse().read()

    *bares, bare_each = last_of_all(bare_port, "/stream", [], go, lambda: memory(bare.pid))
    figure(f"memory a stream, {STREAMS:,} streams in one process", each / 1024, "kB", at_most=200)
    figure("memory a bare stream, same run", bare_each / 1024, "kB", at_most=200)
    figure(f"commit → stream, {STREAMS:,} streams, p50", statistics.median(ours), "ms", at_most=150)
    figure(f"commit → stream, {STREAMS:,} streams, p95", p95(ours), "ms", at_most=300)
    figure("request → bare stream, same run, p95", p95(bares), "ms", at_most=300)
    figure("p95 of ours by p95 of bare", p95(ours) / p95(bares), "×", at_most=1.5)


def test_ordinary_pages_beside_the_plain_wsgi_server(cast: Cast, serve: Serve, figure: Tell) -> None:
    session = f"opencen={signed_in('bob@example.org').cookies['opencen'].value}"
    servers = {
        "wsgi": serve("wsgi", "config.wsgi:application", "--blocking-threads", str(2 * (os.cpu_count() or 1) + 1))[0],
        "front": serve("asgi", "config.asgi:application", "--backpressure", "16384")[0],
    }
    for path, count in (("/healthz", 100), ("/inbox", 20)):
        taken: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(5):
            for name, port in servers.items():
                taken[name].append(requests_a_second(port, path, session, count))
        ours, limit = statistics.median(taken["front"]), statistics.median(taken["wsgi"])
        figure(f"{path}, 4 clients, plain WSGI server", limit, "req/s", at_least=1)
        figure(f"{path}, 4 clients, front, of the plain server's", ours / limit, "×", at_least=0.9)


def requests_a_second(port: int, path: str, session: str, count: int) -> float:
    def ask() -> None:
        line = HTTPConnection("localhost", port, timeout=60)
        for _ in range(count):
            line.request("GET", path, headers={"Host": f"localhost:{port}", "Cookie": session})
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(answer.status)

    clients = [threading.Thread(target=ask) for _ in range(4)]
    began = time.perf_counter()
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return 4 * count / (time.perf_counter() - began)
