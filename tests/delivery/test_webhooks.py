"""From an alert to a receiver: signed, once or recognisably again, and every row with an end."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.models import Administration
from alerts.actions import webhooks
from alerts.channels.webhook import pump
from alerts.channels.webhook.pump import send_all
from alerts.fanout import fan_out_next
from alerts.models import Alert, Announcement, Delivery, DeliveryState, Endpoint, Why
from alerts.outgoing import limits
from alerts.retry import LASTS, PAUSES, pause_after
from alerts.sources import Recipient
from audit.models import Event
from tests.cast import Cast
from tests.delivery.conftest import TestSource
from tests.delivery.endpoints import a_webhook, as_worker, change, ledger, told
from tests.delivery.receivers import answering, dropping, hanging, receiving, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_loopback")]


def test_an_alert_reaches_its_desks_webhook_signed_and_with_ids_only(cast: Cast, source: TestSource) -> None:
    with receiving() as receiver:
        _endpoint, secret = a_webhook(cast.alice, receiver.url())
        [alert] = told(cast.alice, headline={"reference": "GH-SECRET-1", "title": "Cartons"})
        told(cast.mallory)
        assert send_all() == 1
        [got] = receiver.got
    [row] = ledger()
    assert (row.state, row.attempts, row.last_status) == (DeliveryState.DONE, 1, 204)
    assert got.id == str(row.pk)
    assert got.json["data"] == {"delivery": str(row.pk), "alert": str(alert.pk)}
    assert set(got.json) == {"type", "timestamp", "data"}
    assert b"SECRET" not in got.body
    assert verified(got, secret)
    assert not verified(got, "whsec_" + "A" * 43 + "=")
    got.body += b" "
    assert not verified(got, secret)


def test_a_receiver_whose_clock_is_off_refuses_it_and_gets_it_again(cast: Cast, source: TestSource) -> None:
    with receiving() as receiver:
        _endpoint, secret = a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        send_all()
        [got] = receiver.got
    assert verified(got, secret)
    assert not verified(got, secret, now=time.time() + 86_400)
    assert not verified(got, secret, now=time.time() - 86_400)


def test_the_moment_that_is_signed_is_the_databases_not_the_workers(
    cast: Cast, source: TestSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    with receiving() as receiver:
        a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        send_all()
        monkeypatch.undo()
        assert abs(int(receiver.got[0].headers["webhook-timestamp"]) - time.time()) < 60


def test_during_a_rotation_both_secrets_sign_and_afterwards_the_new_one_alone(cast: Cast, source: TestSource) -> None:
    with receiving() as receiver:
        endpoint, old = a_webhook(cast.amira, receiver.url())
        with transaction.atomic(), acting_as(cast.amira):
            new = webhooks.rotate(cast.amira, endpoint)
        told(cast.amira)
        send_all()
        assert verified(receiver.got[0], old)
        assert verified(receiver.got[0], new)
        past = timezone.now() - timedelta(seconds=1)
        as_worker(lambda: Endpoint.unguarded.update(earlier_until=past))
        told(cast.amira)
        send_all()
        assert not verified(receiver.got[1], old)
        assert verified(receiver.got[1], new)


def test_a_failed_delivery_waits_for_its_plan_and_has_the_same_id_again(cast: Cast, source: TestSource) -> None:
    with receiving(answering(500)) as receiver:
        a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        send_all()
        [row] = ledger()
        assert (row.state, row.attempts, row.last_status, row.last_error) == (DeliveryState.WAITING, 1, 500, "status")
        assert timedelta(0) < row.next_at - timezone.now() <= timedelta(seconds=PAUSES[0] * 1.2)
        assert send_all() == 0
        receiver.behaviour = dropping
        change(next_at=timezone.now())
        send_all()
        receiver.behaviour = None
        change(next_at=timezone.now())
        send_all()
        assert {one.id for one in receiver.got} == {str(row.pk)}
        assert len(receiver.got) == 3
        assert len({one.body for one in receiver.got}) == 1
    [row] = ledger()
    assert (row.state, row.attempts) == (DeliveryState.DONE, 3)


def test_the_plan_lasts_72_hours_and_its_last_attempt_is_at_the_end() -> None:
    age, moments, attempts = 0.0, [], 1
    while (pause := pause_after(attempts, age)) is not None:
        age += pause
        attempts += 1
        moments.append(age)
    assert moments[-1] == LASTS
    assert moments[0] < 6
    assert 10 <= len(moments) <= 14
    assert pause_after(1, 0.0, asked=900) == 900
    assert pause_after(1, LASTS - 5, asked=900) == 5


def test_a_receiver_that_asks_for_a_pause_gets_it_for_all_that_waits(cast: Cast, source: TestSource) -> None:
    with receiving(answering(429, Retry_After="400")) as receiver:
        endpoint, _secret = a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        send_all()
        told(cast.alice)
        assert send_all() == 0
        assert len(receiver.got) == 1
    [first, _second] = ledger()
    assert first.next_at - timezone.now() > timedelta(seconds=380)
    held = as_worker(Endpoint.unguarded.get, pk=endpoint.pk)
    assert held.paused_until - timezone.now() > timedelta(seconds=380)


def test_at_the_end_of_the_plan_it_is_given_up_and_replayed_by_its_owner(cast: Cast, source: TestSource) -> None:
    with receiving(answering(500)) as receiver:
        endpoint, _secret = a_webhook(cast.amira, receiver.url())
        told(cast.amira)
        change(plan_from=timezone.now() - timedelta(hours=73))
        send_all()
        [row] = ledger()
        assert (row.state, row.reason) == (DeliveryState.DEAD, Why.EXPIRED)
        events = Event.unguarded.filter(verb="deliveries.ended", facts={"expired": 1})
        assert as_worker(events.count) == 1
        receiver.behaviour = None
        with transaction.atomic(), acting_as(cast.amira):
            assert webhooks.replay(cast.amira, endpoint) == 1
            assert webhooks.replay(cast.amira, endpoint) == 0
        send_all()
        assert [one.id for one in receiver.got] == [str(row.pk)] * 2
    [row] = ledger()
    assert (row.state, row.reason) == (DeliveryState.DONE, "")


def test_410_switches_it_off_cancels_the_rest_and_tells_the_desk(cast: Cast, source: TestSource) -> None:
    with receiving(answering(410)) as receiver:
        endpoint, _secret = a_webhook(cast.amira, receiver.url())
        told(cast.amira)
        told(cast.amira)
        change(next_at=timezone.now() + timedelta(hours=1))
        first = ledger()[0]
        as_worker(lambda: Delivery.unguarded.filter(pk=first.pk).update(next_at=timezone.now()))
        send_all()
        assert len(receiver.got) == 1
        states = [(one.state, one.reason) for one in ledger()]
        assert states == [(DeliveryState.DEAD, Why.GONE), (DeliveryState.CANCELLED, Why.DISABLED)]
        held = as_worker(Endpoint.unguarded.get, pk=endpoint.pk)
        assert held.disabled_because == "gone"
        assert fan_out_next()
        with acting_as(cast.amira):
            alert = Alert.unguarded.get(kind="webhook.ended")
        assert alert.needs_me
        assert alert.administration_id == cast.amira.administration_id
        assert send_all() == 0


def test_who_may_not_read_it_any_more_is_not_told_of_it(cast: Cast, source: TestSource) -> None:
    with receiving() as receiver:
        a_webhook(cast.alice, receiver.url())
        a_webhook(cast.bob, receiver.url())
        told(cast.alice, cast.bob)
        source.closed = {Recipient(administration_id=cast.alice.administration_id)}
        assert send_all() == 1
        states = {one.administration_id: (one.state, one.reason) for one in ledger()}
        assert states[cast.alice.administration_id] == (DeliveryState.CANCELLED, Why.NOT_ENTITLED)
        assert states[cast.bob.administration_id] == (DeliveryState.DONE, "")
        told(cast.bob)
        Administration.unguarded.filter(pk=cast.bob.administration_id).update(active=False)
        assert send_all() == 0
        source.gone = True
        told(cast.alice)
        assert send_all() == 0
    assert [one.reason for one in ledger()][2:] == [Why.NOT_ENTITLED, Why.SUBJECT_GONE]


def test_an_endpoint_that_keeps_failing_rests_and_is_then_tried_once(cast: Cast, source: TestSource) -> None:
    with receiving(answering(500)) as receiver:
        endpoint, _secret = a_webhook(cast.alice, receiver.url())
        for _ in range(limits.BREAKS_AT):
            told(cast.alice)
        send_all()
        assert as_worker(Endpoint.unguarded.get, pk=endpoint.pk).failures >= limits.BREAKS_AT - 1
        told(cast.alice)
        send_all()
        change(next_at=timezone.now())
        before = len(receiver.got)
        assert send_all() == 0
        as_worker(lambda: Endpoint.unguarded.update(paused_until=timezone.now()))
        assert send_all() == 1
        assert len(receiver.got) == before + 1
        receiver.behaviour = None
        change(next_at=timezone.now())
        as_worker(lambda: Endpoint.unguarded.update(paused_until=timezone.now()))
        send_all()
        held = as_worker(Endpoint.unguarded.get, pk=endpoint.pk)
        assert (held.failures, held.paused_until) == (0, None)
    assert {one.state for one in ledger()} == {DeliveryState.DONE}


@pytest.mark.parametrize(("failures", "done"), [(limits.BREAKS_AT, 3), (limits.BREAKS_AT - 1, 1)])
def test_who_rested_and_answers_again_gets_at_once_what_waits_for_it(
    cast: Cast, source: TestSource, failures: int, done: int
) -> None:
    """One that fails now and then keeps to its plan: a delivery that it can't take must not come again at once."""
    with receiving() as receiver:
        a_webhook(cast.alice, receiver.url(), failures=failures)
        for _ in range(3):
            told(cast.alice)
        change(next_at=timezone.now() + timedelta(hours=2), failures=4)
        as_worker(Delivery.unguarded.filter(pk=ledger()[0].pk).update, next_at=timezone.now())
        send_all()
        assert len(receiver.got) == done
    assert sum(one.state == DeliveryState.DONE for one in ledger()) == done


