"""The worker that is killed in mid-fan-out: alerts written, nothing committed yet. `celery -A …killed.worker`."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery.signals import worker_process_init

from config.celery import application

__all__ = ["application"]


@worker_process_init.connect
def arm(**kwargs: Any) -> None:
    """Once Django stands: the next fan-out ends after its last write."""
    from alerts import fanout

    write = fanout.write

    def write_and_die(*args: Any) -> int:
        write(*args)
        os.killpg(os.getpgid(0), signal.SIGKILL)
        return 0

    fanout.write = write_and_die  # type: ignore[assignment]
