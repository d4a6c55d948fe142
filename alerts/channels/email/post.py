"""Sends the mails that are due: one for all that waits for one officer at one seat."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.models import Officer
from alerts import rights
from alerts.channels.email.letter import compose
from alerts.channels.email.moment import moment_for
from alerts.channels.webhook.endings import tell
from alerts.claims import UNANSWERED, Verdict, close
from alerts.models import Delivery, DeliveryState, Endpoint, Why
from alerts.retry import pause_after

log = logging.getLogger("opencen.mails")
# A mail server that has not answered by then is away; another worker may try.
LEASE = timedelta(minutes=2)
# More than anybody reads; the next letter says the rest.
IN_ONE_LETTER = 500
_MAILBOX = """
    select e.id, clock_timestamp() from alerts_endpoint e
    where e.channel = 'email' and exists (
        select from alerts_delivery d
        where d.endpoint_id = e.id and d.state = 'waiting' and d.next_at <= statement_timestamp()
    )
    order by random() limit 1 for no key update skip locked
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed letter: the deliveries it stands for."""

    id: uuid.UUID
    token: uuid.UUID
    officer: Officer
    deliveries: Sequence[Delivery]
    now: datetime


def send_next() -> bool:
    """Takes the next mailbox for which something is due; False where there is none.

    The claim is a transaction of its own, so that none is open while the mail server is spoken to.
    """
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        with connection.cursor() as cursor:
            cursor.execute(_MAILBOX)
            found = cursor.fetchone()
        if found is None:
            return False
        letter = _claim(Endpoint.unguarded.select_related("officer").get(pk=found[0]), found[1])
    if letter is None:
        return True
    state, error = DeliveryState.DONE, ""
    try:
        alerts = [one.alert for one in letter.deliveries if one.alert]
        compose(letter.officer, letter.id, alerts).send()
    except Exception as problem:  # noqa: BLE001  (whatever the mail server's trouble is, the letter stays)
        state, error = DeliveryState.WAITING, type(problem).__name__[:30]
        log.warning("a mail about alerts could not be sent (%s); it will be tried again", error)
    with transaction.atomic(), acting_as(system(SystemTask.DELIVERY)):
        verdicts = [_verdict(letter, one, state, error) for one in letter.deliveries]
        tell(close(verdicts), verdicts)
        if state is DeliveryState.DONE:
            Endpoint.unguarded.filter(pk=letter.deliveries[0].endpoint_id).update(mailed_at=Now())
    return True


def _verdict(letter: Letter, one: Delivery, state: DeliveryState, error: str) -> Verdict:
    if state is DeliveryState.DONE:
        return Verdict(one.pk, letter.token, state)
    pause = pause_after(one.failures + 1, (letter.now - one.plan_from).total_seconds())
    if pause is None:
        return Verdict(one.pk, letter.token, DeliveryState.DEAD, Why.EXPIRED, error=error)
    return Verdict(one.pk, letter.token, state, pause=pause, error=error)


def _claim(mailbox: Endpoint, now: datetime) -> Letter | None:
    due = list(
        Delivery.unguarded.select_for_update(of=("self",))
        .filter(endpoint=mailbox, state=DeliveryState.WAITING, next_at__lte=now)
        .select_related("alert")
        .order_by("made_at", "pk")[:IN_ONE_LETTER]
    )
    # A letter that was begun stays as it was, so that a repeat is the same letter.
    begun = next((one.letter for one in due if one.letter), None)
    taken = [one for one in due if one.letter == begun] if begun else _by_pace(mailbox, due, now)
    refused = rights.no_longer(_leaving(taken))
    ended = [(one, refused[one.pk]) for one in taken if one.pk in refused]
    poison = [one for one in taken if one.pk not in refused and one.unanswered >= UNANSWERED]
    _end(DeliveryState.CANCELLED, ended)
    _end(DeliveryState.DEAD, [(one, Why.QUARANTINED) for one in poison])
    left = [one for one in taken if one.pk not in refused and one not in poison]
    if not left:
        return None
    letter, token = begun or uuid.uuid4(), uuid.uuid4()
    Delivery.unguarded.filter(pk__in=[one.pk for one in left]).update(
        letter=letter,
        lease_token=token,
        next_at=Now() + LEASE,
        attempts=F("attempts") + 1,
        unanswered=F("unanswered") + 1,
    )
    officer: Any = mailbox.officer
    return Letter(letter, token, officer, left, now)


def _by_pace(mailbox: Endpoint, due: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """What may leave now; the rest is put off to its moment, or ended where he wants no mail of its kind."""
    officer: Any = mailbox.officer
    leaving: list[Delivery] = []
    unwanted: list[tuple[Delivery, Why]] = []
    later: dict[datetime, list[uuid.UUID]] = {}
    for one in due:
        needs_me = bool(one.alert and one.alert.needs_me)
        urgent = bool(one.alert and one.alert.headline.get("urgent"))
        moment = moment_for(
            mailbox, needs_me=needs_me, made_at=one.made_at, now=now, zone=officer.time_zone, urgent=urgent
        )
        if moment is None:
            unwanted.append((one, Why.SWITCHED_OFF))
        elif moment > now:
            later.setdefault(moment, []).append(one.pk)
        else:
            leaving.append(one)
    _end(DeliveryState.CANCELLED, unwanted)
    for moment, keys in later.items():
        Delivery.unguarded.filter(pk__in=keys).update(next_at=moment)
    return leaving


@dataclass(frozen=True, slots=True)
class _Leaving:
    id: uuid.UUID
    alert_id: uuid.UUID | None
    officer_id: uuid.UUID | None


def _leaving(taken: Sequence[Delivery]) -> list[_Leaving]:
    return [_Leaving(one.pk, one.alert_id, one.officer_id) for one in taken]


def _end(state: DeliveryState, listed: Sequence[tuple[Delivery, Why]]) -> None:
    """Ends claimed rows that this transaction holds locked."""
    if not listed:
        return
    token = uuid.uuid4()
    Delivery.unguarded.filter(pk__in=[one.pk for one, _why in listed]).update(lease_token=token)
    verdicts = [Verdict(one.pk, token, state, why) for one, why in listed]
    tell(close(verdicts), verdicts)
