"""Workers as others see them: signs of life and lengths of queues in Valkey, and an end within a limit."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from celery import current_app, signals

from config.queues import GRACE_SECONDS, QUEUES

# One hash: name of the worker → sign of life. It is worth nothing once Valkey is gone, and neither is the worker.
SIGNS = "opencen.workers"
EVERY = 5.0
# A worker that gave no sign for so long is busy with its own death.
GONE_AFTER = 20.0
# Signs of workers that never said good-bye are dropped after a day, so that somebody sees them first.
FORGOTTEN_AFTER = 86_400.0


@dataclass(frozen=True, slots=True)
class WorkerSign:
    """A worker's last sign of life; `at` is Valkey's clock in seconds, `age` how long ago by the same clock."""

    name: str
    queues: tuple[str, ...]
    processes: int
    done: int
    active: int
    at: float
    age: float

    @property
    def alive(self) -> bool:
        return self.age <= GONE_AFTER


def workers() -> list[WorkerSign]:
    """Every worker that gave a sign, by name. Raises what the client of Valkey raises."""
    with valkey() as client:
        now = _clock(client)
        found = [_read(name, raw, now) for name, raw in client.hgetall(SIGNS).items()]
        old = [one.name for one in found if one.age > FORGOTTEN_AFTER]
        if old:
            client.hdel(SIGNS, *old)
    return sorted((one for one in found if one.name not in old), key=lambda one: one.name)


def queue_lengths() -> dict[str, int]:
    """Messages waiting in each queue. Raises what the client of Valkey raises."""
    with valkey() as client, client.pipeline(transaction=False) as asked:
        for queue in QUEUES:
            asked.llen(queue.name)
        return {queue.name: int(length) for queue, length in zip(QUEUES, asked.execute(), strict=True)}


@contextmanager
def valkey() -> Iterator[Any]:
    """The broker's own client, so that Sentinels and passwords are read in one place only."""
    with current_app.pool.acquire(block=True) as pooled:
        yield pooled.default_channel.client


def _clock(client: Any) -> float:
    seconds, micro = client.time()
    return int(seconds) + int(micro) / 1e6


def _read(name: bytes | str, raw: bytes | str, now: float) -> WorkerSign:
    facts = json.loads(raw)
    known = name.decode() if isinstance(name, bytes) else name
    return WorkerSign(
        known,
        tuple(facts["queues"]),
        facts["processes"],
        facts["done"],
        facts["active"],
        facts["at"],
        max(0.0, now - facts["at"]),
    )


_last_sign = 0.0


@signals.heartbeat_sent.connect
def give_sign(sender: Any, **_: Any) -> None:
    """In the worker's main process, every few seconds."""
    global _last_sign
    from celery.worker import state

    if time.monotonic() - _last_sign < EVERY:
        return
    _last_sign = time.monotonic()
    consumer = _consumers.get(sender.eventer.hostname)
    client = sender.eventer.connection.default_channel.client
    facts = {
        "at": _clock(client),
        "queues": sorted(queue.name for queue in consumer.task_consumer.queues) if consumer else [],
        "processes": consumer.pool.num_processes if consumer else 0,
        "done": state.all_total_count[0],
        "active": len(state.active_requests),
    }
    client.hset(SIGNS, sender.eventer.hostname, json.dumps(facts))


_consumers: dict[str, Any] = {}


@signals.worker_ready.connect
def note_consumer(sender: Any, **_: Any) -> None:
    """Remembers what the sign of life is about, and gives the first one at once."""
    _consumers[sender.hostname] = sender


@signals.worker_shutdown.connect
def say_good_bye(sender: Any, **_: Any) -> None:
    """A worker that ends in order is no longer listed."""
    try:
        with valkey() as client:
            client.hdel(SIGNS, sender.hostname)
    except Exception:  # noqa: BLE001, S110  (Valkey may be gone already, and the list with it)
        pass


@signals.worker_shutting_down.connect
def end_within(sig: str, how: str, **_: Any) -> None:
    """Told to end, a worker finishes what it has begun; after the time of grace it gives it back to the broker."""
    if how != "Warm":
        return
    clock = threading.Timer(GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGQUIT))
    clock.daemon = True
    clock.start()
