"""Fixtures that every folder of tests shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from alerts import following
from cen.codelists import lists
from tests.cast import Cast, seat_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return seat_cast()


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Counters, code lists and followers of one test must not reach the next."""
    lists.forget()
    following.forget()
    yield
    cache.clear()
