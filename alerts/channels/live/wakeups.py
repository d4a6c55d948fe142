"""When to look: PostgreSQL says so at every commit that brought alerts; without it, every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from django.db import connection

log = logging.getLogger("opencen.live")
# The table's trigger notifies on this channel (alerts.migrations 0071); a commit with many rows wakes once.
CHANNEL = "opencen_alerts"
# Also where notifications arrive: behind a pooler in transaction mode they silently never do.
LOOK_AFTER = 4.0
# While the connection is lost, and before it is tried again.
LOOK_WITHOUT = 1.0
_OF_DJANGO = frozenset({"cursor_factory", "context", "server_side_binding"})


class Wakeups:
    """One connection of the process that only listens."""

    def __init__(self) -> None:
        self._line: psycopg.AsyncConnection[Any] | None = None

    async def moments(self) -> AsyncIterator[None]:
        """A moment for each time to look; never ends."""
        while True:
            # First look, then wait: what was committed before the line stood is seen too.
            try:
                line = await self._connected()
                yield
                with contextlib.suppress(TimeoutError):
                    async for _ in line.notifies(timeout=LOOK_AFTER, stop_after=1):
                        break
            except (psycopg.Error, OSError) as error:
                log.warning("the line for wake-ups is lost (%s); looking without it", type(error).__name__)
                await self.close()
                await asyncio.sleep(LOOK_WITHOUT)
                yield

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._line is None or self._line.closed:
            given = {k: v for k, v in connection.get_connection_params().items() if k not in _OF_DJANGO}
            self._line = await psycopg.AsyncConnection.connect(**given, autocommit=True)
            await self._line.execute(f"listen {CHANNEL}")
        return self._line

    async def close(self) -> None:
        """Gives the connection back."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await line.close()
