"""A worker with tasks that take as long as a test wants: `celery -A tests.workers.slow`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import uuid4

from config.celery import application

__all__ = ["application"]


@application.task(name="alerts.tasks.slow")
def slow(folder: str, seconds: float) -> None:
    """Leaves one file at its beginning, with the number of its process, and one at its end."""
    run = uuid4().hex
    (Path(folder) / f"begun-{run}").write_text(str(os.getpid()))
    time.sleep(seconds)
    (Path(folder) / f"ended-{run}").touch()
