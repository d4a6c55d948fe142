"""Taking deliveries and giving them back with a verdict, by leases on the database's clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from alerts.models import DeliveryState, Why

# Claims that nobody came back from: whatever it is, it ends its workers, and a person must look at it.
UNANSWERED = 5


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until its lease ends. age: seconds of its retry plan; now: by the database's clock."""

    id: uuid.UUID
    token: uuid.UUID
    alert_id: uuid.UUID | None
    endpoint_id: uuid.UUID
    officer_id: uuid.UUID | None
    attempts: int
    unanswered: int
    failures: int
    age: float
    made_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a claimed delivery. pause: seconds until it is tried again, for one that waits."""

    id: uuid.UUID
    token: uuid.UUID
    state: DeliveryState
    reason: str = ""
    pause: float | None = None
    status: int | None = None
    error: str = ""


_CLOSE = """
    update alerts_delivery d set
        state = v.state, reason = v.reason, last_status = v.status, last_error = v.error,
        unanswered = 0, lease_token = null,
        failures = case when v.state = 'waiting' then d.failures + 1 else d.failures end,
        ended_at = case when v.state <> 'waiting' then clock_timestamp() end,
        next_at = case when v.pause is null then d.next_at
                  else clock_timestamp() + make_interval(secs => v.pause) end
    from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::float8[], %s::int[], %s::text[])
         as v(id, token, state, reason, pause, status, error)
    where d.id = v.id and d.lease_token = v.token and d.state = 'waiting'
    returning d.id
"""
_BRING_FORWARD = """
    update alerts_delivery set next_at = clock_timestamp(), failures = 0 where id in (
        select id from alerts_delivery
        where endpoint_id = %s and state = 'waiting' and lease_token is null and next_at > clock_timestamp()
        order by id for update skip locked
    )
"""
_LET_GO = """
    update alerts_delivery set
        state = %s, reason = %s, ended_at = clock_timestamp(), lease_token = null
    where state = 'waiting' and (lease_token is null or next_at <= clock_timestamp())
"""


def close(verdicts: Iterable[Verdict]) -> set[uuid.UUID]:
    """Writes the verdicts; returns the ids of those that were still ours.

    Whoever lost his lease meanwhile changes nothing: the next holder's verdict counts. The rows are locked in
    the order of their ids, so that two who close at once do not wait for each other in a circle.
    """
    listed = sorted(verdicts, key=lambda one: one.id)
    if not listed:
        return set()
    columns: list[list[Any]] = [
        [one.id for one in listed],
        [one.token for one in listed],
        [str(one.state) for one in listed],
        [one.reason for one in listed],
        [one.pause for one in listed],
        [one.status for one in listed],
        [one.error for one in listed],
    ]
    with connection.cursor() as cursor:
        cursor.execute("select id from alerts_delivery where id = any(%s) order by id for update", [columns[0]])
        cursor.execute(_CLOSE, columns)
        return {key for (key,) in cursor.fetchall()}


def bring_forward(endpoint: uuid.UUID) -> int:
    """Makes what waits for an endpoint due now, with short pauses again: it rested, answers, and what failed while it
    was away says nothing of what waits. The end of the plan stays. What others hold is passed over. Returns how many.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BRING_FORWARD, [endpoint])
        return int(cursor.rowcount)


def let_go() -> int:
    """Cancels what waits for endpoints that were switched off; what is under way is left to the next call."""
    off = "endpoint_id in (select id from alerts_endpoint where disabled_at is not null)"
    with connection.cursor() as cursor:
        cursor.execute(f"{_LET_GO} and {off}", [DeliveryState.CANCELLED, Why.DISABLED])
        return int(cursor.rowcount)


def give_up_old(lasts: float) -> int:
    """Gives up webhook deliveries whose plan ended while nobody could try them, as behind an endpoint at rest."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_LET_GO} and channel = 'webhook' and plan_from < clock_timestamp() - make_interval(secs => %s)",
            [DeliveryState.DEAD, Why.EXPIRED, lasts],
        )
        return int(cursor.rowcount)
