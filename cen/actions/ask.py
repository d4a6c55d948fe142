"""Requests with a deadline: asked when a warning is issued, reminded of, ended by an answer or a later notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.access.row_security import acting_as, handed_to
from accounts.actor import Actor, SystemTask, system
from alerts.actions.reading import let_go
from alerts.at_once import announce_at_once
from audit import trail
from audit.verbs import Verb
from cen.models import WarningNotice, WarningRequest

# What is sent at each stage: before the deadline, after it, and to the contact point.
STAGES = ("warning.due_soon", "warning.unanswered", "warning.unanswered_still")
# The reminder before comes when a quarter of the time is left, and never more than a day before.
LONGEST_BEFORE = timedelta(days=1)
# Between the reminder after the deadline and the contact point.
THEN_ESCALATE = timedelta(days=1)
_DUE = """
    select id from cen_warningrequest
    where next_step_at <= clock_timestamp() and answered_at is null and ended_at is null
    order by next_step_at, id limit 1 for update skip locked
"""


def ask(notice: WarningNotice) -> None:
    """Writes the request for each addressee of a notice that asks for an answer by a moment."""
    if notice.answer_by is None:
        return
    before = notice.answer_by - min((notice.answer_by - notice.issued_at) / 4, LONGEST_BEFORE)
    with handed_to(SystemTask.ESCALATION):
        WarningRequest.unguarded.bulk_create(
            WarningRequest(warning=notice, administration_id=key, answer_by=notice.answer_by, next_step_at=before)
            for key in notice.addressee_ids
        )


def end_requests(actor: Actor, notice: WarningNotice) -> None:
    """Nobody need answer what no longer stands."""
    with handed_to(SystemTask.ESCALATION):
        rows = WarningRequest.unguarded.filter(warning=notice, answered_at__isnull=True, ended_at__isnull=True)
        keys = list(rows.values_list("pk", flat=True))
        WarningRequest.unguarded.filter(pk__in=keys).update(ended_at=Now(), next_step_at=None)
    _let_go(actor, keys)


def answered(actor: Actor, notice: WarningNotice) -> None:
    """The actor's administration gave its first answer."""
    with handed_to(SystemTask.ESCALATION):
        rows = WarningRequest.unguarded.filter(
            warning=notice, administration_id=actor.administration_id, answered_at__isnull=True
        )
        keys = list(rows.values_list("pk", flat=True))
        WarningRequest.unguarded.filter(pk__in=keys).update(answered_at=Now(), next_step_at=None)
    _let_go(actor, keys)


def remind_next() -> bool:
    """Sends the reminder that has waited longest; False where none is due.

    The row is locked, and the alerts, the event and the next moment are one transaction: two workers never send the
    same reminder, and one killed in the middle leaves nothing behind.
    """
    actor = system(SystemTask.ESCALATION)
    with transaction.atomic(), acting_as(actor):
        with connection.cursor() as cursor:
            cursor.execute(_DUE)
            row = cursor.fetchone()
        if row is None:
            return False
        request = WarningRequest.unguarded.select_related("warning").get(pk=row[0])
        kind = STAGES[request.stage]
        request.stage += 1
        request.next_step_at = _next(request)
        request.save(update_fields=["stage", "next_step_at"])
        notice = request.warning
        what = trail.What("warning_notice", str(notice.pk), notice.reference, notice.administration_id)
        facts = {"administration": request.administration_id, "stage": request.stage}
        trail.record(actor.who(), Verb.WARNING_REMINDED, what, facts=facts)
        announce_at_once(actor, kind, request.pk)
        return True


def _next(request: WarningRequest) -> datetime | None:
    moments = {1: request.answer_by, 2: request.answer_by + THEN_ESCALATE}
    return moments.get(request.stage)


def _let_go(actor: Actor, keys: list[Any]) -> None:
    for key in keys:
        for kind in STAGES:
            let_go(actor, kind, key)
