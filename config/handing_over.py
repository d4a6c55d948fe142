"""Hands requests of an ASGI server to the WSGI application in threads, as a WSGI server would.

Everything but the live streams goes this way. A small body is read before a thread is taken, so that a slow sender
holds none; a large one is read by the thread that wants it, so that what is refused is never read.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

type Scope = dict[str, Any]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Head = tuple[int, list[tuple[bytes, bytes]]]
# The usual form; what is longer comes to the thread piece by piece.
READ_BEFORE = 64 * 1024
# A sender that sends nothing for so long has gone.
SECONDS_A_PIECE = 60.0
# A file in one piece costs one step instead of one a piece.
AT_ONCE = 1024 * 1024
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class WsgiThreads:
    """`answer` runs the application; `threads` is how many requests it works on at once."""

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, "page")

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> tuple[Any, Head] | None:
        """Sends the application's answer. One that carries an `opening` is not sent, but returned with its head."""
        loop = asyncio.get_running_loop()
        environ = _environ(scope)
        environ["wsgi.input"] = await _body(environ, receive, loop)
        response, head, body = await loop.run_in_executor(self._threads, self._run, environ)
        if getattr(response, "opening", None) is not None:
            return response, head
        await send({"type": "http.response.start", "status": head[0], "headers": head[1]})
        if body is None:
            await loop.run_in_executor(self._threads, _stream, response, send, loop)
            body = b""
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return None

    def _run(self, environ: dict[str, Any]) -> tuple[Any, Head, bytes | None]:
        """In the thread; the body is None where it is to be sent piece by piece."""
        told: list[Head] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            told.append((int(status.split(" ", 1)[0]), lines))

        response = self._application(environ, start)
        head = told[-1]
        if getattr(response, "streaming", False) and not _short(head):
            return response, head, None
        try:
            return response, head, b"".join(response)
        finally:
            _close(response)

    def end(self) -> None:
        """Lets the threads go when they are done."""
        self._threads.shutdown(wait=False)


def _short(head: Head) -> bool:
    length = next((value for name, value in head[1] if name == b"content-length"), b"")
    return length.isdigit() and int(length) <= AT_ONCE


def _stream(response: Iterable[bytes], send: Send, loop: asyncio.AbstractEventLoop) -> None:
    try:
        for piece in response:
            if piece:
                message = {"type": "http.response.body", "body": bytes(piece), "more_body": True}
                asyncio.run_coroutine_threadsafe(_awaited(send, message), loop).result()
    finally:
        _close(response)


async def _awaited(send: Send, message: dict[str, Any]) -> None:
    await send(message)


def _close(response: Any) -> None:
    close = getattr(response, "close", None)
    if close is not None:
        close()


def _environ(scope: Scope) -> dict[str, Any]:
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # As WSGI wants it: the bytes of the path, each as the character of that number.
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        # X_Forwarded_For would arrive under the same name as X-Forwarded-For.
        if "_" in name:
            continue
        key = _PLAIN.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        known = environ.get(key)
        environ[key] = value if known is None else f"{known}{'; ' if name == 'cookie' else ','}{value}"
    return environ


async def _body(environ: dict[str, Any], receive: Receive, loop: asyncio.AbstractEventLoop) -> Any:
    length = environ.get("CONTENT_LENGTH", "0")
    if not length.isascii() or not length.isdigit() or int(length) == 0:
        return io.BytesIO()
    if int(length) > READ_BEFORE:
        return io.BufferedReader(_Pieces(receive, loop), READ_BEFORE)
    pieces: list[bytes] = []
    more = True
    while more:
        message = await asyncio.wait_for(receive(), SECONDS_A_PIECE)
        if message["type"] == "http.disconnect":
            break
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return io.BytesIO(b"".join(pieces))


class _Pieces(io.RawIOBase):
    """A body as it arrives, for the thread that reads it."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._rest, self._more = b"", True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and self._more:
            message = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self._more = message["type"] == "http.request" and message.get("more_body", False)
            self._rest = message.get("body", b"")
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    async def _next(self) -> dict[str, Any]:
        try:
            return await asyncio.wait_for(self._receive(), SECONDS_A_PIECE)
        except TimeoutError:
            return {"type": "http.disconnect"}
