"""The frame of real pages: the badge of the inbox, the language menu, the pattern book."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.frame import COUNTED
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import an_alert
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_badge_counts_what_is_unread_at_ones_own_desk_only(cast: Cast) -> None:
    an_alert(cast.bob)
    an_alert(cast.bob, personal=True)
    an_alert(cast.mallory)
    page = signed_in("bob@example.org").get("/cases").content.decode()
    assert page.count('<span class="count">2</span>') == 2  # at the bell and in the side bar
    assert "2 unread alerts" in page
    assert 'class="count"' not in signed_in("alice@example.org").get("/cases").content.decode()


def test_the_badge_ends_where_nobody_counts_along(cast: Cast) -> None:
    for _ in range(COUNTED + 2):
        an_alert(cast.bob)
    assert f'<span class="count">{COUNTED}+</span>' in signed_in("bob@example.org").get("/cases").content.decode()


def test_the_badge_is_one_query_and_only_where_the_frame_is_shown(cast: Cast) -> None:
    bob = signed_in("bob@example.org")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        bob.get("/cases")
    assert (
        len([query for query in seen if "from (select" in query["sql"].lower() and "alerts_alert" in query["sql"]]) == 1
    )
    with CaptureQueriesContext(connection) as seen:
        bob.get("/cases/00000000-0000-7000-8000-000000000000")
    assert [query for query in seen if "alerts_alert" in query["sql"]] == []


def test_the_unread_count_has_its_index(cast: Cast) -> None:
    an_alert(cast.bob)
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = 'unread_administration'")
        assert "(read_at IS NULL)" in cursor.fetchone()[0]


def test_a_chosen_language_stays_and_wins_over_the_accounts(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    assert 'lang="en"' in alice.get("/cases").content.decode()
    page = alice.get("/cases").content.decode()
    assert 'action="/language"' in page
    answer = alice.post("/language", {"language": "ar", "next": "/cases"})
    assert (answer.status_code, answer["Location"]) == (302, "/cases")
    assert '<html lang="ar" dir="rtl"' in alice.get("/cases").content.decode()


def test_the_language_form_leads_to_no_foreign_site_and_takes_no_unknown_language(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    answer = alice.post("/language", {"language": "xx", "next": "https://elsewhere.example.org/"})
    assert not answer["Location"].startswith("http")
    assert '<html lang="en"' in alice.get("/cases").content.decode()
    assert Client(enforce_csrf_checks=True).post("/language", {"language": "fr"}).status_code == 403


def test_the_pattern_book_is_open_in_tests_and_holds_no_data(cast: Cast) -> None:
    page = Client().get("/pattern-book")
    assert page.status_code == 200
    assert "Pattern book" in page.content.decode()
