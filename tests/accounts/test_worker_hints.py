"""Hints to workers: the first at once, those that follow too soon together, and the last of them never lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from accounts import worker_hints


class Broker:
    """Counts what was sent; `second` is set by the second hint."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.second = threading.Event()

    def send_task(self, task: str, **_: Any) -> None:
        self.sent.append(task)
        if len(self.sent) == 2:
            self.second.set()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    counting = Broker()
    monkeypatch.setattr(worker_hints, "current_app", counting)
    return counting


def test_many_hints_at_once_become_one_now_and_one_behind_the_last(broker: Broker) -> None:
    for _ in range(50):
        worker_hints.tell_worker("test.hints.many")
    assert broker.second.wait(10)
    assert broker.sent == ["test.hints.many"] * 2


def test_another_task_does_not_wait_for_the_first(broker: Broker) -> None:
    worker_hints.tell_worker("test.hints.one")
    worker_hints.tell_worker("test.hints.other")
    assert broker.sent == ["test.hints.one", "test.hints.other"]


def test_a_broker_that_is_away_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def send_task(self, task: str, **_: Any) -> None:
            raise ConnectionError(task)

    monkeypatch.setattr(worker_hints, "current_app", Away())
    worker_hints.tell_worker("test.hints.away")
