"""The home page: what needs me at this seat, counted within the policies, in few queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.models import Administration
from accounts.portal import tasks_of_home
from accounts.portal.tasks_of_home import HomeTask, Urgency, tasks_for
from accounts.roles import Role
from cen.actions import warn
from cen.lifecycle import CaseState, ReleasedState
from tests.access.objects import a_warning
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import an_alert
from tests.cast import Cast, seat_person
from tests.journeys.test_seizure_to_alert import as_
from tests.records import a_case, a_released_case

pytestmark = pytest.mark.django_db


def counts(actor: Actor) -> dict[str, int]:
    with transaction.atomic(), acting_as(actor):
        return {str(task.label): task.count for task in tasks_for(actor)}


def test_each_person_is_told_what_is_his_to_do_and_nothing_of_others(cast: Cast) -> None:
    a_case(cast.alice, CaseState.DRAFT)
    a_case(cast.amira, CaseState.DRAFT)
    a_case(cast.alice, CaseState.RETURNED)
    a_case(cast.alice, CaseState.SUBMITTED)
    a_case(cast.amira, CaseState.SUBMITTED)
    a_case(cast.mallory, CaseState.DRAFT)
    a_released_case(cast.amira, cast.rosa.liaison_office_id)
    a_released_case(cast.mallory, None)
    a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    drafts, returned = "Your drafts to finish", "Returned with reasons: put right and send again"
    assert counts(cast.alice) == {drafts: 1, returned: 1}
    # Not her own entry: the one she sent herself is another contact point's to release.
    assert counts(cast.amira) == {drafts: 1, returned: 1, "Cases to release": 1}
    assert counts(cast.mallory) == {drafts: 1}
    assert counts(cast.rosa) == {"Versions to validate": 1}
    assert counts(cast.sam) == {"Versions to validate": 1}
    assert counts(cast.ravi) == counts(cast.bob) == counts(cast.dora) == {}


def test_where_a_check_is_demanded_the_supervisor_is_asked_before_the_contact_point(cast: Cast) -> None:
    supervisor = seat_person("kofi", "GH", Role.SUPERVISOR)
    a_case(cast.alice, CaseState.SUBMITTED)
    assert counts(supervisor) == {}
    assert counts(cast.amira) == {"Cases to release": 1}
    Administration.unguarded.filter(pk=cast.alice.administration_id).update(requires_check=True)
    assert counts(supervisor) == {"Cases to check": 1}
    assert "Cases to release" not in counts(cast.amira)
    a_case(cast.alice, CaseState.CHECKED)
    assert counts(cast.amira)["Cases to release"] == 1


def test_alerts_that_need_somebody_stand_apart_from_the_rest(cast: Cast) -> None:
    an_alert(cast.bob, needs_me=True)
    an_alert(cast.bob)
    an_alert(cast.bob, read_at=timezone.now())
    an_alert(cast.mallory)
    assert counts(cast.bob) == {"Alerts that need you": 1, "Unread alerts": 1}


def test_a_warning_stands_there_until_it_is_acknowledged_and_late_ones_come_first(cast: Cast) -> None:
    notice = a_warning(cast.rosa, cast.bob)
    assert counts(cast.bob) == {"Warnings to acknowledge": 1}
    assert counts(cast.alice) == counts(cast.rosa) == {}
    with transaction.atomic(), acting_as(cast.rosa):
        late = type(notice).unguarded.create(
            reference="W-LATE",
            liaison_office_id=cast.rosa.liaison_office_id,
            issued_by_id=cast.rosa.officer_id,
            title="Late",
            body={"what": "x"},
            addressee_ids=[cast.bob.administration_id],
            acknowledge_by=timezone.now() - timedelta(hours=1),
        )
    assert list(counts(cast.bob)) == ["Warnings to acknowledge: overdue", "Warnings to acknowledge"]
    page = signed_in("bob@example.org").get("/").content.decode()
    assert "Overdue since" in page
    for one in (notice, late):
        as_(cast.bob, warn.acknowledge, one)
    assert counts(cast.bob) == {}


def test_an_empty_home_says_what_one_could_do_by_role(cast: Cast) -> None:
    alice = signed_in("alice@example.org").get("/").content.decode()
    assert "Nothing needs you now" in alice
    assert 'href="/cases/new"' in alice
    assert 'href="/warnings/new"' not in alice
    rosa = signed_in("rosa@example.org").get("/").content.decode()
    assert 'href="/warnings/new"' in rosa
    assert 'href="/cases/new"' not in rosa


@pytest.mark.parametrize("person", ["alice", "amira", "rosa", "sam", "dora"])
def test_the_page_costs_at_most_fifteen_queries_however_much_waits(cast: Cast, person: str) -> None:
    client = signed_in(f"{person}@example.org")
    client.get("/")
    for _ in range(5):
        a_case(cast.alice, CaseState.SUBMITTED)
        a_case(cast.alice)
        an_alert(cast.alice, needs_me=True)
        a_released_case(cast.amira, cast.rosa.liaison_office_id)
        a_warning(cast.rosa, cast.alice)
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/").status_code == 200
    assert len(seen) <= 15, "\n".join(query["sql"][:160] for query in seen)


def test_a_room_adds_its_own_lines(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_of_home, "_tasks", [*tasks_of_home._tasks])
    line = HomeTask("Imports to look at", 7, "/imports", "upload", Urgency.LATE)
    tasks_of_home.register_tasks(lambda actor: [line] if actor.holds(Role.OFFICER) else [])
    assert counts(cast.alice) == {"Imports to look at": 7}
    assert counts(cast.rosa) == {}
    assert re.search(r"<b>7</b>.*Imports to look at", signed_in("alice@example.org").get("/").content.decode(), re.S)