def test_whoever_came_back_and_fails_once_more_gets_it_soon(cast: Cast, source: TestSource) -> None:
    with receiving() as receiver:
        a_webhook(cast.alice, receiver.url(), failures=limits.BREAKS_AT)
        for _ in range(2):
            told(cast.alice)
        change(next_at=timezone.now() + timedelta(hours=2), failures=4)
        as_worker(Delivery.unguarded.filter(pk=ledger()[0].pk).update, next_at=timezone.now())
        answers = iter([204])

        async def once(request: Any) -> Any:
            return await answering(next(answers, 500))(request)

        receiver.behaviour = once
        send_all()
    [waiting] = [one for one in ledger() if one.state == DeliveryState.WAITING]
    assert waiting.failures == 1
    assert waiting.next_at - timezone.now() <= timedelta(seconds=PAUSES[0] * 1.2)


def test_claims_that_our_workers_died_with_do_not_lengthen_the_receivers_pause(cast: Cast, source: TestSource) -> None:
    with receiving(answering(500)) as receiver:
        a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        for _ in range(3):
            assert len(pump._claim(10)) == 1
            change(next_at=timezone.now())
        send_all()
    [row] = ledger()
    assert (row.state, row.attempts) == (DeliveryState.WAITING, 4)
    assert row.next_at - timezone.now() <= timedelta(seconds=PAUSES[0] * 1.2)


