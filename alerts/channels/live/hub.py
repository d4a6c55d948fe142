"""All listeners of one process: one listener at the database, one thread for questions, no connection a client."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

from accounts.actor import Actor
from alerts.channels.live import news
from alerts.channels.live.answer import RETRY, Opening, event, retry
from alerts.channels.live.wakeups import Wakeups
from alerts.sources import Recipient

log = logging.getLogger("opencen.live")
# Rights that end must end the stream within five seconds: asked each three, and answered well within the rest.
CHECK_EVERY = 3.0
# Proxies cut what is silent for half a minute or more; it also finds listeners that are gone.
BEAT_EVERY = 15.0
# Who takes nothing for so long has vanished without a word.
STALLED_AFTER = 30.0
# A person's browsers share one stream each; a machine's keys have one process each, or a few.
MOST_A_LISTENER = 6
# About 100 kB each: a process stays under a gigabyte.
MOST_A_PROCESS = 8_000
# Spreads the return of all those whom a restart cuts off.
RETURN_WITHIN = 5_000
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]


class Full(Exception):
    """No further stream: `status` and `seconds` until another try is worth it."""

    def __init__(self, status: int, seconds: int) -> None:
        super().__init__(status)
        self.status, self.seconds = status, seconds


class Listener:
    """One open stream."""

    __slots__ = ("actor", "beat", "closing", "inboxes", "known", "newest", "owner", "since", "ticket", "wake")

    def __init__(self, opening: Opening) -> None:
        self.actor, self.ticket = opening.actor, opening.ticket
        self.owner = str(opening.actor.officer_id or opening.actor.client_id)
        self.inboxes: tuple[Recipient, ...] = ()
        # `known` was sent; `newest` is to be sent.
        self.known = self.newest = opening.newest
        self.wake = asyncio.Event()
        self.beat = False
        self.closing = b""
        # When the chunk that is on its way was given to the server; 0 while none is.
        self.since = 0.0

    def close(self, last_words: bytes = b"\n") -> None:
        """Ends the stream after these bytes."""
        self.closing = last_words
        self.wake.set()


class Hub:
    """Starts with the first listener; `drain` ends all."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._by_inbox: dict[Recipient, set[Listener]] = defaultdict(set)
        self._of_owner: Counter[str] = Counter()
        # The newest number of each inbox that got something since the process began.
        self._latest: dict[Recipient, int] = {}
        self._highest = 0
        self._draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: asyncio.Future[None] | None = None
        # One thread, and so one connection: questions for all listeners, never for one.
        self._thread = ThreadPoolExecutor(1, "live")
        self._wakeups = Wakeups()

    async def serve(self, opening: Opening, headers: list[tuple[bytes, bytes]], receive: Receive, send: Send) -> None:
        """Keeps one stream open until it or its right ends. Raises Full before anything was sent."""
        await self._started()
        listener = self._admit(opening)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            look = opening.behind or listener.newest != listener.known
            listener.known = listener.newest
            await self._send(listener, send, retry(RETRY) + event(listener.known, look=look))
            gone, pump = asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._pump(listener, send))
            try:
                await asyncio.wait({gone, pump}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                pump.cancel()
        finally:
            self._leave(listener)

    async def _pump(self, listener: Listener, send: Send) -> None:
        while True:
            await listener.wake.wait()
            listener.wake.clear()
            if listener.closing:
                await send({"type": "http.response.body", "body": listener.closing, "more_body": False})
                return
            if listener.newest > listener.known:
                listener.known = listener.newest
                await self._send(listener, send, event(listener.known, look=True))
            elif listener.beat:
                await self._send(listener, send, b":\n\n")
            listener.beat = False

    @staticmethod
    async def _send(listener: Listener, send: Send, chunk: bytes) -> None:
        listener.since = time.monotonic()
        # A listener that takes nothing holds up nobody but itself, and is dropped.
        async with asyncio.timeout(STALLED_AFTER):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        listener.since = 0.0

    def _admit(self, opening: Opening) -> Listener:
        if self._draining or len(self.listeners) >= MOST_A_PROCESS:
            raise Full(503, 10)
        listener = Listener(opening)
        if self._of_owner[listener.owner] >= MOST_A_LISTENER:
            raise Full(429, 60)
        self._of_owner[listener.owner] += 1
        self.listeners.add(listener)
        self._place(listener, opening.actor)
        # What came between the question in the request and this moment was told to those who were here already.
        listener.newest = max([listener.newest, *(self._latest.get(one, 0) for one in listener.inboxes)])
        return listener

    def _place(self, listener: Listener, actor: Actor) -> None:
        for inbox in listener.inboxes:
            self._by_inbox[inbox].discard(listener)
        listener.actor, listener.inboxes = actor, news.listens_for(actor)
        for inbox in listener.inboxes:
            self._by_inbox[inbox].add(listener)

    def _leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        for inbox in listener.inboxes:
            self._by_inbox[inbox].discard(listener)
            if not self._by_inbox[inbox]:
                del self._by_inbox[inbox]
        self._of_owner[listener.owner] -= 1
        if self._of_owner[listener.owner] <= 0:
            del self._of_owner[listener.owner]

    async def _started(self) -> None:
        if self._starting is None:
            self._starting = asyncio.ensure_future(self._start())
        await asyncio.shield(self._starting)

    async def _start(self) -> None:
        try:
            self._highest = await self._ask(news.highest)
        except Exception:
            self._starting = None
            raise
        self._tasks = [asyncio.ensure_future(one) for one in (self._follow(), self._check(), self._beat())]

    async def _ask[T](self, question: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _fresh, question, *arguments)

    async def _follow(self) -> None:
        """Looks at every wake-up, and now and then without one."""
        async for _ in self._wakeups.moments():
            if not self.listeners:
                # Nobody to tell: what is newest is asked for again with the first who comes.
                continue
            with _kept_alive("alerts"):
                self._tell(await self._ask(news.news_since, self._highest))

    def _tell(self, found: dict[Recipient, int]) -> None:
        for inbox, number in found.items():
            self._latest[inbox] = number
            self._highest = max(self._highest, number)
            for listener in self._by_inbox.get(inbox, ()):
                listener.newest = max(listener.newest, number)
                listener.wake.set()

    async def _check(self) -> None:
        """Asks again for everybody: ends streams whose right has ended, and moves those whose seat has changed."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            asked = list(self.listeners)
            if not asked:
                continue
            with _kept_alive("rights"):
                entitled = await self._ask(news.still_entitled, {one.ticket for one in asked})
                for listener in asked:
                    actor = entitled.get(listener.ticket)
                    if actor is None:
                        listener.close()
                    elif actor != listener.actor and listener in self.listeners:
                        self._place(listener, actor)
                continue
            # Without an answer nobody is entitled to anything.
            self._close_all()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY)
            for listener in self.listeners:
                listener.beat = True
                listener.wake.set()

    def _close_all(self) -> None:
        for listener in self.listeners:
            # Not all at the same moment.
            listener.close(retry(random.randrange(1_000, RETURN_WITHIN)) + b"\n")  # noqa: S311

    def drain(self) -> None:
        """Ends every stream and admits none: the process is told to end. Browsers come again to the next one."""
        self._draining = True
        self._close_all()

    async def end(self) -> None:
        """Gives back the connections."""
        self.drain()
        for task in self._tasks:
            task.cancel()
        await self._wakeups.close()
        self._thread.shutdown(wait=False)


@contextlib.contextmanager
def _kept_alive(what: str) -> Any:
    """A database that is away must not end the task that will need it again."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  (whatever it was: asked again at the next turn)
        log.warning("%s could not be asked for (%s); asked again", what, type(error).__name__)


def _fresh[T](question: Callable[..., T], *arguments: Any) -> T:
    """Runs in the thread: a connection that died since the last question is not used again."""
    close_old_connections()
    try:
        return question(*arguments)
    finally:
        close_old_connections()


async def _gone(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
