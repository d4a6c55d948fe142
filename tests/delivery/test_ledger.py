"""The ledger as it is seen and repaired: by its seat, by the publisher, by the reconciler."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.roles import Role
from accounts.scopes import Scope
from alerts.channels.webhook import pump
from alerts.models import Announcement, Delivery, DeliveryState, Endpoint, Why
from alerts.reconcile import oldest_undelivered, reconcile
from alerts.retry import plan_lasts
from tests.access.api_addresses import keepers
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person
from tests.delivery.conftest import TestSource
from tests.delivery.endpoints import a_mailbox, a_webhook, as_worker, change, ledger, told

pytestmark = pytest.mark.django_db
FAR = "https://receiver.invalid/"


def asked(actor: Actor, alert: Any) -> Any:
    with transaction.atomic(), acting_as(actor):
        token = issue(actor, name="system", scopes=[Scope.ALERTS_READ])[1]
    return Client().get(f"/api/v1/alerts/{alert.pk}/deliveries", headers={"Authorization": f"Bearer {token}"})


def test_a_seat_sees_its_own_lines_and_a_stranger_nothing(cast: Cast, source: TestSource) -> None:
    nora = keepers(cast)["nora"]
    endpoint, _secret = a_webhook(cast.amira, FAR)
    a_webhook(nora, FAR)
    a_mailbox(cast.alice)
    [ours, _theirs] = told(cast.amira, nora)
    answer = asked(cast.amira, ours).json()
    # The mailbox is Alice's own: not even a machine of her desk sees its line.
    [line] = answer["deliveries"]
    assert (line["endpoint"], line["state"], line["attempts"]) == (str(endpoint.pk), "waiting", 0)
    assert answer["network"] is None
    assert asked(nora, ours).status_code == 404
    with acting_as(nora):
        assert Delivery.unguarded.filter(alert_id=ours.pk).count() == 0
        assert Endpoint.unguarded.filter(pk=endpoint.pk).count() == 0


def test_the_publisher_is_told_how_many_and_never_to_whom(cast: Cast, source: TestSource) -> None:
    nora = keepers(cast)["nora"]
    a_webhook(nora, FAR)
    a_webhook(cast.bob, FAR)
    headline = {"reference": "GH-1", "administration_id": cast.amira.administration_id}
    [own, theirs, _bobs] = told(cast.amira, nora, cast.bob, headline=headline)
    as_worker(
        lambda: Delivery.unguarded.filter(administration_id=nora.administration_id).update(
            state="dead", reason=Why.EXPIRED, ended_at=timezone.now()
        )
    )
    answer = asked(cast.amira, own).json()
    assert answer["network"] == {"inboxes": 3, "webhooks": {"waiting": 1, "done": 0, "dead": 1, "cancelled": 0}}
    assert answer["deliveries"] == []
    assert asked(nora, theirs).json()["network"] is None
    assert {one.publisher_id for one in ledger()} == {cast.amira.administration_id}


def test_a_clean_ledger_and_the_age_of_what_waits(cast: Cast, source: TestSource) -> None:
    assert reconcile().clean
    assert oldest_undelivered() == 0
    a_webhook(cast.alice, FAR)
    told(cast.alice)
    change(made_at=timezone.now() - timedelta(minutes=5))
    report = reconcile()
    assert report.clean
    assert report.repaired["deliveries_made"] == 0
    assert 299 < report.oldest_undelivered < 330
    assert report.states == {"waiting": 1}


def test_a_line_that_is_missing_is_written_and_one_from_before_the_endpoint_is_not(
    cast: Cast, source: TestSource
) -> None:
    told(cast.alice)
    as_worker(lambda: Announcement.unguarded.update(done_at=timezone.now() - timedelta(hours=1)))
    a_webhook(cast.alice, FAR)
    a_mailbox(cast.alice)
    told(cast.alice)
    done = timezone.now() + timedelta(seconds=1)
    as_worker(lambda: Announcement.unguarded.filter(sequence=2).update(done_at=done))
    as_worker(lambda: Delivery.unguarded.all().delete())
    assert reconcile().repaired["deliveries_made"] == 2
    assert reconcile().repaired["deliveries_made"] == 0
    assert len(ledger()) == 2


def test_what_nobody_brings_to_an_end_is_a_problem(cast: Cast, source: TestSource) -> None:
    a_webhook(cast.alice, FAR)
    told(cast.alice)
    change(next_at=timezone.now() - timedelta(minutes=11))
    assert reconcile().problems["deliveries_overdue"] == 1
    pump._claim(10)
    change(next_at=timezone.now() - timedelta(minutes=11))
    assert reconcile().problems["deliveries_held_too_long"] == 1


def test_an_announcement_that_lost_alerts_or_waits_too_long_is_a_problem(cast: Cast, source: TestSource) -> None:
    told(cast.alice, cast.bob)
    as_worker(lambda: Announcement.unguarded.update(alerts_made=3))
    assert reconcile().problems["announcements_without_all_their_alerts"] == 1
    long_ago = timezone.now() - timedelta(hours=1)
    as_worker(lambda: Announcement.unguarded.update(done_at=None, announced_at=long_ago))
    report = reconcile()
    assert report.problems["announcements_open_too_long"] == 1
    assert report.oldest_undelivered > 3_500
    as_worker(lambda: Announcement.unguarded.update(quarantined_at=long_ago))
    assert reconcile().problems["announcements_in_quarantine"] == 1


def test_what_waits_behind_a_dead_endpoint_is_given_up_when_its_plan_ends(cast: Cast, source: TestSource) -> None:
    endpoint, _secret = a_webhook(cast.alice, FAR)
    told(cast.alice)
    as_worker(lambda: Endpoint.unguarded.update(failures=50, paused_until=timezone.now() + timedelta(minutes=10)))
    change(plan_from=timezone.now() - timedelta(seconds=plan_lasts() + 700))
    assert reconcile().repaired["given_up_unattempted"] == 1
    assert [(one.state, one.reason) for one in ledger()] == [(DeliveryState.DEAD, Why.EXPIRED)]
    told(cast.alice)
    as_worker(lambda: Endpoint.unguarded.filter(pk=endpoint.pk).update(disabled_at=timezone.now()))
    assert reconcile().repaired["cancelled_behind_a_disabled_endpoint"] == 1


def test_no_row_can_end_without_a_word(cast: Cast, source: TestSource) -> None:
    from django.db import IntegrityError

    a_webhook(cast.alice, FAR)
    told(cast.alice)
    for wrong in (
        {"state": "done", "ended_at": timezone.now()},
        {"state": "dead", "ended_at": timezone.now()},
        {"state": "cancelled", "reason": "disabled"},
        {"ended_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(**wrong)


def test_a_published_version_that_nobody_announced_is_a_problem(cast: Cast) -> None:
    from cen.lifecycle import ReleasedState
    from tests.records import a_released_case

    before = reconcile().problems["unannounced"]
    a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    assert reconcile().problems["unannounced"] == before + 1


def test_the_command_reports_and_fails_where_something_is_wrong(cast: Cast, source: TestSource) -> None:
    out = StringIO()
    call_command("reconcile", "--json", stdout=out)
    assert json.loads(out.getvalue())["clean"] is True
    told(cast.alice)
    as_worker(lambda: Announcement.unguarded.update(alerts_made=9))
    with pytest.raises(SystemExit):
        call_command("reconcile", stdout=out)
    assert "announcements_without_all_their_alerts" in out.getvalue()


def test_the_statement_that_writes_the_lines_hashes_its_joins(cast: Cast, source: TestSource) -> None:
    """Ten thousand mailboxes and as many alerts must not be compared each with each."""
    from alerts.deliveries import _COLUMNS, _INSERT, _OF_ANNOUNCEMENT

    told(cast.alice)
    key = as_worker(Announcement.unguarded.get).pk
    with transaction.atomic(), acting_as(cast.alice), connection.cursor() as cursor:
        cursor.execute("set local enable_nestloop = off")
        cursor.execute("explain " + _INSERT.format(told=_OF_ANNOUNCEMENT, columns=_COLUMNS), [key])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Nested Loop" not in plan, plan


def test_who_runs_the_network_sees_how_long_a_delivery_waits(cast: Cast, source: TestSource, settings: Any) -> None:
    settings.METRICS_FROM = [ip_network("127.0.0.1")]
    seat_person("olga", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)
    a_webhook(cast.alice, "http://127.0.0.1:9/")
    told(cast.alice)
    late = 'oldest undelivered</span><span class="tag tone-bad">'
    assert late not in signed_in("olga@example.org").get("/operations").content.decode()
    change(made_at=timezone.now() - timedelta(hours=2))
    figures = Client().get("/metrics").content.decode()
    [age] = re.findall(r"^opencen_oldest_undelivered_seconds ([0-9.]+)$", figures, re.MULTILINE)
    assert 7_200 <= float(age) < 7_300
    assert late in signed_in("olga@example.org").get("/operations").content.decode()
