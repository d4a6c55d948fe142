"""The pages: a webhook's whole life, and an officer's mails."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from alerts.channels.webhook.pump import send_all
from alerts.models import Delivery, Endpoint, Pace
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.delivery.conftest import TestSource
from tests.delivery.endpoints import a_webhook, as_worker, change, ledger, told
from tests.delivery.receivers import answering, receiving, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_loopback")]


def secret_on(page: Any) -> str:
    found = re.search(r"<code[^>]*data-secret>([^<]+)</code>", page.content.decode())
    assert found, page.content.decode()
    return found[1]


def test_a_webhook_is_made_tested_and_gets_alerts_and_its_secret_is_shown_once(cast: Cast, source: TestSource) -> None:
    client = signed_in("amira@example.org")
    with receiving() as receiver:
        secret = secret_on(client.post(reverse("new_webhook"), {"name": "agent", "url": receiver.url()}))
        endpoint = as_worker(Endpoint.unguarded.get)
        address = reverse("webhook", args=[endpoint.pk])
        assert client.post(reverse("test_webhook", args=[endpoint.pk])).status_code == 302
        assert client.post(reverse("test_webhook", args=[endpoint.pk])).status_code == 302
        send_all()
        [ping] = receiver.got
        assert ping.json["type"] == "ping"
        assert verified(ping, secret)
        told(cast.amira)
        send_all()
        assert receiver.got[1].json["type"] == "alert.waiting"
        page = client.get(address).content.decode()
        assert "Done" in page
        assert secret not in page
        assert secret not in client.get(reverse("webhooks")).content.decode()
        new = secret_on(client.post(reverse("rotate_secret", args=[endpoint.pk])))
        assert new != secret
        assert "Earlier secret signs until" in client.get(address).content.decode()
    assert bytes(endpoint.secret_sealed).find(secret.encode()) == -1


def test_a_failed_test_is_told_and_is_no_dead_letter(cast: Cast) -> None:
    client = signed_in("amira@example.org")
    with receiving(answering(500)) as receiver:
        endpoint, _secret = a_webhook(cast.amira, receiver.url())
        client.post(reverse("test_webhook", args=[endpoint.pk]))
        send_all()
        send_all()
        assert len(receiver.got) == 1
    page = client.get(reverse("webhook", args=[endpoint.pk])).content.decode()
    assert "It answered 500." in page
    assert "Send all again" not in page


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://127.0.0.1:5432/", "https://user@example.org/", "hook"])
def test_an_address_that_may_not_be_asked_is_refused_beside_its_field(cast: Cast, settings: Any, url: str) -> None:
    settings.ALLOW_LOOPBACK_WEBHOOKS = False
    answer = signed_in("amira@example.org").post(reverse("new_webhook"), {"name": "agent", "url": url})
    assert answer.context["form"].errors["url"]
    assert as_worker(Endpoint.unguarded.count) == 0


def test_what_was_given_up_is_listed_and_sent_again_ticked_or_all(cast: Cast, source: TestSource) -> None:
    client = signed_in("amira@example.org")
    with receiving() as receiver:
        endpoint, _secret = a_webhook(cast.amira, receiver.url())
        for _ in range(3):
            told(cast.amira)
        change(state="dead", reason="expired", attempts=12, ended_at=timezone.now(), last_status=500)
        page = client.get(reverse("webhook", args=[endpoint.pk])).content.decode()
        assert "Nobody took it for 72 hours" in page
        assert "Webhook deliveries given up" in client.get(reverse("home")).content.decode()
        again = reverse("replay_deliveries", args=[endpoint.pk])
        client.post(again, {"delivery": [str(ledger()[0].pk)]})
        assert [one.state for one in ledger()] == ["waiting", "dead", "dead"]
        client.post(again, {"all": "yes"})
        send_all()
        assert {one.id for one in receiver.got} == {str(one.pk) for one in ledger()}
        assert client.post(again, {"delivery": ["x"]}).status_code == 400


def test_off_cancels_what_waits_and_on_takes_only_what_comes_then(cast: Cast, source: TestSource) -> None:
    client = signed_in("amira@example.org")
    with receiving() as receiver:
        endpoint, _secret = a_webhook(cast.amira, receiver.url())
        told(cast.amira)
        client.post(reverse("disable_webhook", args=[endpoint.pk]))
        told(cast.amira)
        assert send_all() == 0
        assert [(one.state, one.reason) for one in ledger()] == [("cancelled", "disabled")]
        assert client.post(reverse("test_webhook", args=[endpoint.pk])).status_code == 409
        client.post(reverse("enable_webhook", args=[endpoint.pk]))
        told(cast.amira)
        send_all()
        assert len(receiver.got) == 1


def test_strangers_and_colleagues_without_the_role_see_no_webhook(cast: Cast) -> None:
    endpoint, _secret = a_webhook(cast.amira, "https://receiver.invalid/")
    for name in ("alice", "bob", "mallory", "ravi", "dora"):
        client = signed_in(f"{name}@example.org")
        assert client.get(reverse("webhook", args=[endpoint.pk])).status_code == 404
        if name != "ravi":
            assert client.get(reverse("webhooks")).status_code == 403
            assert client.post(reverse("new_webhook"), {"name": "a", "url": "https://example.org/"}).status_code == 403
        for act in ("rotate_secret", "test_webhook", "disable_webhook", "enable_webhook", "replay_deliveries"):
            assert client.post(reverse(act, args=[endpoint.pk])).status_code == 404


def test_the_publisher_sees_what_of_his_was_given_up_elsewhere(cast: Cast, source: TestSource) -> None:
    a_webhook(cast.mallory, "https://receiver.invalid/")
    told(cast.mallory, headline={"reference": "GH-2026-77", "administration_id": cast.amira.administration_id})
    ours = signed_in("amira@example.org")
    assert "GH-2026-77" not in ours.get(reverse("webhooks")).content.decode()
    change(state="dead", reason="expired", attempts=12, ended_at=timezone.now())
    page = ours.get(reverse("webhooks")).content.decode()
    assert "GH-2026-77" in page
    assert "receiver.invalid" not in page
    assert "GH-2026-77" not in signed_in("rosa@example.org").get(reverse("webhooks")).content.decode()


def test_an_officer_chooses_his_mails_and_what_waits_is_looked_at_anew(cast: Cast, source: TestSource) -> None:
    client = signed_in("alice@example.org")
    address = reverse("mail_settings")
    assert client.get(address).status_code == 200
    assert as_worker(Endpoint.unguarded.count) == 0
    choices = {"needs_me": "always", "information": "digest", "digest_at": "07:30"}
    assert client.post(address, choices).status_code == 302
    mailbox = as_worker(Endpoint.unguarded.get)
    assert (mailbox.officer_id, mailbox.information, mailbox.needs_me) == (
        cast.alice.officer_id,
        Pace.DIGEST,
        Pace.ALWAYS,
    )
    told(cast.alice)
    change(next_at=timezone.now() + timedelta(days=1))
    client.post(address, choices | {"information": "at_once", "quiet_from": "22:00", "quiet_until": "06:00"})
    assert as_worker(Endpoint.unguarded.count) == 1
    assert ledger()[0].next_at <= timezone.now()
    answer = client.post(address, choices | {"quiet_from": "22:00"})
    assert answer.context["form"].errors["quiet_until"]
    assert client.post(address, choices | {"information": "always"}).context["form"].errors["information"]
    assert signed_in("dora@example.org").get(address).status_code == 403
    assert as_worker(Delivery.unguarded.count) == 1
