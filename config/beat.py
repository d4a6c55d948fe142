"""The beat: sends for periodic tasks. Any number may run: PostgreSQL says which of them sends for what.

The timetable's rows are claimed by changing them (alerts.actions.timetable), so a second beat doubles nothing and takes
over at once, a frozen one is simply not needed, and neither Valkey nor a file holds anything that could be lost.
"""

from __future__ import annotations

import logging
from typing import Any

from celery.beat import Scheduler
from django.db import DatabaseError, connection

log = logging.getLogger("opencen.beat")
# The shortest period is two seconds; looking twice as often keeps it within half a second or so.
PAUSE = 0.5
# While PostgreSQL is away: soon enough to be there when it comes back.
PAUSE_IN_TROUBLE = 1.0


class RowScheduler(Scheduler):
    """`celery beat --scheduler config.beat.RowScheduler`."""

    _entered = False

    def setup_schedule(self) -> None:
        self.schedule: dict[str, Any] = self.data
        self.update_from_dict(self.app.conf.beat_schedule)

    def tick(self, *_: Any, **__: Any) -> float:
        """Sends for what is due; returns how many seconds to wait."""
        from alerts.actions import timetable

        try:
            if not self._entered:
                timetable.enter({name: entry.schedule.run_every for name, entry in self.schedule.items()})
                self._entered = True
            due = timetable.claim_due(list(self.schedule))
        except DatabaseError as error:
            log.warning("the timetable can't be read (%s); tried again", type(error).__name__)
            connection.close()
            return PAUSE_IN_TROUBLE
        for name in due:
            self._send(name)
        return PAUSE

    def _send(self, name: str) -> None:
        entry = self.schedule[name]
        try:
            self.app.send_task(entry.task, entry.args, entry.kwargs, retry=False, **entry.options)
        except Exception as error:  # noqa: BLE001  (whatever the broker's trouble is: the next tick sends again)
            log.warning("no worker could be told of %s (%s); the next tick will", entry.task, type(error).__name__)
