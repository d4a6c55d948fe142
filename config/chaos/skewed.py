"""A worker whose clock is wrong: `python -m config.chaos.skewed SECONDS celery-arguments…`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta


def main() -> None:
    """Turns this process's clock, and its children's, by so many seconds, then is a Celery worker."""
    import time_machine
    from celery.__main__ import main as celery

    moment = datetime.now(UTC) + timedelta(seconds=float(sys.argv[1]))
    time_machine.travel(moment, tick=True).start()
    sys.argv = ["celery", *sys.argv[2:]]
    celery()


if __name__ == "__main__":
    main()
