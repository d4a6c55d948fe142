"""The server's admission: messages a second on two processes, both signatures verified, each committed by itself."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep

import orjson
import pytest
from cenlink.sealed.checks.signed import verify
from django.db import connection, transaction

from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from audit import trail
from audit.verbs import Verb
from benchmarks.accepting import Line, Took, at_once, lines
from benchmarks.conftest import Tell
from comm.actions.messages import post
from comm.api.octets import written
from comm.models import Group
from tests.cast import seat_cast
from tests.comm.served import Served


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


@contextmanager
def _two_workers(port: int) -> Iterator[None]:
    """The product's web server on the test's database; it is measured as it is run."""
    environment = {**os.environ, "OPENCEN_MODE": "demonstration", "OPENCEN_PORT": str(port)}
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    more = ["--blocking-threads", "2", "--no-ws", "--log-level", "warning", "config.wsgi:application"]
    with subprocess.Popen([sys.executable, "-m", *command, *more], env=environment) as server:
        try:
            _await(port)
            yield
        finally:
            server.terminate()


def _await(port: int) -> None:
    until = monotonic() + 60
    while monotonic() < until:
        try:
            probe = http.client.HTTPConnection("localhost", port)
            probe.request("GET", "/api/v1/sealed/groups")
            probe.getresponse().read()
            return
        except OSError:
            sleep(0.2)
    raise RuntimeError("the web server did not start")


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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _two_workers(port):
        took = at_once([partial(_send, line, port) for line in every])
    _say(figure, "over HTTP", _kept(every), took)
