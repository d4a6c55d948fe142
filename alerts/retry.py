"""When a delivery is tried again: the plan as data, and its end."""

from __future__ import annotations

import random

from django.conf import settings

HOUR = 3_600.0
# The pause after the first, second … attempt that failed: what is short is over soon, what is long waits out a
# weekend. After the last of them every pause is as long as that one.
PAUSES = (5.0, 300.0, 1_800.0, 2 * HOUR, 5 * HOUR, 10 * HOUR)
# Then it is given up: seen by its owner and its publisher, who can tell each other by other means.
LASTS = 72 * HOUR
# So that what failed together does not come back together.
JITTER = 0.1


def pause_after(failures: int, age: float, *, asked: float | None = None) -> float | None:
    """Seconds until the next attempt, after so many failed ones; None where the plan is at its end.

    age: seconds since the plan began. asked: a pause that the receiver asked for, which is kept to where it is
    longer than the plan's. The last attempt is made when the plan ends.
    """
    speed = settings.RETRY_SPEED
    remaining = LASTS / speed - age
    if remaining <= 0:
        return None
    pause = PAUSES[min(max(failures, 1), len(PAUSES)) - 1] / speed
    pause *= 1 + random.random() * JITTER  # noqa: S311  (spreads load, guards nothing)
    return min(max(pause, asked or 0.0), remaining)


def plan_lasts() -> float:
    """The length of the whole plan, in seconds."""
    return LASTS / float(settings.RETRY_SPEED)
