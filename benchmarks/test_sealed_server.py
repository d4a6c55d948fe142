"""The server's admission: messages a second on two processes, both signatures verified, each committed by itself."""

from __future__ import annotations

import http.client
from functools import partial
from time import perf_counter

import orjson
import pytest
from cenlink.sealed.checks.signed import verify
from django.db import connection, transaction

from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from audit import trail
from audit.verbs import Verb
from benchmarks.accepting import Line, Took, at_once, lines, machine
from benchmarks.conftest import Tell
from comm.actions.messages import post
from comm.api.octets import written
from comm.models import Group
from tests.cast import seat_cast
from tests.comm.own_server import free_port, web_server
from tests.comm.served import Served, ServedRoom
from tests.sealed.cases_of_groups import rem
from tests.sealed.network import Person


def _post(line: Line) -> None:
    for message in line.messages:
        with transaction.atomic(), acting_as(line.actor):
            group = policy_for(Group).visible_to(line.actor).get(gid=line.room.gid.hex())
            post(line.actor, group, message.signed.raw, message.ct or b"")


def _verify_only(line: Line, served: Served) -> None:
    keys = {uid: account.newest.key for uid, account in served.network.directory.accounts.items()}
    for message in line.messages:
        verify(message.signed, "msg", [keys[message.author]])


def _insert_only(line: Line) -> None:
    what = trail.What("sealed_group", line.room.gid.hex())
    for i in range(len(line.messages)):
        with transaction.atomic():
            trail.record(line.actor.who(), Verb.SEALED_MESSAGE_POSTED, what, facts={"i": i})


def _send(line: Line, port: int) -> None:
    """As a client that keeps its connection."""
    server = http.client.HTTPConnection("localhost", port)
    headers = {"Authorization": f"Bearer {line.token}", "Content-Type": "application/json"}
    address = f"/api/v1/sealed/groups/{line.room.gid.hex()}/messages"
    for message in line.messages:
        body = {"message": written(message.signed.raw), "ct": written(message.ct or b"")}
        server.request("POST", address, orjson.dumps(body), headers)
        answer = server.getresponse()
        if answer.status != 201:
            raise RuntimeError(answer.read()[:500])
        answer.read()


def _kept(every: list[Line]) -> int:
    rooms = []
    for line in every:
        with transaction.atomic(), acting_as(line.actor):
            rooms.append(policy_for(Group).visible_to(line.actor).get(gid=line.room.gid.hex()))
    return sum(room.count for room in rooms)


def _say(figure: Tell, how: str, kept: int, took: Took) -> None:
    figure(f"messages accepted {how}, two processes", kept / took.wall, "1/s", at_least=200)


@pytest.mark.usefixtures("fresh_database")
def test_accept_in_process(figure: Tell) -> None:
    served = Served(seat_cast())
    every = lines(served)
    count = sum(len(line.messages) for line in every)
    verified = at_once([partial(_verify_only, line, served) for line in every])
    inserted = at_once([partial(_insert_only, line) for line in every])
    took = at_once([partial(_post, line) for line in every])
    _say(figure, "by the server's act", _kept(every), took)
    spent = (took.senders + took.database) / count * 1000
    figure("processor time a message, act and database (two cores)", spent, "ms", at_most=10)
    figure("of that, in the database", took.database / count * 1000, "ms", at_most=10)
    figure("both signatures verified and nothing else", count / verified.wall, "1/s", at_least=200)
    figure("an audit event inserted, committed and nothing else", count / inserted.wall, "1/s", at_least=200)


@pytest.mark.usefixtures("fresh_database")
def test_accept_over_http(figure: Tell) -> None:
    every = lines(Served(seat_cast()))
    connection.close()
    port = free_port()
    with web_server(port, workers=2):
        took = at_once([partial(_send, line, port) for line in every])
    _say(figure, "over HTTP", _kept(every), took)


class _TimedRoom(ServedRoom):
    """Tells how long the server took for the last link."""

    took = 0.0

    def send(self, author: Person, raw: bytes, wraps: list[bytes]) -> None:
        began = perf_counter()
        super().send(author, raw, wraps)
        self.took = perf_counter() - began


@pytest.mark.usefixtures("fresh_database")
def test_remove_from_a_thousand(figure: Tell) -> None:
    served = Served(seat_cast())
    actor = machine(served, "GH")[0]
    members = [served.network.opened_by(actor, served.ghana, f"Gate {n}", typ="agent") for n in range(998)]
    room = _TimedRoom(served.network, served.alice, {"writer": [*members, served.bob]})
    room.turn(served.alice, [rem(served.bob), room.epoch(without=[served.bob])])
    with transaction.atomic(), acting_as(served.cast.alice):
        assert room.row(served.cast.alice).seq == 2  # noqa: S101  (a figure of what did not happen is worth nothing)
    figure("removal from a group of 1,000, one transaction", room.took, "s", at_most=5)
