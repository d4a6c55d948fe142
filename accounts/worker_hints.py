"""Telling a worker to look now. A hint may be lost: what is to be done stands in rows, and the sweep looks too."""

from __future__ import annotations

import logging

from celery import current_app

log = logging.getLogger("opencen.hints")


def tell_worker(task: str) -> None:
    """Sends for the task; never fails, since what it would work on is committed already."""
    try:
        current_app.send_task(task, retry=False)
    except Exception as error:  # noqa: BLE001  (whatever the broker's trouble is, the rows are there)
        log.warning("no worker could be told of %s (%s); the sweep will", task, type(error).__name__)
