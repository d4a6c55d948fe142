"""A body that is too large is refused before anything reads it, and says so."""

from __future__ import annotations

import pytest
from django.test import Client

from config import security
from tests.access.test_urls import signed_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def sent(client: Client, path: str, size: int) -> int:
    """The status for a request that announces a body of this size."""
    answer = client.post(path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(size))
    return int(answer.status_code)


def test_a_stranger_can_not_fill_the_disk(cast: Cast) -> None:
    assert sent(Client(), "/sign-in", security.LARGEST_OF_STRANGERS + 1) == 413
    assert sent(Client(), "/api/v1/own/cases", security.LARGEST_DOCUMENT + 1) == 413


def test_an_officer_sends_photos_and_imports_up_to_their_size_and_no_more(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    assert sent(alice, "/cases/new", security.LARGEST_FORM + 1) == 413
    assert sent(alice, "/imports/new", security.LARGEST_FORM + 1) != 413
    assert sent(alice, "/imports/new", security.LARGEST_IMPORT + 1) == 413


def test_a_length_that_is_no_number_is_refused(cast: Cast) -> None:
    assert Client().post("/sign-in", b"", content_type="text/plain", CONTENT_LENGTH="-1").status_code == 413
