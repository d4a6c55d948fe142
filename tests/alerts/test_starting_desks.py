"""Each administration's desk begins with one subscription: everything that is published."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.models import Administration, Region
from accounts.roles import Role
from alerts.actions import subscribe
from alerts.actions.starting import start_desks
from alerts.models import Alert, Subscription
from cen.actions.validate import Verdict, validate
from tests.alerts.inboxes import fan_out_all, inbox
from tests.cast import Cast, seat_cast, seat_person
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return seat_cast(desks=True)


def every() -> list[Subscription]:
    with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
        return list(Subscription.unguarded.all())


def test_the_reference_data_gives_every_active_administration_exactly_one() -> None:
    desks = every()
    active = set(Administration.unguarded.filter(active=True).values_list("pk", flat=True))
    assert len(desks) == len(active)
    assert {one.administration_id for one in desks} == active
    assert {one.officer_id for one in desks} == {None}


def test_loading_again_adds_nothing_and_leaves_what_was_edited_paused_or_deleted(cast: Cast) -> None:
    with transaction.atomic(), acting_as(cast.amira):
        ours = Subscription.unguarded.get(initial=True)
        subscribe.amend(cast.amira, ours, name="Only drugs", criteria="category=DRG")
        subscribe.end(cast.amira, ours)
    before = len(every())
    call_command("load_reference", stdout=StringIO())
    after = every()
    assert len(after) == before
    kept = next(one for one in after if one.administration_id == cast.amira.administration_id)
    assert (kept.name, kept.criteria, kept.active) == ("Only drugs", "category=DRG", False)


def test_an_administration_added_later_begins_at_the_next_publication(cast: Cast) -> None:
    west = Region.unguarded.get(code="WCA")
    added = Administration.unguarded.create(code="XW", name_en="New administration", region=west)
    closed = Administration.unguarded.create(code="XV", name_en="Closed", region=west, active=False)
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    fan_out_all()
    begun = {one.administration_id for one in every()}
    assert added.pk in begun
    assert closed.pk not in begun
    with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
        assert start_desks() == 0


def test_a_published_case_reaches_every_administration_once_and_liaison_offices_only_if_they_ask(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    fan_out_all()
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        told = list(Alert.unguarded.values_list("administration_id", flat=True))
    assert sorted(told) == sorted(Administration.unguarded.filter(active=True).values_list("pk", flat=True))
    assert len(told) > 180
    assert [one.reasons for one in inbox(cast.bob)] == [
        [{"code": "subscription", "name": "Everything that is published"}]
    ]
    assert inbox(cast.ravi) == []


def test_the_desk_that_deleted_it_is_told_no_more(cast: Cast) -> None:
    keeper = seat_person("ndeye", "SN", Role.NCP)
    with transaction.atomic(), acting_as(keeper):
        subscribe.end(keeper, Subscription.unguarded.get(initial=True))
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    fan_out_all()
    assert inbox(cast.bob) == []


def test_one_subscription_that_can_not_be_read_stops_nobody_elses(cast: Cast) -> None:
    with transaction.atomic(), acting_as(cast.mallory):
        Subscription.unguarded.create(
            administration_id=cast.mallory.administration_id, name="Broken", criteria="colour=red"
        )
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    fan_out_all()
    assert len(inbox(cast.bob)) == 1
    assert [reason["name"] for one in inbox(cast.mallory) for reason in one.reasons] == ["Everything that is published"]
