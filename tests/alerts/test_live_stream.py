"""The live stream at the real server: who hears of what, from where it goes on, and when it ends."""

from __future__ import annotations

import queue
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.models import ApiCredential, Officer, Posting, Session
from accounts.scopes import Scope
from alerts.channels.live import hub
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import an_alert
from tests.alerts.listening import Listening
from tests.cast import Cast, seat_cast
from tests.journeys.test_killed import Start, listens, start, wait_for

__all__ = ["start"]
pytestmark = pytest.mark.xdist_group("up")
# What the rules promise; the check itself runs more often.
WITHIN = 5.0


@pytest.fixture
def cast(fresh_database: str) -> Cast:
    return seat_cast()


@pytest.fixture
def port(cast: Cast, start: Start, monkeypatch: pytest.MonkeyPatch) -> int:
    number: int = start.port  # type: ignore[attr-defined]
    monkeypatch.setenv("OPENCEN_PORT", str(number))
    start.web = start("web")  # type: ignore[attr-defined]
    wait_for(lambda: listens(number), "the web server")
    return number


def cookie(client: Client) -> dict[str, str]:
    return {"Cookie": f"opencen={client.cookies['opencen'].value}"}


def key_of(actor: Actor, *scopes: Scope) -> tuple[dict[str, str], Any]:
    with transaction.atomic(), acting_as(actor):
        made, secret = issue(actor, name="agent", scopes=scopes or (Scope.ALERTS_READ,))
    return {"Authorization": f"Bearer {secret}"}, made


def nothing_comes(listening: Listening) -> bool:
    try:
        listening.next(1)
    except queue.Empty:
        return True
    return False


def test_the_desk_and_the_officer_hear_of_their_alerts_and_nobody_else_does(cast: Cast, port: int) -> None:
    bob, mallory = (Listening(port, cookie(signed_in(f"{name}@example.org"))) for name in ("bob", "mallory"))
    assert [one.answer.headers["Content-Type"] for one in (bob, mallory)] == ["text/event-stream"] * 2
    assert [one.next() for one in (bob, mallory)] == [("at", 0)] * 2
    desk, own = an_alert(cast.bob), an_alert(cast.bob, personal=True)
    heard = bob.next()
    # Two that come at once are one hint.
    assert own.number in {heard[1], bob.next()[1] if heard[1] == desk.number else 0}
    assert nothing_comes(mallory)
    hers = an_alert(cast.mallory)
    assert mallory.next() == ("look", hers.number)
    assert nothing_comes(bob)


def test_after_a_cut_it_says_look_only_where_something_came_meanwhile(cast: Cast, port: int) -> None:
    session = cookie(signed_in("bob@example.org"))
    first = an_alert(cast.bob)
    assert Listening(port, session).next() == ("look", first.number)
    assert Listening(port, session | {"Last-Event-ID": str(first.number)}).next() == ("at", first.number)
    assert Listening(port, session, f"/live?after={first.number}").next() == ("at", first.number)
    second = an_alert(cast.bob)
    again = session | {"Last-Event-ID": str(first.number)}
    assert Listening(port, again, f"/live?after={second.number}").next() == ("look", second.number)
    assert Listening(port, session | {"Last-Event-ID": str(second.number + 99)}).next() == ("look", second.number)


@pytest.mark.parametrize(
    "path", ["/live?after=x", "/live?after=-1", "/live?after=9999999999999999999", "/live?since=1"]
)
def test_what_can_not_be_read_is_refused(cast: Cast, port: int, path: str) -> None:
    assert Listening(port, cookie(signed_in("bob@example.org")), path).answer.status == 400


def test_without_a_session_or_key_there_is_no_stream(cast: Cast, port: int) -> None:
    assert Listening(port, {}).answer.status == 302
    assert Listening(port, {}, "/api/v1/alerts/stream").answer.status == 401
    key, _ = key_of(cast.amira, Scope.PUBLISHED_READ)
    assert Listening(port, key, "/api/v1/alerts/stream").answer.status == 403
    assert Listening(port, cookie(signed_in("dora@example.org"))).answer.status == 403


def sign_out(cast: Cast, key: ApiCredential) -> None:
    Session.objects.filter(officer_id=cast.bob.officer_id).delete()


def raise_epoch(cast: Cast, key: ApiCredential) -> None:
    Officer.unguarded.filter(pk=cast.bob.officer_id).update(auth_epoch=7)


def suspend(cast: Cast, key: ApiCredential) -> None:
    Officer.unguarded.filter(pk=cast.bob.officer_id).update(is_active=False)


def change_password(cast: Cast, key: ApiCredential) -> None:
    bob = Officer.unguarded.get(pk=cast.bob.officer_id)
    bob.set_password("another long password 17")
    bob.save(update_fields=["password"])


def end_postings(cast: Cast, key: ApiCredential) -> None:
    Posting.unguarded.filter(officer_id=cast.bob.officer_id).update(until=timezone.now().date())


@pytest.mark.parametrize("end", [sign_out, raise_epoch, suspend, change_password, end_postings])
def test_it_ends_within_five_seconds_of_what_opened_it(cast: Cast, port: int, end: Callable[..., None]) -> None:
    stream = Listening(port, cookie(signed_in("bob@example.org")))
    other = Listening(port, cookie(signed_in("mallory@example.org")))
    stream.next()
    end(cast, None)
    stream.ends_within(WITHIN)
    assert not other.ended.is_set()


def test_a_revoked_key_ends_its_stream_and_another_goes_on(cast: Cast, port: int) -> None:
    key, made = key_of(cast.amira)
    stream, other = (Listening(port, one, "/api/v1/alerts/stream") for one in (key, key_of(cast.amira)[0]))
    assert stream.next() == ("at", 0)
    alert = an_alert(cast.amira)
    assert stream.next() == ("look", alert.number)
    ApiCredential.unguarded.filter(pk=made.pk).update(revoked_at=timezone.now())
    stream.ends_within(WITHIN)
    assert not other.ended.is_set()


def test_one_person_has_so_many_streams_and_no_more(cast: Cast, port: int) -> None:
    session = cookie(signed_in("bob@example.org"))
    streams = [Listening(port, session) for _ in range(hub.MOST_A_LISTENER)]
    refused = Listening(port, session).answer
    assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
    assert b"too_many_streams" in refused.read()
    streams[0].cut()
    wait_for(lambda: Listening(port, session).answer.status == 200, "the place of the one that was cut")


def test_told_to_end_the_server_ends_every_stream_and_stops_at_once(cast: Cast, port: int, start: Start) -> None:
    streams = [Listening(port, cookie(signed_in(f"{name}@example.org"))) for name in ("bob", "mallory", "alice")]
    for one in streams:
        one.next()
    web = start.web  # type: ignore[attr-defined]
    web.send_signal(signal.SIGTERM)
    for one in streams:
        one.ends_within(3)
    assert web.wait(4) == 0
