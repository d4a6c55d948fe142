"""What a trial is asked to do, and which faults there are."""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from enum import StrEnum

# The plan of 72 hours in 72 minutes, so that its first hours are over in the trial.
RETRY_SPEED = 60


class Fault(StrEnum):
    """Each happens while publishing goes on."""

    WORKER_KILLED = "worker killed (kill -9)"
    WORKER_FROZEN = "worker frozen past its lease"
    VALKEY_WIPED = "Valkey wiped"
    VALKEY_STOPPED = "Valkey stopped"
    VALKEY_LOST = "Valkey killed and its data removed"
    POSTGRES_RESTARTED = "PostgreSQL immediate restart"
    BACKENDS_ENDED = "all backends terminated"
    BEAT_KILLED = "beat killed (kill -9)"
    WEB_KILLED = "web killed between commit and answer"
    CLOCK_OFF = "worker's clock a day off"
    ENDPOINTS_FAIL = "endpoints answer 500"
    ENDPOINTS_HANG = "endpoints hang"
    ENDPOINTS_DROP = "endpoints accept and drop the answer"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is published to how many administrations under how many faults."""

    alerts: int
    administrations: int
    faults: int
    seed: int
    as_json: bool = False
    naive: bool = False

    def chosen(self) -> list[Fault]:
        """The faults in the order in which they come: every kind before one comes again."""
        order = random.Random(self.seed)  # noqa: S311  (repeats a trial, guards nothing)
        listed: list[Fault] = []
        while len(listed) < self.faults:
            round_of = list(Fault)
            order.shuffle(round_of)
            listed += round_of
        return listed[: self.faults]


def read(arguments: list[str]) -> Plan:
    """The plan of a command line."""
    parser = argparse.ArgumentParser(
        prog="./run chaos", description="Publishes under faults and counts what was lost or doubled."
    )
    parser.add_argument("--alerts", type=_count, default=100, help="publications (default 100; the long form 1000)")
    parser.add_argument("--administrations", type=_count, default=190, help="each with an inbox and a webhook")
    parser.add_argument("--faults", type=int, default=20, help="faults at random moments (the long form 50)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="repeats the order of faults")  # noqa: S311
    parser.add_argument("--json", action="store_true", help="the report as one JSON object on standard output")
    parser.add_argument(
        "--naive", action="store_true", help="one task a recipient after commit instead of the ledger: must lose"
    )
    given = parser.parse_args(arguments)
    return Plan(given.alerts, given.administrations, max(0, given.faults), given.seed, given.json, given.naive)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
