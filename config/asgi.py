"""The web application: one front that keeps live streams open and hands all other requests to WSGI threads.

An address is declared, checked and answered by Django like any other, by a thread; where its answer is a live stream,
the front takes over and the thread is free again.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Any

from config.wsgi import application as wsgi

# ruff: isort: split
# Only now does Django stand.
from alerts.channels.live.hub import Full, Hub
from config.handing_over import Receive, Scope, Send, WsgiThreads

# Pages wait for PostgreSQL a good part of their time, so one process serves several at once; beyond twice the cores
# they only wait for each other.
MOST_THREADS = 8
_threads = WsgiThreads(wsgi, min(MOST_THREADS, 2 * (os.cpu_count() or 1) + 1))
_hub = Hub()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI 3."""
    if scope["type"] == "lifespan":
        await _live_and_end(receive, send)
    elif scope["type"] == "http":
        answered = await _threads.answer(scope, receive, send)
        if answered is not None:
            response, (_status, headers) = answered
            lasting = [(name, value) for name, value in headers if name != b"content-length"]
            try:
                await _hub.serve(response.opening, lasting, receive, send)
            except Full as full:
                await _refuse(full, lasting, send)


async def _refuse(full: Full, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    """Too many streams: says when to come again; the pages work without."""
    kept = [(name, value) for name, value in headers if name != b"content-type"]
    code, title = (
        ("too_many_streams", "There are too many open streams of yours: close one, or ask less often.")
        if full.status == 429
        else ("busy", "No further stream can be kept open now: try again.")
    )
    document = {"type": f"urn:opencen:problem:{code}", "title": title, "status": full.status, "code": code}
    kept += [(b"content-type", b"application/problem+json"), (b"retry-after", str(full.seconds).encode())]
    await send({"type": "http.response.start", "status": full.status, "headers": kept})
    await send({"type": "http.response.body", "body": json.dumps(document).encode(), "more_body": False})


async def _live_and_end(receive: Receive, send: Send) -> None:
    await receive()
    loop = asyncio.get_running_loop()
    # The server has its own handler in the loop and waits for open answers before it says "shutdown": streams must
    # hear of the end before. Python calls this one as well, whatever the loop does.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(_hub.drain))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _hub.end()
    _threads.end()
    await send({"type": "lifespan.shutdown.complete"})


__all__: list[Any] = ["application"]
