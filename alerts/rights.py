"""Who may still be told: rights are read again at the moment something leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import Administration, LiaisonOffice, Posting
from accounts.roles import AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT, Role
from alerts.models import Alert, Why
from alerts.sources import Recipient, source_for

READERS = sorted((AT_ADMINISTRATION | AT_LIAISON_OFFICE | AT_SECRETARIAT) - {Role.DATA_PROTECTION})


class Leaving(Protocol):
    """A delivery that is about to leave. officer_id: of the mailbox, None for a webhook; alert_id None: a test."""

    @property
    def id(self) -> UUID: ...
    @property
    def alert_id(self) -> UUID | None: ...
    @property
    def officer_id(self) -> UUID | None: ...


def no_longer(leaving: Iterable[Leaving]) -> dict[UUID, Why]:
    """Those that may not leave, by id, each with the reason. Runs in the identity of a system task."""
    listed = [one for one in leaving if one.alert_id is not None]
    alerts = {
        one.pk: one
        for one in Alert.unguarded.filter(pk__in={one.alert_id for one in listed}).select_related("announcement")
    }
    standing = _still_told(alerts.values())
    at_work = _at_work({one.officer_id for one in listed if one.officer_id})
    refused: dict[UUID, Why] = {}
    for one in listed:
        alert = alerts[one.alert_id]
        if why := standing.get(alert.pk):
            refused[one.id] = why
        elif one.officer_id is not None and (one.officer_id, *_seat(alert)) not in at_work:
            refused[one.id] = Why.NOT_ENTITLED
    return refused


def _still_told(alerts: Iterable[Alert]) -> dict[Any, Why]:
    """Alerts whose recipients may not be told any more."""
    by_announcement: dict[Any, list[Alert]] = defaultdict(list)
    for one in alerts:
        by_announcement[one.announcement_id].append(one)
    closed = _closed_seats()
    refused: dict[Any, Why] = {}
    for together in by_announcement.values():
        announcement = together[0].announcement
        recipients = {one.pk: Recipient(*_seat(one), one.officer_id) for one in together}
        try:
            source = source_for(announcement.kind)
            entitled = source.entitled(source.subject(announcement.subject_id), recipients.values())
        except (ObjectDoesNotExist, KeyError):
            refused |= dict.fromkeys(recipients, Why.SUBJECT_GONE)
            continue
        for key, recipient in recipients.items():
            seat = (recipient.administration_id, recipient.liaison_office_id)
            if recipient not in entitled or seat in closed:
                refused[key] = Why.NOT_ENTITLED
    return refused


def _closed_seats() -> set[tuple[int | None, int | None]]:
    closed: set[tuple[int | None, int | None]] = {
        (key, None) for key in Administration.unguarded.filter(active=False).values_list("pk", flat=True)
    }
    return closed | {(None, key) for key in LiaisonOffice.unguarded.filter(active=False).values_list("pk", flat=True)}


def _at_work(officers: Iterable[Any]) -> set[tuple[Any, ...]]:
    """Officer and seat of everybody of them who may read an inbox there today."""
    postings = Posting.unguarded.in_force().filter(officer_id__in=list(officers), role__in=READERS)
    return set(postings.values_list("officer_id", "administration_id", "liaison_office_id", "secretariat"))


def _seat(alert: Alert) -> tuple[int | None, int | None, bool | None]:
    return alert.administration_id, alert.liaison_office_id, alert.secretariat
