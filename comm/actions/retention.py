"""Dropping what its time is over for: by a group's policy, or because nobody came back for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from audit import trail
from audit.verbs import Verb
from comm.actions.files import drop_file
from comm.actions.key_stores import ANSWERED_WITHIN
from comm.actions.messages import drop
from comm.models import DeviceRequest, Message, SealedFile

# An upload from a bad line may take a weekend.
UNNAMED_FILES_WAIT = timedelta(days=3)
AT_ONCE = 500


def drop_expired() -> int:
    """One round, one transaction; how much was dropped. Call again until nothing is left.

    Signed headers, links and leaves stay for ever; only ciphertext goes.
    """
    actor, when = system(SystemTask.SEALED_RETENTION), timezone.now()
    with transaction.atomic(), acting_as(actor):
        messages = list(_expired(when)[:AT_ONCE])
        for message in messages:
            drop(message, when)
        files = list(
            SealedFile.unguarded.filter(message=None, dropped_at=None, begun_at__lt=when - UNNAMED_FILES_WAIT)[:AT_ONCE]
        )
        for file in files:
            drop_file(file)
        DeviceRequest.unguarded.filter(asked_at__lt=when - ANSWERED_WITHIN).delete()
        dropped = len(messages) + len(files)
        if dropped:
            facts = {"messages": len(messages), "files": len(files)}
            trail.record(actor.who(), Verb.SEALED_MESSAGES_DROPPED, facts=facts)
    return dropped


def _expired(when: datetime) -> Any:
    day = timedelta(days=1)
    expired = Q(received_at__lt=Now() - F("group__retention_days") * day)
    rows = Message.unguarded.filter(expired, dropped_at=None, group__retention_days__gt=0)
    return rows.select_for_update(of=("self",), skip_locked=True)
