"""When a mail may leave: the officer's pace, his day and his night."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerts.models import Endpoint, Pace

# What is for information and wanted at once still comes in heaps: one mail for what came within so long.
GAP = timedelta(minutes=5)


def moment_for(
    mailbox: Endpoint, *, needs_me: bool, made_at: datetime, now: datetime, zone: str, urgent: bool = False
) -> datetime | None:
    """From when on an alert may be mailed; None for never. zone: the officer's, such as Africa/Accra.

    urgent: it can't wait, so neither a daily mail nor quiet hours hold it back.
    """
    pace = mailbox.needs_me if needs_me else mailbox.information
    if urgent and pace != Pace.NEVER:
        return made_at
    place = _zone(zone)
    match pace:
        case Pace.NEVER:
            return None
        case Pace.ALWAYS:
            return made_at
        case Pace.DIGEST:
            return _next(mailbox.digest_at, made_at.astimezone(place))
    earliest = made_at
    if not needs_me and mailbox.mailed_at is not None:
        earliest = max(earliest, mailbox.mailed_at + GAP)
    local = max(earliest, now).astimezone(place)
    end = _end_of_quiet(mailbox, local.time())
    return _next(end, local) if end else earliest


def _end_of_quiet(mailbox: Endpoint, at: time) -> time | None:
    """When the quiet hours end in which that time lies; None where it lies in none."""
    since, until = mailbox.quiet_from, mailbox.quiet_until
    if since is None or until is None or since == until:
        return None
    quiet = since <= at < until if since < until else at >= since or at < until
    return until if quiet else None


def _next(at: time, after: datetime) -> datetime:
    """The first moment behind `after` at which clocks there show that time."""
    today = datetime.combine(after.date(), at, after.tzinfo)
    return today if today > after else datetime.combine(after.date() + timedelta(days=1), at, after.tzinfo)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
