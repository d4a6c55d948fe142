"""What an event stream costs without anything around it: the limit for the product's own."""

from __future__ import annotations

import asyncio
from typing import Any

_waiting: set[asyncio.Event] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """GET /stream stays open; any other request sends one event to all."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] != "/stream":
        for one in _waiting:
            one.set()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    wake = asyncio.Event()
    _waiting.add(wake)
    await send({"type": "http.response.body", "body": b"id: 0\nevent: at\ndata: 0\n\n", "more_body": True})
    try:
        while True:
            await wake.wait()
            wake.clear()
            await send({"type": "http.response.body", "body": b"id: 1\nevent: look\ndata: 1\n\n", "more_body": True})
    finally:
        _waiting.discard(wake)
