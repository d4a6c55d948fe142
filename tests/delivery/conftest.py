"""A source of announcements that any test can fan out, and receivers on the loopback address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from alerts import sources
from alerts.sources import Notice, Recipient


class TestSource:
    """Everybody may be told, except whom a test closes out."""

    __test__ = False
    kind = "test.kind"

    def __init__(self) -> None:
        self.closed: set[Recipient] = set()
        self.gone = False

    def subject(self, subject_id: str) -> str:
        if self.gone:
            from alerts.models import Announcement

            raise Announcement.DoesNotExist
        return subject_id

    def headline(self, subject: Any) -> dict[str, Any]:
        return {"reference": subject}

    def pointed(self, subject: Any) -> Iterable[Notice]:
        return ()

    def entitled(self, subject: Any, recipients: Iterable[Recipient]) -> set[Recipient]:
        return set(recipients) - self.closed


@pytest.fixture
def source() -> Iterator[TestSource]:
    made = TestSource()
    sources.register(made)
    yield made
    del sources._sources[made.kind]


@pytest.fixture
def on_loopback(settings: Any) -> None:
    settings.ALLOW_LOOPBACK_WEBHOOKS = True
