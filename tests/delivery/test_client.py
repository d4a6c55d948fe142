"""The client against real receivers: what they do is told the same way, and none is waited for long."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web

from alerts.outgoing import limits
from alerts.outgoing.answers import Answer, Trouble, judged
from alerts.outgoing.client import Client
from alerts.outgoing.courier import Courier, Parcel
from tests.delivery.receivers import answering, dropping, hanging, huge, receiving


@pytest.fixture(autouse=True)
def on_loopback(settings: Any) -> None:
    settings.ALLOW_LOOPBACK_WEBHOOKS = True


def sent(url: str) -> Answer:
    async def send() -> Answer:
        async with Client() as client:
            return await client.post(url, b'{"a":1}', {"webhook-id": "x"})

    return asyncio.run(send())


def test_success_is_any_status_of_success() -> None:
    for status in (200, 201, 204):
        with receiving(answering(status)) as receiver:
            assert sent(receiver.url()) == Answer(status)
            assert receiver.got[0].body == b'{"a":1}'


def test_a_redirect_is_not_followed() -> None:
    with receiving() as elsewhere, receiving(answering(302, Location=elsewhere.url("/other"))) as receiver:
        assert sent(receiver.url()) == Answer(302, Trouble.REDIRECT)
        assert elsewhere.got == []


def test_a_status_that_is_none_of_ours_and_one_that_asks_for_a_pause() -> None:
    with receiving(answering(500)) as receiver:
        assert sent(receiver.url()) == Answer(500, Trouble.STATUS)
    with receiving(answering(503, Retry_After="120")) as receiver:
        assert sent(receiver.url()) == Answer(503, Trouble.STATUS, 120.0)
    with receiving(answering(410)) as receiver:
        assert sent(receiver.url()).gone


def test_a_receiver_that_never_stops_talking_is_cut_off_and_has_taken_it() -> None:
    with receiving(huge) as receiver:
        began = time.monotonic()
        assert sent(receiver.url()).delivered
        assert time.monotonic() - began < limits.TOTAL / 2


def test_a_receiver_that_hangs_is_left(settings: Any) -> None:
    settings.RETRY_SPEED = 1_000
    with receiving(hanging) as receiver:
        began = time.monotonic()
        assert sent(receiver.url()).trouble is Trouble.TOO_SLOW
        assert time.monotonic() - began < limits.total() + 2


def test_a_receiver_that_drips_its_head_is_left(settings: Any) -> None:
    settings.RETRY_SPEED = 1_000

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 ")
        while True:
            await asyncio.sleep(0.2)
            writer.write(b"2")

    async def go() -> Answer:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Client() as client:
            return await client.post(f"http://127.0.0.1:{port}/", b"{}", {})

    assert asyncio.run(go()).trouble in {Trouble.TOO_SLOW, Trouble.UNREADABLE}


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, b"no http at all\r\n\r\n", b""])
def test_an_answer_that_is_no_http_or_has_a_huge_head_is_no_success(head: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        writer.close()

    async def go() -> Answer:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Client() as client:
            return await client.post(f"http://127.0.0.1:{port}/", b"{}", {})

    got = asyncio.run(go())
    assert not got.delivered
    assert got.trouble in {Trouble.UNREADABLE, Trouble.BROKEN_OFF}


def test_a_dropped_connection_and_one_that_nobody_takes() -> None:
    with receiving(dropping) as receiver:
        assert sent(receiver.url()).trouble is Trouble.BROKEN_OFF
    assert sent(receiver.url()).trouble is Trouble.UNREACHABLE


def test_plain_http_on_a_port_of_https_and_the_reverse() -> None:
    with receiving() as receiver:
        assert sent(receiver.url().replace("http:", "https:")).trouble is Trouble.TLS


def test_a_pause_is_asked_for_in_seconds_or_by_the_receivers_own_clock() -> None:
    date, later = "Tue, 24 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:02:00 GMT"
    assert judged(429, "30").retry_after == 30
    # Its clock may be wrong by days: only the difference counts.
    assert judged(503, later, date).retry_after == 120
    assert judged(503, date, later).retry_after == 0
    for odd in ("", "soon", "-5", later, "9" * 30):
        assert judged(503, odd).retry_after in {None, 999_999_999.0}
    assert judged(500, "30").retry_after is None


def test_one_that_hangs_delays_nobody(settings: Any) -> None:
    settings.RETRY_SPEED = 1_000
    with receiving(hanging) as dead, receiving() as alive, Courier[str]() as courier:
        for number in range(20):
            courier.hand_over(Parcel(f"dead {number}", dead.url(), b"{}", {}))
        courier.hand_over(Parcel("alive", alive.url(), b"{}", {}))
        began = time.monotonic()
        assert [tag for tag, _answer in courier.answers(5)] == ["alive"]
        assert time.monotonic() - began < 1.5
        assert courier.under_way == 20


def test_keeps_no_cookie() -> None:
    async def with_cookie(request: web.Request) -> web.StreamResponse:
        response = web.Response()
        response.set_cookie("session", "1")
        return response

    with receiving(with_cookie) as receiver:

        async def twice() -> None:
            async with Client() as client:
                for _ in range(2):
                    await client.post(receiver.url(), b"{}", {})

        asyncio.run(twice())
        assert all("cookie" not in one.headers for one in receiver.got)
        assert len(receiver.got) == 2
