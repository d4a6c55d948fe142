"""Limits of a request to somebody else's server. Each carries its reason; seconds, bytes and numbers."""

from __future__ import annotations

from django.conf import settings

# A host that has not shaken hands by then is away.
CONNECT = 5.0
# A receiver notes an id and answers; what takes longer is to be done after the answer.
TOTAL = 15.0
# Of the answer only the status counts; this much is read so that the connection can be used again.
ANSWER_BYTES = 4_096
# Requests under way in one process: most wait, and 200 hanging receivers leave room for the rest.
AT_ONCE = 256
# Requests under way to one endpoint, in all processes.
AT_ONE_ENDPOINT = 4
# After so many failures in a row an endpoint rests, then is tried by single requests.
BREAKS_AT = 5
RESTS = 30.0
RESTS_AT_MOST = 600.0
# Who holds a delivery for longer is frozen or dead. More than TOTAL, so that a slow receiver is no repeat.
LEASE = 30.0


def rest(failures: int) -> float:
    """How long an endpoint rests after so many failures in a row, in seconds."""
    if failures < BREAKS_AT:
        return 0.0
    seconds: float = min(RESTS_AT_MOST, RESTS * 2 ** min(failures - BREAKS_AT, 10))
    return seconds / settings.RETRY_SPEED


def total() -> float:
    """TOTAL, shortened with everything else where a trial runs the plan faster; never under two seconds."""
    return max(2.0, TOTAL / settings.RETRY_SPEED)


def lease() -> float:
    """LEASE, likewise; always longer than the longest request."""
    return max(total() * 2, LEASE / settings.RETRY_SPEED)