def test_one_endpoint_never_has_more_requests_under_way_than_its_share(cast: Cast, source: TestSource) -> None:
    a_webhook(cast.alice, "http://127.0.0.1:9/")
    for _ in range(limits.AT_ONE_ENDPOINT + 3):
        told(cast.alice)
    assert len(pump._claim(100)) == limits.AT_ONE_ENDPOINT
    # What is under way elsewhere counts too.
    assert pump._claim(100) == []


def test_hanging_receivers_delay_nobody_else(cast: Cast, source: TestSource, settings: Any) -> None:
    settings.RETRY_SPEED = 1_000
    with receiving(hanging) as dead, receiving() as alive:
        for _ in range(5):
            a_webhook(cast.alice, dead.url())
        a_webhook(cast.bob, alive.url())
        for _ in range(10):
            told(cast.alice, cast.bob)
        arrived: list[float] = []
        began = time.monotonic()

        async def noted(request: Any) -> Any:
            arrived.append(time.monotonic() - began)
            return await answering(204)(request)

        alive.behaviour = noted
        send_all()
    assert len(arrived) == 10
    assert max(arrived) < limits.total()


def test_a_claim_that_nobody_came_back_from_counts_and_ends_in_quarantine(cast: Cast, source: TestSource) -> None:
    with receiving() as receiver:
        a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        for number in range(1, 6):
            [claimed] = pump._claim(10)
            assert (claimed.attempts, claimed.unanswered) == (number, number)
            change(next_at=timezone.now())
        assert send_all() == 0
        assert receiver.got == []
    [row] = ledger()
    assert (row.state, row.reason) == (DeliveryState.DEAD, Why.QUARANTINED)


