"""Sends due webhooks: many endpoints at once, a few requests to each, and none waits for another.

The database is worked on in this thread, between requests and never during one; the requests run beside it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from alerts import rights
from alerts.channels.webhook import endings, message, signature
from alerts.claims import UNANSWERED, Claimed, Verdict, bring_forward, close
from alerts.models import DeliveryState, Endpoint, Why
from alerts.outgoing import limits
from alerts.outgoing.answers import Answer, Trouble
from alerts.outgoing.courier import Courier, Parcel
from alerts.outgoing.sealing import SealBroken, unseal
from alerts.retry import pause_after

log = logging.getLogger("opencen.webhooks")
# A task claims for so long, then brings home what is under way: a worker told to end does so soon.
CLAIMS_FOR = 20.0
# How long one waits for an answer before looking for new work, in seconds.
LOOKS_EVERY = 0.25
# Endpoints in a random order, so that none is always last; to one that fails a single request at a time.
_CLAIM = """
    with taking as materialized (
        select id, case when failures >= %(breaks_at)s then 1 else %(at_one)s end as at_once
        from alerts_endpoint
        where channel = 'webhook' and disabled_at is null
          and (paused_until is null or paused_until <= statement_timestamp())
        order by random()
    ), chosen as materialized (
        select due.id from taking t
        cross join lateral (
            select count(*) as number from alerts_delivery f
            where f.endpoint_id = t.id and f.state = 'waiting' and f.lease_token is not null
              and f.next_at > statement_timestamp()
        ) busy
        cross join lateral (
            select d.id from alerts_delivery d
            where d.endpoint_id = t.id and d.state = 'waiting' and d.next_at <= statement_timestamp()
            order by d.next_at, d.id limit greatest(0, t.at_once - busy.number) for update skip locked
        ) due
        limit %(room)s
    )
    update alerts_delivery d set
        lease_token = gen_random_uuid(), next_at = clock_timestamp() + make_interval(secs => %(lease)s),
        attempts = d.attempts + 1, unanswered = d.unanswered + 1
    from chosen where d.id = chosen.id
    returning d.id, d.lease_token, d.alert_id, d.endpoint_id, d.officer_id, d.attempts, d.unanswered, d.failures,
              extract(epoch from clock_timestamp() - d.plan_from)::float8, d.made_at, clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A claimed delivery and when we took it, by this process's own clock that never jumps."""

    claimed: Claimed
    taken: float


def send_all() -> int:
    """Sends what is due, and what becomes due meanwhile; returns how many requests were answered."""
    until = time.monotonic() + CLAIMS_FOR
    first = _take(limits.AT_ONCE)
    if not first:
        return 0
    answered = 0
    with Courier[Sent]() as courier:
        parcels = first
        while True:
            for parcel in parcels:
                courier.hand_over(parcel)
            answers = courier.answers(LOOKS_EVERY)
            _settle(answers)
            answered += len(answers)
            parcels = _take(courier.room) if time.monotonic() < until else []
            if not parcels and not courier.under_way:
                return answered


def _take(room: int) -> list[Parcel[Sent]]:
    """Claims, reads rights again, and makes requests of what may leave; the rest is ended with its reason."""
    if room <= 0:
        return []
    taken = time.monotonic()
    claimed = _claim(room)
    if not claimed:
        return []
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        refused = rights.no_longer(claimed)
        verdicts = [
            Verdict(one.id, one.token, DeliveryState.CANCELLED, refused[one.id]) for one in claimed if one.id in refused
        ]
        poison = [one for one in claimed if one.unanswered > UNANSWERED and one.id not in refused]
        verdicts += [Verdict(one.id, one.token, DeliveryState.DEAD, Why.QUARANTINED) for one in poison]
        endings.tell(close(verdicts), verdicts)
        ended = {one.id for one in verdicts}
        leaving = [one for one in claimed if one.id not in ended]
        endpoints = Endpoint.unguarded.in_bulk({one.endpoint_id for one in leaving})
    parcels, unsigned = [], []
    for one in leaving:
        endpoint = endpoints[one.endpoint_id]
        try:
            secrets = _secrets(endpoint, one)
        except SealBroken:
            log.error("the secret of endpoint %s does not open under the server's key", endpoint.pk)
            unsigned.append((Sent(one, taken), Answer(trouble=Trouble.NO_SECRET)))
            continue
        content = message.body(one)
        head = signature.headers(str(one.id), int(one.now.timestamp()), content, secrets)
        parcels.append(Parcel(Sent(one, taken), endpoint.url, content, head))
    _settle(unsigned)
    return parcels


