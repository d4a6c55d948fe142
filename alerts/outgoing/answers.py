"""What became of one request, said the same way whatever happened."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """What went wrong; kept with the delivery, and worded by the pages."""

    NONE = ""
    REFUSED = "address_refused"
    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TOO_SLOW = "too_slow"
    BROKEN_OFF = "broken_off"
    UNREADABLE = "unreadable"
    REDIRECT = "redirect"
    STATUS = "status"
    NO_SECRET = "no_secret"  # noqa: S105  (the name of a trouble)


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of HTTP, None where there was none. retry_after: seconds that the receiver asked for, if any."""

    status: int | None = None
    trouble: Trouble = Trouble.NONE
    retry_after: float | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == 410


def judged(status: int, retry_after: str = "", date: str = "") -> Answer:
    """The answer of a receiver. retry_after, date: its headers; only 429 and 503 may ask for a pause."""
    if 200 <= status < 300:
        return Answer(status)
    trouble = Trouble.REDIRECT if 300 <= status < 400 else Trouble.STATUS
    return Answer(status, trouble, _seconds(retry_after, date) if status in {429, 503} else None)


def _seconds(text: str, date: str) -> float | None:
    """Seconds, or a moment by the receiver's own clock: its Date header says what time it has."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    moments: list[Any] = []
    for one in (text, date):
        try:
            moments.append(parsedate_to_datetime(one))
        except (ValueError, TypeError):
            return None
    try:
        return max(0.0, float((moments[0] - moments[1]).total_seconds()))
    except TypeError:
        return None
