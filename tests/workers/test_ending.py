"""Real workers that are told to end, are killed, or lose Valkey: nothing is lost, and they end within their limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.models import Announcement
from cen.actions.validate import Verdict, validate
from config import workers
from config.celery import application
from config.embedded import binaries
from config.embedded.server_account import server_account
from config.embedded.valkey import Valkey
from config.queues import GRACE_SECONDS
from tests.cast import Cast
from tests.journeys.test_killed import Start, cast, inboxes, start, wait_for
from tests.journeys.test_seizure_to_alert import as_, released

__all__ = ["cast", "start"]
pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.usefixtures("fresh_database")]
SLOW = {"config": "tests.workers.slow"}


def send(folder: Path, seconds: float) -> None:
    application.send_task("alerts.tasks.slow", (str(folder), seconds))


def seen(folder: Path, what: str) -> int:
    return len(list(folder.glob(f"{what}-*")))


def test_told_to_end_a_worker_finishes_what_it_began_and_takes_nothing_more(start: Start, tmp_path: Path) -> None:
    worker = start("worker", SLOW)
    send(tmp_path, 2)
    wait_for(lambda: seen(tmp_path, "begun"), "the task")
    assert [one.name for one in workers.workers()] == ["worker@test"]
    worker.send_signal(signal.SIGTERM)
    send(tmp_path, 0)
    assert worker.wait(30) == 0
    assert (seen(tmp_path, "begun"), seen(tmp_path, "ended")) == (1, 1)
    assert workers.queue_lengths()["alerts"] == 1
    assert workers.workers() == []


def test_what_is_not_finished_within_the_grace_goes_back_to_the_broker(start: Start, tmp_path: Path) -> None:
    worker = start("worker", SLOW)
    send(tmp_path, 50)
    wait_for(lambda: seen(tmp_path, "begun"), "the task")
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)
    assert time.monotonic() - began < GRACE_SECONDS + 8
    assert seen(tmp_path, "ended") == 0
    assert workers.queue_lengths()["alerts"] == 1


def test_a_killed_process_hands_its_task_to_another(start: Start, tmp_path: Path) -> None:
    worker = start("worker", SLOW)
    send(tmp_path, 3)
    wait_for(lambda: seen(tmp_path, "begun"), "the task")
    os.kill(int(next(tmp_path.glob("begun-*")).read_text()), signal.SIGKILL)
    wait_for(lambda: seen(tmp_path, "ended"), "the second run")
    assert seen(tmp_path, "begun") == 2
    assert worker.poll() is None


@pytest.fixture
def own_valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A server that this test may kill; the programs started here are led to it, the test's own process is not."""
    account = server_account()
    copies = Path(os.environ["OPENCEN_TEST_CACHE"]) / "binaries"
    # Beside the run's own servers: the account that runs it may enter there, and a socket's path stays short.
    folder = Path(os.environ["OPENCEN_HOME"]).with_name(f"{Path(os.environ['OPENCEN_HOME']).name}-own")
    server = Valkey(
        data=folder,
        sockets=folder,
        log=tmp_path / "valkey.log",
        password="only-for-this-test",
        binaries=binaries.copied(copies) if account else binaries.from_wheels(),
        account=account,
    )
    fresh(server)
    server.start()
    server.wait()
    monkeypatch.setenv("REDIS_URL", server.url())
    yield server
    server.stop()
    shutil.rmtree(server.data, ignore_errors=True)


def fresh(server: Valkey) -> None:
    """Nothing of what the server knew is left."""
    shutil.rmtree(server.data, ignore_errors=True)
    server.data.mkdir(mode=0o700)
    if account := server_account():
        account.owns(server.data)


def test_valkey_dies_with_all_it_knew_and_the_sweep_brings_everything_back(
    cast: Cast, own_valkey: Valkey, start: Start
) -> None:
    running: list[subprocess.Popen[bytes]] = [start("worker"), start("beat")]
    waiting = released(cast)
    assert own_valkey.process
    own_valkey.process.kill()
    own_valkey.process.wait()
    as_(cast.rosa, validate, waiting, Verdict.ACCEPTED, seen_hash=bytes(waiting.content_hash))
    assert Announcement.unguarded.filter(done_at=None).count() == 1
    fresh(own_valkey)
    own_valkey.start()
    own_valkey.wait()
    wait_for(lambda: Announcement.unguarded.filter(done_at=None).count() == 0, "the sweep")
    assert set(inboxes().values()) == {1}
    assert [one.poll() for one in running] == [None, None]
