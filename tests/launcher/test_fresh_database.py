"""`fresh_database` gives one test a database of its own that others never see."""

from __future__ import annotations

import os

import pytest
from django.core.cache import cache
from django.db import connection

from config.embedded import databases

SEEN: list[str] = []


def count(table: str) -> int:
    with databases.connect(os.environ["DATABASE_URL"]) as other:
        row = other.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]  # noqa: S608
    return int(str(row[0])) if row else 0


@pytest.mark.parametrize("turn", [1, 2])
def test_a_commit_is_seen_by_other_connections_and_gone_for_the_next_test(fresh_database: str, turn: int) -> None:
    before = count("django_content_type")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), session_user")
        assert cursor.fetchone() == (fresh_database, databases.role_of(os.environ["DATABASE_URL"]))
        cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('launcher', 'left_behind')")
    assert count("django_content_type") == before + 1
    SEEN.append(f"{turn}: {before}")
    assert len({line.partition(": ")[2] for line in SEEN}) == 1


def test_it_holds_the_reference_data(fresh_database: str) -> None:
    assert count("accounts_administration") > 150


def test_the_cache_is_empty_and_works(fresh_database: str) -> None:
    assert cache.get("left-behind") is None
    cache.set("left-behind", 1)
    assert cache.get("left-behind") == 1


@pytest.mark.django_db
def test_without_it_django_stays_in_the_process_s_own_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
    assert name == databases.database_of(os.environ["DATABASE_URL"])
    assert not name.endswith("_fresh")
