"""Two groups, two administrations, each with a machine that posts for several of its agents."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, sleep

from cenlink.sealed.checks.messages import Message
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.api.authentication import actor_of_credential
from accounts.scopes import Scope
from tests.comm.served import Served, ServedRoom
from tests.sealed.network import said

# Below what one account may post within a minute.
EACH = 250
AGENTS = 4


@dataclass
class Line:
    """What one process sends: the machine's actor and token, the group, sealed messages of its agents in turn."""

    actor: Actor
    token: str
    room: ServedRoom
    messages: list[Message]


def lines(served: Served) -> list[Line]:
    return [_line(served, seat, code) for seat, code in ((served.ghana, "GH"), (served.senegal, "SN"))]


def machine(served: Served, code: str) -> tuple[Actor, str]:
    """A machine of the administration, by a new credential for sealed groups."""
    contact_point = served.network.contact_points[code]
    with transaction.atomic(), acting_as(contact_point):
        token = issue(contact_point, name="gate", scopes=[Scope.SEALED])[1]
    with transaction.atomic():
        actor = actor_of_credential(*token.split(".", 1))
    if actor is None:
        raise LookupError(code)
    return actor, token


def _line(served: Served, seat: object, code: str) -> Line:
    network = served.network
    actor, token = machine(served, code)
    agents = [network.opened_by(actor, seat, f"Gate {n}", typ="agent") for n in range(AGENTS)]  # type: ignore[arg-type]
    room = ServedRoom(network, served.alice, {"writer": agents})
    texts = [(agents[n % AGENTS], n) for n in range(EACH * AGENTS)]
    return Line(actor, token, room, [room.sealed(who, said(f"Container {n}"), ctr=n) for who, n in texts])


@dataclass(frozen=True)
class Took:
    """Seconds on the clock; seconds of processors, of the processes that sent and of the database's."""

    wall: float
    senders: float
    database: float


def at_once(acts: Sequence[Callable[[], None]]) -> Took:
    """Each act in a process of its own, as in a web worker."""
    postmaster = _postmaster()
    connection.close()
    before, others = _reaped(postmaster), resource.getrusage(resource.RUSAGE_CHILDREN)
    processes = [get_context("fork").Process(target=act) for act in acts]
    began = perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    wall = perf_counter() - began
    if any(process.exitcode for process in processes):
        raise RuntimeError("a sender failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - others.ru_utime - others.ru_stime
    # Once the backends have ended with the connections of the senders, the postmaster counts what they took.
    _await_backends()
    return Took(wall, spent, _reaped(postmaster) - before)


def _await_backends() -> None:
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(others)
        while cursor.fetchone()[0]:
            sleep(0.05)
            cursor.execute(others)


def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        backend = cursor.fetchone()[0]
    return int(_stat(backend)[1])


def _reaped(pid: int) -> float:
    return sum(map(int, _stat(pid)[13:15])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """From the state on: field 0 is the state, 1 the parent, 13 and 14 the time of children that have ended."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
