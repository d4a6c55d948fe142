"""kill -9 of the web server right after a commit, and of a worker in mid-fan-out: no alert lost, none double."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.actor import Actor, SystemTask, system
from accounts.models import Administration
from alerts.models import Alert, Announcement, Subscription
from cen.actions.validate import Verdict, validate
from cen.lifecycle import ReleasedState
from cen.models import ReleasedCase
from config.embedded import processes
from config.embedded.preparation import ROOT
from config.front_desk.supervisor import Program, programs
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_cast
from tests.journeys.test_seizure_to_alert import as_, released

WITHIN = 60.0
# Real processes compete for two cores: one process of pytest-xdist runs them one after the other.
pytestmark = pytest.mark.xdist_group("up")
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def cast(fresh_database: str) -> Cast:
    cast = seat_cast()
    for actor in (cast.bob, cast.mallory, cast.amira):
        as_(actor, subscribe)
    return cast


def subscribe(actor: Actor) -> None:
    Subscription.unguarded.create(administration_id=actor.administration_id, name="Tobacco", criteria="category=TOB")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts one of the product's own programs, in place of a module of it another where one is named."""
    running: list[subprocess.Popen[bytes]] = []
    port = free_port()
    listed: dict[str, Program] = {one.name: one for one in programs(port, "worker@test")}

    def begin(name: str, instead: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [(instead or {}).get(part, part) for part in listed[name].command]
        made = processes.spawn(command, log=tmp_path / f"{name}.log", env=os.environ, folder=ROOT)
        running.append(made)
        return made

    begin.port = port  # type: ignore[attr-defined]
    try:
        yield begin
    finally:
        for one in running:
            processes.kill_group(one.pid)
            one.wait(WITHIN)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Looks again until it is so; fails with what was waited for."""
    until = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def inboxes() -> Counter[int | None]:
    """How many alerts each administration has."""
    with_all = system(SystemTask.FAN_OUT)
    return Counter(as_(with_all, lambda _: list(Alert.unguarded.values_list("administration_id", flat=True))))


def accept_over(port: int, page: str, session: str) -> None:
    """Accepts the version on its page, as a browser would; the server may die while we wait for its answer."""
    headers = {"Cookie": f"opencen={session}", "Host": f"localhost:{port}"}
    line = HTTPConnection("localhost", port, timeout=WITHIN)
    line.request("GET", page, headers=headers)
    form = line.getresponse()
    text = form.read().decode()
    assert form.status == 200, text
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|seen_hash)" value="([^"]+)"', text))
    headers["Cookie"] += "; " + str(form.headers["Set-Cookie"]).split(";", maxsplit=1)[0]
    headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{port}"}
    line.request("POST", page, urlencode(hidden | {"verdict": "accepted"}), headers)
    answer = line.getresponse()
    pytest.fail(f"the server lived and answered {answer.status}: {answer.read().decode()[:500]}")


def test_killed_right_after_the_commit_the_publication_stands_and_everybody_is_told_once(
    cast: Cast, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    port: int = start.port  # type: ignore[attr-defined]
    monkeypatch.setenv("OPENCEN_PORT", str(port))
    waiting = released(cast)
    session = rosas_session(signed_in("rosa@example.org"))
    web = start("web", {"config.asgi:application": "tests.journeys.killed.web:application"})
    wait_for(lambda: listens(port), "the web server")
    with pytest.raises((OSError, HTTPException)):
        accept_over(port, f"/validation/{waiting.pk}", session)
    wait_for(lambda: web.poll() is not None, "the web server's end")
    stands = as_(cast.rosa, lambda _: ReleasedCase.unguarded.get(pk=waiting.pk).state)
    assert stands == ReleasedState.PUBLISHED
    assert Announcement.unguarded.filter(done_at=None).count() == 1
    assert not inboxes()

    start("worker")
    start("beat")
    wait_for(lambda: Announcement.unguarded.filter(done_at=None).count() == 0, "the sweep")
    told = inboxes()
    subscribed = {actor.administration_id for actor in (cast.bob, cast.mallory, cast.amira)}
    named = set(Administration.unguarded.filter(code__in=["AE", "MA"]).values_list("pk", flat=True))
    assert set(told) == subscribed | named
    assert set(told.values()) == {1}


def rosas_session(client: Client) -> str:
    return str(client.cookies["opencen"].value)


def test_killed_in_mid_fan_out_a_second_worker_tells_everybody_once(cast: Cast, start: Start) -> None:
    waiting = released(cast)
    worker = start("worker", {"config": "tests.journeys.killed.worker"})
    as_(cast.rosa, validate, waiting, Verdict.ACCEPTED, seen_hash=bytes(waiting.content_hash))
    wait_for(lambda: worker.poll() is not None, "the worker's end")
    held = Announcement.unguarded.get()
    assert (held.done_at, held.attempts) == (None, 1)
    assert held.lease_until is not None
    assert not inboxes()

    # Half a minute later by the database's clock: the dead worker's lease has ended.
    Announcement.unguarded.update(lease_until=held.announced_at)
    start("worker")
    start("beat")
    wait_for(lambda: Announcement.unguarded.filter(done_at=None).count() == 0, "the second worker")
    assert set(inboxes().values()) == {1}
    assert inboxes()[cast.mallory.administration_id] == 1
