"""Databases for tests: one a process, and a fresh one where a test needs real commits and other processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from config.embedded import databases

ADDRESSES = ("DATABASE_URL", "OPENCEN_OWNER_DATABASE_URL")


@contextmanager
def _server() -> Iterator[databases.Connection]:
    with databases.connect(os.environ["OPENCEN_TEST_SERVER"]) as connection:
        yield connection


def clone(name: str) -> None:
    """Makes a database like the template, dropping an older one of the same name."""
    owner, application = (databases.role_of(os.environ[key]) for key in reversed(ADDRESSES))
    with _server() as server:
        databases.drop(server, name)
        databases.create(
            server, name, owner=owner, application=application, template=os.environ["OPENCEN_TEST_TEMPLATE"]
        )


def drop(name: str) -> None:
    """Removes a test database."""
    with _server() as server:
        databases.drop(server, name)


def point_environment_at(name: str) -> None:
    """Makes this process, and children started from now on, use the database."""
    for key in ADDRESSES:
        os.environ[key] = databases.with_database(os.environ[key], name)


def claim(number: int) -> str:
    """Gives this process a database and a pair of Valkey databases of its own, by its number; returns the name."""
    name = f"{os.environ['OPENCEN_TEST_TEMPLATE']}_{'main' if number == 0 else f'gw{number - 1}'}"
    clone(name)
    point_environment_at(name)
    # The settings take the next number for the broker.
    os.environ["REDIS_URL"] = databases.with_redis_database(os.environ["REDIS_URL"], number * 2)
    return name


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Replaces pytest-django's: the database is there already, and the application could not make one."""


@pytest.fixture
def fresh_database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own for one test; yields its name.

    Django's connections of this process and the addresses in the environment lead to it; cache and broker are
    emptied before. For what needs real commits, child processes or other roles: the application may not truncate
    tables, so nothing could be cleaned up afterwards. Not to be combined with `db` or `transactional_db`.
    """
    taken = {"db", "transactional_db"} & set(request.fixturenames)
    if taken or request.node.get_closest_marker("django_db"):
        pytest.fail("fresh_database is a database by itself: leave out django_db, db and transactional_db.")
    from django.db import connections

    settings = connections.settings["default"]
    before = settings["NAME"]
    name = f"{before}_fresh"
    clone(name)
    connections["default"].close()
    settings["NAME"] = name
    point_environment_at(name)
    _empty_valkey()
    try:
        with django_db_blocker.unblock():
            yield name
    finally:
        connections["default"].close()
        settings["NAME"] = before
        point_environment_at(before)
        drop(name)


def _empty_valkey() -> None:
    import redis
    from django.conf import settings

    for url in (settings.REDIS_URL, _broker_of(settings.REDIS_URL)):
        with redis.Redis.from_url(url) as client:
            client.flushdb()


def _broker_of(url: str) -> str:
    return databases.with_redis_database(url, databases.redis_database_of(url) + 1)


@pytest.fixture
def owner_connection() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection to the current test database as the role that owns it; each statement commits.

    It sees what is committed: with `django_db` the rows of the test itself are not.
    """
    with databases.connect(os.environ["OPENCEN_OWNER_DATABASE_URL"]) as connection:
        yield connection