def test_who_lost_his_lease_meanwhile_changes_nothing(cast: Cast, source: TestSource) -> None:
    a_webhook(cast.alice, "http://127.0.0.1:9/")
    told(cast.alice)
    [frozen] = pump._claim(10)
    change(next_at=timezone.now())
    [holder] = pump._claim(10)
    late = pump._verdict(pump.Sent(frozen, time.monotonic()), pump.Answer(204))
    with transaction.atomic():
        assert as_worker(pump.close, [late]) == set()
    assert ledger()[0].state == DeliveryState.WAITING
    right = pump._verdict(pump.Sent(holder, time.monotonic()), pump.Answer(204))
    assert as_worker(pump.close, [right]) == {holder.id}
    assert as_worker(pump.close, [right]) == set()


def test_a_secret_that_does_not_open_is_a_failure_that_is_seen(cast: Cast, source: TestSource, settings: Any) -> None:
    with receiving() as receiver:
        a_webhook(cast.alice, receiver.url())
        told(cast.alice)
        settings.SECRET_KEY = "another" * 10
        send_all()
        assert receiver.got == []
        assert ledger()[0].last_error == "no_secret"
        # An operator who rotates the server's key keeps the earlier one beside it.
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    assert ledger()[0].state == DeliveryState.WAITING


def test_rows_are_made_once_whatever_is_repeated(cast: Cast, source: TestSource) -> None:
    from alerts.deliveries import deliveries_for

    a_webhook(cast.alice, "https://example.org/")
    a_webhook(cast.rosa, "https://example.org/")
    a_webhook(cast.sam, "https://example.org/")
    told(cast.alice, cast.rosa, cast.sam, cast.mallory)
    assert len(ledger()) == 3
    announcement = as_worker(Announcement.unguarded.get)
    assert as_worker(deliveries_for, announcement) == 0
    assert len(ledger()) == 3


def test_an_officers_own_alert_is_none_of_his_desks_webhook(cast: Cast, source: TestSource) -> None:
    a_webhook(cast.alice, "https://example.org/")
    told(cast.alice, personal=True)
    assert ledger() == []