def _claim(room: int) -> list[Claimed]:
    facts = {
        "breaks_at": limits.BREAKS_AT,
        "at_one": limits.AT_ONE_ENDPOINT,
        "room": room,
        "lease": limits.lease(),
    }
    with (
        transaction.atomic(),
        acting_as(system(SystemTask.DELIVERY)),
        connection.cursor() as cursor,
    ):
        cursor.execute(_CLAIM, facts)
        return [Claimed(*row) for row in cursor.fetchall()]


def _secrets(endpoint: Endpoint, one: Claimed) -> list[bytes]:
    sealed: list[Any] = [endpoint.secret_sealed]
    if endpoint.earlier_sealed and endpoint.earlier_until and endpoint.earlier_until > one.now:
        sealed.append(endpoint.earlier_sealed)
    return [unseal(each, endpoint.pk) for each in sealed]


def _settle(answers: Iterable[tuple[Sent, Answer]]) -> None:
    """Writes what became of the requests, and lets endpoints rest or begin anew."""
    listed = list(answers)
    if not listed:
        return
    verdicts = [_verdict(sent, answer) for sent, answer in listed]
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        ours = close(verdicts)
        endings.tell(ours, verdicts)
        by_endpoint: dict[Any, list[Answer]] = {}
        for sent, answer in listed:
            by_endpoint.setdefault(sent.claimed.endpoint_id, []).append(answer)
        for key in sorted(by_endpoint):
            _note(key, by_endpoint[key])


def _verdict(sent: Sent, answer: Answer) -> Verdict:
    one = sent.claimed
    facts: dict[str, Any] = {"status": answer.status, "error": str(answer.trouble)}
    if answer.delivered:
        return Verdict(one.id, one.token, DeliveryState.DONE, **facts)
    if one.alert_id is None:
        return Verdict(one.id, one.token, DeliveryState.DEAD, Why.TEST_FAILED, **facts)
    if answer.gone:
        return Verdict(one.id, one.token, DeliveryState.DEAD, Why.GONE, **facts)
    pause = pause_after(one.failures + 1, one.age + time.monotonic() - sent.taken, asked=answer.retry_after)
    if pause is None:
        return Verdict(one.id, one.token, DeliveryState.DEAD, Why.EXPIRED, **facts)
    return Verdict(one.id, one.token, DeliveryState.WAITING, pause=pause, **facts)


def _note(endpoint: Any, answers: list[Answer]) -> None:
    """What the answers say of the endpoint: working, failing, or gone for good."""
    row = Endpoint.unguarded.filter(pk=endpoint)
    if any(one.gone for one in answers):
        endings.end_for_good(endpoint)
    elif any(one.delivered for one in answers):
        held = row.select_for_update(no_key=True).get()
        if held.failures:
            row.update(failures=0, paused_until=None)
        if held.failures >= limits.BREAKS_AT:
            bring_forward(endpoint)
    else:
        held = row.select_for_update(no_key=True).get()
        failures = held.failures + len(answers)
        asked = max((one.retry_after or 0.0 for one in answers), default=0.0)
        rest = max(limits.rest(failures), min(asked, limits.RESTS_AT_MOST))
        row.update(failures=failures, paused_until=Now() + timedelta(seconds=rest) if rest else None)
