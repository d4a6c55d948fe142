"""Telling a worker to look now. A hint may be lost: what is to be done stands in rows, and the sweep looks too."""

from __future__ import annotations

import logging
import threading
from time import monotonic

from celery import current_app

log = logging.getLogger("opencen.hints")
# Within this many seconds one hint is enough, if one more follows what came in between.
APART = 0.1
_lock = threading.Lock()
_sent: dict[str, float] = {}
_waiting: set[str] = set()


def tell_worker(task: str) -> None:
    """Sends for the task; never fails, since what it would work on is committed already.

    Hundreds within a second become some ten: whoever comes too soon after a hint is covered by one sent a moment later.
    """
    with _lock:
        if task in _waiting:
            return
        rest = _sent.get(task, -APART) + APART - monotonic()
        if rest > 0:
            _waiting.add(task)
            timer = threading.Timer(rest, _send, [task])
            timer.daemon = True
            timer.start()
            return
    _send(task)


def _send(task: str) -> None:
    # No longer waiting before it is sent: what is committed from here on asks for a hint of its own.
    with _lock:
        _waiting.discard(task)
        _sent[task] = monotonic()
    try:
        current_app.send_task(task, retry=False)
    except Exception as error:  # noqa: BLE001  (whatever the broker's trouble is, the rows are there)
        log.warning("no worker could be told of %s (%s); the sweep will", task, type(error).__name__)
