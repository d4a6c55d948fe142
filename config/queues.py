"""Queues by purpose and the workers that serve them. Every limit stands beside its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any


@dataclass(frozen=True, slots=True)
class Queue:
    """`tasks`: patterns of task names; soft and hard: seconds a task may take before it is asked to end, and killed."""

    name: str
    tasks: tuple[str, ...]
    soft: int
    hard: int
    because: str


@dataclass(frozen=True, slots=True)
class Crew:
    """A worker program: how many processes, how many messages each holds in hand, and when a process is renewed."""

    name: str
    queues: tuple[str, ...]
    processes: int
    prefetch: int
    tasks_a_child: int
    megabytes_a_child: int
    because: str

    def options(self) -> list[str]:
        """For `celery worker`."""
        return [
            *("--pool", "prefork", "--concurrency", str(self.processes), "--queues", ",".join(self.queues)),
            *("--prefetch-multiplier", str(self.prefetch), "--max-tasks-per-child", str(self.tasks_a_child)),
            *("--max-memory-per-child", str(self.megabytes_a_child * 1024)),
        ]


# The first pattern that fits decides; what fits none is an alert's, where nothing waits for long.
QUEUES = (
    Queue(
        "deliveries",
        ("alerts.channels.*", "alerts.tasks.reconcile"),
        *(240, 270),
        "A round of sending holds leases and asks strangers' servers, 15 s each at most; it ends long before the broker"
        " would give its message to somebody else.",
    ),
    Queue(
        "mail",
        ("accounts.tasks.send_letters", "alerts.mail.*"),
        *(120, 150),
        "Twenty letters a turn; a mail server that hangs must hold up nothing but mail.",
    ),
    Queue(
        "imports",
        ("cen.imports.carry_on",),
        *(800, 830),
        "Reading the largest workbook for the first time takes minutes; the turns after that end at 90 s.",
    ),
    Queue("media", ("cen.media.*",), *(120, 150), "An image is cleaned in a child process of 10 s; twelve at once."),
    Queue(
        "sealed",
        ("comm.*",),
        *(240, 270),
        "Ciphertext is dropped round by round, and files of 200 MB take their time.",
    ),
    Queue(
        "housekeeping",
        ("accounts.tasks.forget_*", "cen.imports.forget_*", "cen.tasks.expire_*"),
        *(240, 270),
        "Works in rounds and goes on at the next tick; a statement that takes longer waits for a lock.",
    ),
    Queue(
        "alerts",
        ("alerts.*",),
        *(60, 90),
        "A fan-out takes well under a second and its lease half a minute: after a minute the worker is stuck.",
    ),
)
CREWS = (
    Crew(
        "worker",
        ("alerts",),
        *(2, 1, 2_000, 300),
        "Two, so that one large publication does not hold back a flash. One message in hand: the next one belongs to"
        " whoever is free. Renewed after 2,000 hints, an hour of sweeps, or at 300 MB, three times its usual size.",
    ),
    Crew(
        "deliverer",
        ("deliveries", "mail"),
        *(2, 1, 1_000, 300),
        "It waits for others most of its time, so it shares no process with anything that must be quick.",
    ),
    Crew(
        "importer",
        ("imports", "media", "sealed", "housekeeping"),
        *(2, 1, 100, 800),
        "Two, so that housekeeping goes on beside an import of minutes. Renewed early and at 800 MB: workbooks and"
        " images leave much behind.",
    ),
)
# Longer than the longest task, so that the broker never hands out a second copy of one that is being worked on.
VISIBILITY_SECONDS = 900
# How long a worker that is told to end may finish what it has begun; the rest goes back to the broker, and what was
# claimed by a lease is claimed again.
GRACE_SECONDS = 6.0


def queue_of(task: str) -> Queue:
    """The queue that a task of this name is sent to."""
    found = (queue for queue in QUEUES if any(fnmatch(task, pattern) for pattern in queue.tasks))
    return next(found, QUEUES[-1])


def route(name: str, *_: Any, **__: Any) -> dict[str, str]:
    """Celery asks this for every message."""
    return {"queue": queue_of(name).name}


class Limits:
    """Gives each task the time limits of its queue."""

    def annotate(self, task: Any) -> Mapping[str, int]:
        queue = queue_of(task.name)
        return {"soft_time_limit": queue.soft, "time_limit": queue.hard}

    def annotate_any(self) -> None:
        return None
