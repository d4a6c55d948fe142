"""Any number of beats send once: the rows of the timetable say who."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection

from alerts.actions import timetable
from alerts.models import PeriodicTask
from config import beat
from config.celery import application

pytestmark = pytest.mark.usefixtures("fresh_database")
EVERY = timedelta(seconds=30)


def age(name: str, by: timedelta) -> None:
    """As if the task had been sent for that much earlier."""
    with connection.cursor() as cursor:
        cursor.execute("update alerts_periodictask set sent_at = sent_at - %s where name = %s", [by, name])


def test_a_new_entry_is_due_at_once_and_again_after_its_time_only() -> None:
    timetable.enter({"a": EVERY})
    assert timetable.claim_due(["a"]) == ["a"]
    assert timetable.claim_due(["a"]) == []
    age("a", EVERY)
    assert timetable.claim_due(["a"]) == ["a"]


def test_a_restart_keeps_the_time_and_takes_a_new_period() -> None:
    timetable.enter({"a": EVERY})
    timetable.claim_due(["a"])
    timetable.enter({"a": EVERY})
    assert timetable.claim_due(["a"]) == []
    timetable.enter({"a": timedelta(0)})
    assert timetable.claim_due(["a"]) == ["a"]


def test_only_what_is_on_the_timetable_of_this_version_is_sent() -> None:
    timetable.enter({"a": EVERY, "gone": EVERY})
    assert timetable.claim_due(["a"]) == ["a"]


def test_a_time_in_the_future_does_not_silence_a_task() -> None:
    timetable.enter({"a": EVERY})
    age("a", timedelta(days=-1))
    assert timetable.claim_due(["a"]) == ["a"]
    assert timetable.claim_due(["a"]) == []


def test_two_beats_at_once_share_the_work_and_double_nothing() -> None:
    names = [f"task {number}" for number in range(20)]
    timetable.enter(dict.fromkeys(names, EVERY))
    start, claimed = Barrier(4), []

    def claim() -> None:
        try:
            start.wait()
            for _ in range(5):
                claimed.extend(timetable.claim_due(names))
        finally:
            connection.close()

    threads = [Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(names)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the scheduler sends, in the order of sending."""
    tasks: list[str] = []
    monkeypatch.setattr(application, "send_task", lambda name, *_, **__: tasks.append(name))
    return tasks


def test_a_tick_sends_all_that_is_due_and_the_next_one_nothing(sent: list[str]) -> None:
    first, second = beat.RowScheduler(application), beat.RowScheduler(application)
    assert first.tick() == beat.PAUSE
    second.tick()
    assert sorted(sent) == sorted(entry["task"] for entry in application.conf.beat_schedule.values())
    assert PeriodicTask.unguarded.count() == len(sent)


def test_beat_outlives_a_broker_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(application, "send_task", refuse)
    assert beat.RowScheduler(application).tick() == beat.PAUSE


def test_beat_outlives_a_database_that_refuses(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = beat.RowScheduler(application)

    def refuse(*_: object) -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as away:
        away.setattr(timetable, "enter", refuse)
        assert scheduler.tick() == beat.PAUSE_IN_TROUBLE
    assert sent == []
    scheduler.tick()
    assert sent
