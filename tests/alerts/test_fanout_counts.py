"""A delivery says how many alerts it made, not how many it tried."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from alerts.fanout import deliver
from alerts.models import Alert, Announcement
from audit.models import Event
from cen.actions.validate import Verdict, validate
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db


def leased() -> tuple[Announcement, object]:
    token = uuid4()
    Announcement.unguarded.update(lease_token=token, done_at=None)
    return Announcement.unguarded.get(), token


def existing() -> int:
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        return Alert.unguarded.count()


def test_the_first_delivery_counts_its_alerts_and_the_second_none(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    announcement, token = leased()
    first = deliver(announcement.pk, token)  # type: ignore[arg-type]
    assert first == existing() > 0
    again, token = leased()
    assert again.alerts_made == first
    assert deliver(again.pk, token) == 0  # type: ignore[arg-type]
    assert existing() == first
    assert Announcement.unguarded.get().alerts_made == first
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        told = Event.unguarded.filter(verb="alerts.fanned_out").order_by("occurred_at")
        assert [event.facts["alerts"] for event in told] == [first, 0]


def test_what_an_interrupted_delivery_left_is_completed_and_only_the_rest_counts(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    announcement, token = leased()
    first = deliver(announcement.pk, token)  # type: ignore[arg-type]
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        Alert.unguarded.filter(administration_id=cast.amira.administration_id).delete()
    announcement, token = leased()
    assert deliver(announcement.pk, token) == 1  # type: ignore[arg-type]
    assert existing() == first
