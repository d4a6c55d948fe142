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
from tests.comm.served import Served, ServedRoom
from tests.sealed.network import said

MESSAGES = 2_000


def _send(actor: Actor, room: Any, messages: list[Message]) -> None:
    """What one web process does."""
    for message in messages:
        with transaction.atomic(), acting_as(actor):
            post(actor, room.row(actor), message.signed.raw, message.ct or b"")


@pytest.mark.usefixtures("fresh_database")
def test_accept_messages(figure: Tell, settings: Any) -> None:
    settings.SEALED_MESSAGES_A_MINUTE = MESSAGES
    served = Served(seat_cast())
    rooms = {
        "alice": served.room,
        "bob": ServedRoom(served.network, served.bob, {"writer": [served.alice]}),
    }
    work = [
        (
            served.network.actor(person),
            rooms[name],
            [rooms[name].sealed(person, said(f"{n}"), ctr=n) for n in range(MESSAGES // 2)],
        )
        for name, person in (("alice", served.alice), ("bob", served.bob))
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
        kept = sum(room.row(served.cast.alice).count for room in rooms.values())
    figure("messages accepted by the server, two processes", kept / took, "1/s", at_least=200)
