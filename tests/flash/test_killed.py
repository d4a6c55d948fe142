"""Workers that sweep at once, and one that is killed in the middle of a step: no step lost, none taken twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection

from accounts.actor import SystemTask, system
from alerts.models import Alert
from cen.actions.escalate import escalate_next
from cen.models import FlashEscalation
from config.embedded.preparation import ROOT
from tests.cast import Cast, posting_of, seat_cast
from tests.flash.flashed import a_contact, draft_to, issued, time_passes
from tests.journeys.test_seizure_to_alert import as_

# Real processes compete for two cores: one process of pytest-xdist runs them one after the other.
pytestmark = pytest.mark.xdist_group("up")


@pytest.fixture
def cast(fresh_database: str) -> Cast:
    return seat_cast()


def counted() -> dict[str, int]:
    def count(_: object) -> dict[str, int]:
        return {
            "steps": FlashEscalation.unguarded.count(),
            "escalated": Alert.unguarded.filter(kind="flash.escalated").count(),
            "overdue": Alert.unguarded.filter(kind="flash.overdue").count(),
        }

    found: dict[str, int] = as_(system(SystemTask.ESCALATION), count)
    return found


def test_killed_in_the_middle_of_a_step_the_next_worker_takes_it_once(cast: Cast) -> None:
    a_contact(cast.bob, 1, posting=posting_of(cast.bob))
    time_passes(issued(cast.rosa, draft_to(cast.bob)), 15)
    died = subprocess.run(
        [sys.executable, "-m", "tests.flash.killed"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert counted() == {"steps": 0, "escalated": 0, "overdue": 0}
    while escalate_next():
        pass
    assert counted() == {"steps": 1, "escalated": 1, "overdue": 1}


def test_workers_that_sweep_at_the_same_time_take_each_step_once(cast: Cast) -> None:
    for actor in (cast.bob, cast.mallory, cast.amira):
        a_contact(actor, 1, posting=posting_of(actor))
    time_passes(issued(cast.rosa, draft_to(cast.bob, cast.mallory, cast.amira)), 15)
    failed: list[BaseException] = []

    def sweep() -> None:
        try:
            while escalate_next():
                pass
        except BaseException as error:  # noqa: BLE001  (told to the test below)
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=sweep) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    while escalate_next():
        pass
    assert failed == []
    assert counted() == {"steps": 3, "escalated": 3, "overdue": 1}
