"""Many publish at once, pollers follow by number, listeners are cut again and again: nobody misses, nothing falls."""

from __future__ import annotations

import json
import queue
import threading
import time
from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.scopes import Scope
from alerts.models import Alert
from tests.alerts.inboxes import an_alert
from tests.alerts.listening import Listening
from tests.alerts.test_live_stream import cast, port
from tests.cast import Cast
from tests.journeys.test_killed import start

__all__ = ["cast", "port", "start"]
pytestmark = pytest.mark.xdist_group("up")


def key_of(actor: Actor) -> dict[str, str]:
    with transaction.atomic(), acting_as(actor):
        return {"Authorization": f"Bearer {issue(actor, name='agent', scopes=(Scope.ALERTS_READ,))[1]}"}


class Follower(threading.Thread):
    """Asks for what is behind the last number it knows, until told that all is published; then once more."""

    def __init__(self, port: int, key: dict[str, str], done: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.key, self.done = port, key, done
        self.line = HTTPConnection("localhost", port, timeout=60)
        self.numbers: list[int] = []
        self.trouble: Exception | None = None

    def run(self) -> None:
        try:
            self.follow()
        except Exception as error:  # noqa: BLE001  (shown by the test)
            self.trouble = error

    def follow(self) -> None:
        while not self.done.is_set():
            self.pull()
            self.done.wait(0.05)
        self.pull()

    def pull(self) -> None:
        further = True
        while further:
            after = self.numbers[-1] if self.numbers else 0
            headers = {"Host": f"localhost:{self.port}", **self.key}
            self.line.request("GET", f"/api/v1/alerts?after={after}&limit=50", headers=headers)
            answer: dict[str, Any] = json.loads(self.line.getresponse().read())
            self.numbers += [one["number"] for one in answer["results"]]
            further = answer["next"] is not None


class CutListener(Follower):
    """Asks only where the stream says so; its line is cut every so many seconds, and it goes on from its last event."""

    def __init__(self, port: int, key: dict[str, str], done: threading.Event, every: float) -> None:
        super().__init__(port, key, done)
        self.every, self.cuts = every, 0
        self.ids: list[int] = []

    def follow(self) -> None:
        last: dict[str, str] = {}
        while True:
            finishing = self.done.is_set()
            stream = Listening(self.port, {**self.key, **last}, "/api/v1/alerts/stream")
            assert stream.answer.status == 200, stream.answer.status
            self.listen(stream, time.monotonic() + self.every)
            stream.cut()
            self.cuts += 1
            last = {"Last-Event-ID": str(self.ids[-1])}
            if finishing:
                return

    def listen(self, stream: Listening, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            try:
                name, number = stream.next(left)
            except queue.Empty:
                return
            self.ids.append(number)
            if name == "look":
                self.pull()


def publish(actor: Actor, count: int) -> None:
    try:
        for _ in range(count):
            an_alert(actor)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("publishers", "each", "every"),
    [(8, 12, 0.7), pytest.param(20, 500, 2.0, marks=[pytest.mark.acceptance, pytest.mark.timeout(1800)])],
)
def test_nothing_is_missed_and_the_order_never_falls(
    cast: Cast, port: int, publishers: int, each: int, every: float
) -> None:
    done, key, other = threading.Event(), key_of(cast.amira), key_of(cast.amira)
    followers = [Follower(port, key, done) for _ in range(2)]
    listeners = [CutListener(port, other, done, every) for _ in range(3)]
    writers = [threading.Thread(target=publish, args=(cast.amira, each)) for _ in range(publishers)]
    for thread in (*followers, *listeners, *writers):
        thread.start()
    for writer in writers:
        writer.join()
    done.set()
    for one in (*followers, *listeners):
        one.join(120)
        assert one.trouble is None
        assert not one.is_alive()
    with transaction.atomic(), acting_as(cast.amira):
        published = list(Alert.unguarded.order_by("number").values_list("number", flat=True))
    assert len(published) == publishers * each
    for one in (*followers, *listeners):
        assert one.numbers == published
    for listener in listeners:
        assert listener.cuts >= 2
        assert listener.ids == sorted(listener.ids)
        assert listener.ids[-1] == published[-1]
