"""Keeps web, workers and beat running, and ends them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import processes
from config.embedded.preparation import ROOT
from config.queues import CREWS, Crew

HOST = "127.0.0.1"
# Twice what the hub of streams admits, so that pages have their room beside it.
MOST_STREAMS = 16_384
# A process that dies this often within the span has a reason that another start will not remove.
DEATHS = 5
SPAN = 60.0


@dataclass
class Program:
    """One of the product's own processes."""

    name: str
    command: list[str]
    # The worker's short form of "leave the task, another takes it"; the others just end.
    orphan_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    def died_too_often(self) -> bool:
        """Notes a death and tells whether there were too many within the span."""
        self.deaths.append(time.monotonic())
        return len(self.deaths) == DEATHS and self.deaths[-1] - self.deaths[0] < SPAN


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def programs(port: int, worker_name: str) -> list[Program]:
    """The product's processes for one port."""
    python = [sys.executable, "-m"]
    return [
        Program(
            "web",
            [
                *(*python, "granian", "--interface", "asgi", "--host", HOST, "--port", str(port)),
                # Half of the cores: the others belong to PostgreSQL and the workers.
                *("--workers", str(max(1, _cores() // 2))),
                # A live stream counts as a request for as long as it stays open.
                *("--backpressure", str(MOST_STREAMS)),
                *("--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5"),
                *("--log-level", "warning", "config.asgi:application"),
            ],
        ),
        *(_worker(crew, worker_name if crew.name == "worker" else f"{crew.name}-{worker_name}") for crew in CREWS),
        Program(
            "beat",
            [
                *(*python, "celery", "-A", "config", "beat", "--scheduler", "config.beat.RowScheduler"),
                *("--loglevel", "WARNING", "--pidfile", ""),
            ],
        ),
    ]


def _worker(crew: Crew, host: str) -> Program:
    return Program(
        crew.name,
        [
            *(sys.executable, "-m", "celery", "-A", "config", "worker", "--hostname", host, *crew.options()),
            # Gossip and mingle are talk between workers that nothing here needs, and cost a second at the start.
            *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
        ],
        # The worker's short form of "leave the task, another takes it".
        orphan_signal=signal.SIGQUIT,
    )


class Supervisor:
    """The running programs of one front desk."""

    def __init__(self, listed: list[Program], environment: Mapping[str, str], logs: Path) -> None:
        self.programs = listed
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._logs = logs

    def log(self, name: str) -> Path:
        """The log of one program."""
        return self._logs / f"{name}.log"

    def start(self, *names: str) -> None:
        """Starts the named programs, or starts them again."""
        for program in self.programs:
            if program.name in names:
                program.process = processes.spawn(
                    program.command,
                    log=self.log(program.name),
                    env=self._environment,
                    folder=ROOT,
                    orphan_signal=program.orphan_signal,
                )

    def dead(self) -> list[Program]:
        """The programs that ended without being asked; what they left of their children is ended too."""
        ended = [p for p in self.programs if p.process is not None and p.process.poll() is not None]
        for program in ended:
            assert program.process is not None
            processes.kill_group(program.process.pid)
        return ended

    def stop(self, within: float) -> None:
        """Asks all at once, waits for all together, then kills what is left."""
        running = [p.process for p in self.programs if p.process is not None]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + within
        while time.monotonic() < until and any(process.poll() is None for process in running):
            time.sleep(0.02)
        for process in running:
            processes.end(process, within=0.0)
