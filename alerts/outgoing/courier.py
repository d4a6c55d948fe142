"""Many requests at once beside a thread that works on the database: none of them waits for another."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from alerts.outgoing import limits
from alerts.outgoing.answers import Answer
from alerts.outgoing.client import Client

# Looking up names blocks a thread each, and a dead name server for seconds.
LOOK_UPS = 64


@dataclass(frozen=True, slots=True)
class Parcel[Tag]:
    """A request with a tag of the caller's, by which he knows its answer again."""

    tag: Tag
    url: str
    body: bytes
    headers: Mapping[str, str]


class Courier[Tag]:
    """Runs an event loop in a thread of its own; `hand_over` and `answers` are for one calling thread."""

    def __init__(self) -> None:
        self._done: queue.SimpleQueue[tuple[Tag, Answer]] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="courier", daemon=True)
        self.under_way = 0

    def __enter__(self) -> Courier[Tag]:
        self._look_ups = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="look-up")
        self._loop.set_default_executor(self._look_ups)
        self._thread.start()
        self._client = asyncio.run_coroutine_threadsafe(_client(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Breaks off what is under way: its deliveries come back when their lease ends."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._look_ups.shutdown(wait=False, cancel_futures=True)

    @property
    def room(self) -> int:
        """How many requests may be handed over now."""
        return limits.AT_ONCE - self.under_way

    def hand_over(self, parcel: Parcel[Tag]) -> None:
        """Sends it as soon as the loop comes to it."""
        self.under_way += 1
        asyncio.run_coroutine_threadsafe(self._carry(parcel), self._loop)

    def answers(self, wait: float) -> list[tuple[Tag, Answer]]:
        """What has been answered: at least one within `wait` seconds, else nothing."""
        found: list[tuple[Tag, Answer]] = []
        until = time.monotonic() + wait
        while self.under_way:
            try:
                remaining = 0.0 if found else until - time.monotonic()
                found.append(self._done.get(remaining > 0, max(remaining, 0.0)))
            except queue.Empty:
                break
            self.under_way -= 1
        return found

    async def _carry(self, parcel: Parcel[Tag]) -> None:
        answer = await self._client.post(parcel.url, parcel.body, parcel.headers)
        self._done.put((parcel.tag, answer))

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.__aexit__(None, None, None)


async def _client() -> Client:
    return Client()
