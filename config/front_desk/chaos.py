"""`./run chaos`: publishes under faults on servers of its own, and counts what was lost or doubled."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

from config.chaos import plan as plans
from config.chaos.report import words
from config.chaos.trial import run

# The trial breaks what it uses, so it uses nothing of anybody else's.
NOT_OURS = ("DATABASE_URL", "OPENCEN_OWNER_DATABASE_URL", "REDIS_URL", "OPENCEN_MODE", "OPENCEN_SMTP_HOST")


def chaos(arguments: list[str]) -> int:
    """Runs a trial; 0 where nothing was lost or doubled and all was quiet in time."""
    try:
        plan = plans.read(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    for name in NOT_OURS:
        os.environ.pop(name, None)
    for name in [one for one in os.environ if one.startswith("OPENCEN_") and one != "OPENCEN_PYTHON"]:
        del os.environ[name]
    # Also where it is told to end, what it started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {text}", file=sys.stderr, flush=True)

    report = run(plan, say)
    print(json.dumps(report.as_json()) if plan.as_json else words(report), flush=True)
    return 0 if report.good else 1
