"""The receivers of a trial: one server with an address for each administration, which writes down what it accepts."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from types import TracebackType

import orjson
from aiohttp import web

from config.chaos.report import Accepted

# Always a few go wrong, whatever else happens; shares of all requests.
ALWAYS_500, ALWAYS_HANG, ALWAYS_DROP = 0.003, 0.001, 0.005
HANGS_FOR = 3_600.0


class Receivers:
    """Runs beside the trial in a thread. `misbehave` is for the trial's own thread."""

    def __init__(self, seed: int) -> None:
        self.accepted: list[Accepted] = []
        self.port = 0
        self._chance = random.Random(seed)  # noqa: S311
        self._moods: dict[int, tuple[str, float]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="receivers", daemon=True)

    def __enter__(self) -> Receivers:
        self._runner = self._loop.run_until_complete(self._start())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def misbehave(self, administrations: list[int], how: str, seconds: float) -> None:
        """Lets these fail for a while: `500`, `hang` or `drop`."""
        until = time.monotonic() + seconds
        for one in administrations:
            self._moods[one] = (how, until)

    async def _start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/{administration:[0-9]+}", self._take)
        runner = web.AppRunner(app, shutdown_timeout=0, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.port = int(runner.addresses[0][1])
        return runner

    async def _end(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        administration = int(request.match_info["administration"])
        mood = self._mood(administration)
        if mood == "500":
            return web.Response(status=500)
        if mood == "hang":
            await asyncio.sleep(HANGS_FOR)
        data = body["data"]
        self.accepted.append(Accepted(administration, request.headers["webhook-id"], str(data.get("alert", ""))))
        if mood == "drop" and request.transport is not None:
            # Taken and acted upon, but nobody hears of it.
            request.transport.abort()
        return web.Response(status=204)

    def _mood(self, administration: int) -> str:
        how, until = self._moods.get(administration, ("", 0.0))
        if time.monotonic() < until:
            return how
        roll = self._chance.random()
        for mood, share in (("500", ALWAYS_500), ("hang", ALWAYS_HANG), ("drop", ALWAYS_DROP)):
            if roll < share:
                return mood
            roll -= share
        return ""
