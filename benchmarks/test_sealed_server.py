"""The server's admission: messages a second, both signatures verified, each committed by itself."""

from __future__ import annotations

import multiprocessing
from time import perf_counter
from typing import Any

import pytest
from cenlink.sealed.checks.messages import Message
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from benchmarks.conftest import Tell
from comm.actions.messages import post
from tests.cast import seat_cast
from tests.comm.served import Served
from tests.sealed.network import said

MESSAGES = 2_000


def _send(actor: Actor, room: Any, messages: list[Message]) -> None:
    """What one web process does."""
    for message in messages:
        with transaction.atomic(), acting_as(actor):
            post(actor, room.row(actor), message.signed.raw, message.ct or b"")


@pytest.mark.usefixtures("fresh_database")
def test_accept_messages(figure: Tell) -> None:
    served = Served(seat_cast())
    room, half = served.room, MESSAGES // 2
    work = [
        (
            getattr(served.cast, person.name.lower()),
            room,
            [room.sealed(person, said(f"{n}"), ctr=n) for n in range(half)],
        )
        for person in (served.alice, served.bob)
    ]
    connection.close()
    processes = [multiprocessing.get_context("fork").Process(target=_send, args=one) for one in work]
    began = perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    took = perf_counter() - began
    with transaction.atomic(), acting_as(served.cast.alice):
        kept = room.row(served.cast.alice).count
    figure("messages accepted by the server, two processes", kept / took, "1/s", at_least=200)
