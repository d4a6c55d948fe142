"""What watchers see: figures for those who were named, the operators' page, and readiness that asks no worker."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client

from accounts.roles import Role
from alerts.actions import timetable
from alerts.models import Announcement
from alerts.outbox import next_sequence
from config import env, metrics, workers
from config.queues import QUEUES
from config.request_counts import RequestCounts, kind_of, request_counts
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_works() -> None:
    with workers.valkey() as client:
        client.flushdb()


def sign(name: str, ago: float, *queues: str) -> None:
    """As if a worker had given a sign of life so long ago."""
    with workers.valkey() as client:
        at = workers._clock(client) - ago
        facts = {"at": at, "queues": queues, "processes": 2, "done": 1234, "active": 1}
        client.hset(workers.SIGNS, name, json.dumps(facts))


def announced(ago: float, **facts: Any) -> None:
    with transaction.atomic():
        made = Announcement.unguarded.create(sequence=next_sequence(), kind="case.published", subject_id=str(ago))
        Announcement.unguarded.filter(pk=made.pk).update(announced_at=Now() - timedelta(seconds=ago), **facts)


def figures(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^(opencen_\S+) (\S+)$", text, flags=re.MULTILINE)}


def test_nobody_gets_figures_unless_he_was_named(settings: Any) -> None:
    ask = Client().get
    assert ask("/metrics").status_code == 404
    settings.METRICS_FROM = [ip_network("10.0.0.0/8"), ip_network("::1")]
    assert ask("/metrics").status_code == 404
    assert ask("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert ask("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert ask("/metrics", REMOTE_ADDR="nonsense").status_code == 404
    settings.METRICS_TOKEN = "only for the watcher"
    assert ask("/metrics", headers={"Authorization": "Bearer only for the watcher"}).status_code == 200
    for wrong in ("", "Bearer ", "Bearer only", "Bearer ürgend", "Basic only for the watcher"):
        assert ask("/metrics", headers={"Authorization": wrong}).status_code == 404, wrong
    settings.METRICS_TOKEN = ""
    assert ask("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_network_that_is_none_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCEN_METRICS_FROM", "10.0.0.0/8, everybody")
    with pytest.raises(ImproperlyConfigured, match="everybody"):
        env.networks("OPENCEN_METRICS_FROM")


def test_the_figures_say_how_the_outbox_and_the_workers_stand(settings: Any) -> None:
    settings.METRICS_FROM = [ip_network("127.0.0.1")]
    announced(90)
    announced(30)
    announced(900, done_at=Now())
    announced(500, quarantined_at=Now())
    sign("worker@a", 3, "alerts")
    sign('odd"name', 300, "mail")
    with workers.valkey() as client:
        client.lpush("mail", "one", "two")
    found = figures(Client().get("/metrics").content.decode())
    assert 90 <= found["opencen_oldest_undelivered_seconds"] < 120
    assert found['opencen_announcements{state="open"}'] == 2
    assert found['opencen_announcements{state="quarantined"}'] == 1
    assert found['opencen_queue_messages{queue="mail"}'] == 2
    assert found['opencen_queue_processes{queue="alerts"}'] == 2
    assert found['opencen_queue_processes{queue="mail"}'] == 0
    assert 3 <= found['opencen_worker_sign_age_seconds{worker="worker@a"}'] < 20
    assert 'worker="odd\\"name"' in Client().get("/metrics").content.decode()
    assert found['opencen_up{part="valkey"}'] == 1


def test_what_can_not_be_asked_is_named_and_the_rest_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_FROM = [ip_network("127.0.0.1")]

    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(metrics, "workers", away)
    found = figures(Client().get("/metrics").content.decode())
    assert (found['opencen_up{part="valkey"}'], found['opencen_up{part="database"}']) == (0, 1)
    assert "opencen_oldest_undelivered_seconds" in found


def test_requests_are_counted_by_kind_without_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.request_counts.EVERY", 0.0)
    counts = RequestCounts(lambda _: None)  # type: ignore[arg-type, return-value]
    for name in ("page 2xx", "page 2xx", "api 4xx"):
        counts.count(name)
    assert request_counts() == {("page", "2xx"): 2, ("api", "4xx"): 1}
    kinds = {"/own-cases/7": "page", "/live": "stream", "/api/v1/alerts/stream": "stream", "/api/v1/alerts": "api"}
    assert {path: kind_of(path) for path in kinds} == kinds


def test_readiness_looks_up_the_last_sign_of_life_and_asks_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: Any, **__: Any) -> None:
        pytest.fail("a worker was asked")

    monkeypatch.setattr("celery.app.control.Control.broadcast", asked)
    assert Client().get("/readyz").json() == {"database": True, "valkey": True, "worker": False}
    sign("worker@a", workers.GONE_AFTER + 5, "alerts")
    assert Client().get("/readyz").status_code == 503
    sign("worker@a", 1, "alerts")
    assert Client().get("/readyz").status_code == 200


def test_those_who_run_the_network_see_workers_and_queues_and_others_do_not(cast: Cast) -> None:
    seat_person("olga", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)
    timetable.enter({"sweep-announcements": timedelta(seconds=2)})
    announced(3_700)
    sign("worker@a", 2, "alerts")
    sign("worker@b", 300, "mail", "deliveries")
    page = signed_in("olga@example.org").get("/operations").content.decode()
    for needed in ("worker@a", "worker@b", "silent", "late", "sweep-announcements", "oldest undelivered"):
        assert needed in page, needed
    for queue in QUEUES:
        assert queue.name in page
    for name in ("sam", "alice", "rosa"):
        other = signed_in(f"{name}@example.org")
        assert other.get("/operations").status_code == 403
        assert "/operations" not in other.get("/").content.decode()


def test_the_page_says_when_valkey_is_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seat_person("olga", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)

    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr("config.operations_page.workers", away)
    page = signed_in("olga@example.org").get("/operations")
    assert page.status_code == 200
    assert "Valkey does not answer" in page.content.decode()
