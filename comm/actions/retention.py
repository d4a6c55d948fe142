"""Dropping what its time is over for: by a group's policy, or because nobody came back for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from audit import trail
from audit.verbs import Verb
from comm.actions.files import delete_bytes, drop_file, store
from comm.actions.key_stores import ANSWERED_WITHIN
from comm.actions.messages import drop
from comm.models import DeviceRequest, FilePart, Message, SealedFile

# An upload from a bad line may take a weekend.
UNNAMED_FILES_WAIT = timedelta(days=3)
AT_ONCE = 500
# The transaction of a part takes seconds; a day is beyond every doubt, clocks of storages included.
ORPHANS_WAIT = timedelta(days=1)


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


def drop_orphans() -> int:
    """Removes ciphertext that no row names: of an upload whose act was taken back, or of a file dropped while the
    storage was away. How many parts went.
    """
    actor, before = system(SystemTask.SEALED_RETENTION), timezone.now() - ORPHANS_WAIT
    dropped = 0
    for names in batched(_old_parts(before), AT_ONCE):
        with transaction.atomic(), acting_as(actor):
            rows = FilePart.unguarded.filter(name__in=names, file__dropped_at=None)
            orphans = sorted(set(names) - set(rows.values_list("name", flat=True)))
            if orphans:
                trail.record(actor.who(), Verb.SEALED_MESSAGES_DROPPED, facts={"orphans": len(orphans)})
        delete_bytes(orphans)
        dropped += len(orphans)
    return dropped


def _old_parts(before: datetime, folder: str = "") -> Iterator[str]:
    """The names of stored parts (group/file/number) that were written before this moment."""
    kept = store()
    if not folder and not kept.exists(""):
        return
    folders, parts = kept.listdir(folder)
    for part in parts:
        name = f"{folder}/{part}" if folder else part
        if kept.get_modified_time(name) < before:
            yield name
    for one in folders:
        yield from _old_parts(before, f"{folder}/{one}" if folder else one)


def _expired(when: datetime) -> Any:
    day = timedelta(days=1)
    expired = Q(received_at__lt=Now() - F("group__retention_days") * day)
    rows = Message.unguarded.filter(expired, dropped_at=None, group__retention_days__gt=0)
    return rows.select_for_update(of=("self",), skip_locked=True)
