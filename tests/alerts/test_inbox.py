"""The inbox: tabs, reading, pages by keyset, pointers, and whose it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.scopes import Scope
from alerts.models import Alert
from alerts.portal import inbox as pages
from audit.models import Event
from cen.actions.validate import Verdict, validate
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import an_alert, fan_out_all, inbox
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db
POINTER = [{"code": "named_on_route", "role": "departure"}]


def titles(page: Any) -> list[str]:
    return re.findall(r'<bdi dir="auto">(XX-\d+)</bdi>', page.content.decode())


def test_each_tab_shows_its_alerts_and_no_others(cast: Cast) -> None:
    plain, needs, pointer = (
        an_alert(cast.bob),
        an_alert(cast.bob, needs_me=True),
        an_alert(cast.bob, reasons=POINTER),
    )
    read = an_alert(cast.bob, read_at="2026-01-01T00:00:00Z")
    bob = signed_in("bob@example.org")
    names = {one.headline["reference"]: one for one in (plain, needs, pointer, read)}
    shown = {tab: {names[title].pk for title in titles(bob.get(f"/inbox?show={tab}"))} for tab, _ in pages.TABS}
    assert shown == {
        "": {plain.pk, needs.pk, pointer.pk, read.pk},
        "unread": {plain.pk, needs.pk, pointer.pk},
        "needs": {needs.pk},
        "from-us": {pointer.pk},
    }
    assert "Came from us" in bob.get("/inbox?show=from-us").content.decode()
    assert "it departed from you" in bob.get("/inbox").content.decode()
    assert bob.get("/inbox?show=blue").status_code == 400


def test_pages_follow_each_other_without_gap_or_overlap_while_new_ones_come(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    made = [an_alert(cast.bob).headline["reference"] for _ in range(8)][::-1]
    bob, seen = signed_in("bob@example.org"), []
    address = "/inbox"
    for _ in range(5):
        page = bob.get(address)
        seen += titles(page)
        an_alert(cast.bob)
        link = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        if not link:
            break
        address = "/inbox" + link[1].replace("&amp;", "&")
    assert seen == made
    back = re.search(r'rel="prev" href="([^"]+)"', page.content.decode())
    assert back
    assert titles(bob.get("/inbox" + back[1].replace("&amp;", "&"))) == made[3:6]


@pytest.mark.parametrize("cursor", ["x", "o", "oabc", "z0193e5a0-0000-7000-8000-000000000000"])
def test_a_cursor_that_is_not_ours_is_a_clear_refusal(cast: Cast, cursor: str) -> None:
    answer = signed_in("bob@example.org").get("/inbox", {"cursor": cursor})
    assert answer.status_code == 400
    assert "Start from the inbox" in answer.content.decode()


def test_opening_an_alert_marks_it_as_read_and_leads_to_its_subject(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    fan_out_all()
    alert = inbox(cast.amira)[0]
    amira = signed_in("amira@example.org")
    answer = amira.get(f"/inbox/{alert.pk}")
    assert answer["Location"] == f"/published/{made.reference}"
    assert amira.get(answer["Location"]).status_code == 200
    again = inbox(cast.amira)[0]
    assert again.read_by_id == cast.amira.officer_id
    amira.get(f"/inbox/{alert.pk}")
    assert inbox(cast.amira)[0].read_at == again.read_at
    with transaction.atomic(), acting_as(cast.amira):
        assert Event.unguarded.filter(verb="alert.read", object_id=str(alert.pk)).count() == 1


def test_marking_all_spares_what_came_after_the_page_was_drawn_and_what_is_anothers(cast: Cast) -> None:
    first = an_alert(cast.bob)
    own = an_alert(cast.bob, personal=True)
    foreign = an_alert(cast.mallory)
    bob = signed_in("bob@example.org")
    until = re.search(r'name="until" value="([^"]+)"', bob.get("/inbox").content.decode())
    assert until
    late = an_alert(cast.bob)
    answer = bob.post("/inbox", {"until": until[1]}, follow=True)
    assert "2 alerts are marked as read." in answer.content.decode()
    unread = {one.pk for one in inbox(cast.bob) if one.read_at is None}
    assert unread == {late.pk}
    assert {first.pk, own.pk} <= {one.pk for one in inbox(cast.bob)}
    assert [one.read_at for one in inbox(cast.mallory) if one.pk == foreign.pk] == [None]
    assert bob.post("/inbox", {"until": "everything"}).status_code == 400


def test_only_a_post_marks_without_opening(cast: Cast) -> None:
    alert = an_alert(cast.bob)
    bob = signed_in("bob@example.org")
    assert bob.head(f"/inbox/{alert.pk}/read").status_code == 405
    assert bob.get(f"/inbox/{alert.pk}/read").status_code == 405
    assert inbox(cast.bob)[0].read_at is None


def test_nobody_opens_or_marks_a_foreign_alert(cast: Cast) -> None:
    desk, own = an_alert(cast.bob), an_alert(cast.bob, personal=True)
    for person in ("mallory", "alice", "rosa", "ravi", "sam"):
        client = signed_in(f"{person}@example.org")
        for alert in (desk, own):
            assert client.get(f"/inbox/{alert.pk}").status_code == 404
            assert client.post(f"/inbox/{alert.pk}/read").status_code == 404
    assert signed_in("dora@example.org").get("/inbox").status_code == 403
    assert all(one.read_at is None for one in inbox(cast.bob))


def test_marking_leads_back_to_the_tab_and_never_elsewhere(cast: Cast) -> None:
    alert = an_alert(cast.bob)
    bob = signed_in("bob@example.org")
    for wanted, led in (
        ("/inbox?show=unread", "/inbox?show=unread"),
        ("//elsewhere.example.org", "/inbox"),
        ("/sign-out", "/inbox"),
    ):
        assert bob.post(f"/inbox/{alert.pk}/read", {"next": wanted})["Location"] == led


def test_a_full_page_costs_as_many_queries_as_a_short_one(cast: Cast) -> None:
    bob = signed_in("bob@example.org")
    an_alert(cast.bob, reasons=POINTER)
    bob.get("/inbox")
    with CaptureQueriesContext(connection) as few:
        bob.get("/inbox")
    for _ in range(40):
        an_alert(cast.bob, reasons=POINTER)
    with CaptureQueriesContext(connection) as many:
        bob.get("/inbox")
    assert len(many) <= len(few)


def test_the_machines_inbox_names_the_acknowledgement(cast: Cast) -> None:
    an_alert(cast.amira, needs_acknowledgement=True, acknowledge_by="2026-12-01T12:00:00Z")
    an_alert(cast.amira, personal=True)
    with transaction.atomic(), acting_as(cast.amira):
        key = issue(cast.amira, name="desk", scopes=[Scope.ALERTS_READ])[1]
    answer = Client().get("/api/v1/alerts", headers={"Authorization": f"Bearer {key}"}).json()
    assert [one["acknowledge_by"] for one in answer["results"]] == ["2026-12-01T12:00:00Z"]
    assert answer["results"][0]["acknowledged_at"] is None
    with transaction.atomic(), acting_as(cast.amira):
        assert Alert.unguarded.count() == 2
