"""Machine keys of a seat: made by its people, shown once, ended at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiCredential
from accounts.roles import Role
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person

pytestmark = pytest.mark.django_db
ANSWERS = {"name": "risk engine", "scopes": ["published:read", "reference:read"], "days": "30"}


def made(name: str, **answers: object) -> str:
    """Somebody makes a key; the key as the page shows it."""
    page = signed_in(f"{name}@example.org").post(reverse("issue_credential"), ANSWERS | answers).content.decode()
    found = re.search(r"<code[^>]*data-key>([^<]+)</code>", page)
    assert found, page
    return found[1]


def whoami(key: str) -> int:
    return Client().get("/api/v1/whoami", headers={"Authorization": f"Bearer {key}"}).status_code


@pytest.mark.parametrize("name", ["amira", "rosa"])
def test_a_key_is_shown_once_works_and_stops_when_it_is_revoked(cast: Cast, name: str) -> None:
    key = made(name)
    assert whoami(key) == 200
    client = signed_in(f"{name}@example.org")
    page = client.get(reverse("credentials")).content.decode()
    prefix, secret = key.split(".")
    assert prefix in page
    assert secret not in page
    assert "Active" in page
    credential = ApiCredential.unguarded.get()
    assert credential.expires_at - timezone.now() < timedelta(days=30, minutes=1)
    assert client.post(reverse("revoke_credential", args=[credential.pk])).status_code == 302
    assert whoami(key) == 401
    assert "Revoked" in client.get(reverse("credentials")).content.decode()


def test_a_key_that_ends_soon_is_marked(cast: Cast) -> None:
    made("amira")
    ApiCredential.unguarded.update(expires_at=timezone.now() + timedelta(days=13))
    assert "Ends soon" in signed_in("amira@example.org").get(reverse("credentials")).content.decode()
    ApiCredential.unguarded.update(expires_at=timezone.now())
    page = signed_in("amira@example.org").get(reverse("credentials")).content.decode()
    assert "Expired" in page
    assert "Revoke<" not in page


def test_a_liaison_office_gets_no_scope_of_administrations(cast: Cast) -> None:
    page = signed_in("rosa@example.org").get(reverse("issue_credential")).content.decode()
    assert "own:read" not in page
    assert "own:read" in signed_in("amira@example.org").get(reverse("issue_credential")).content.decode()
    answer = signed_in("rosa@example.org").post(reverse("issue_credential"), ANSWERS | {"scopes": ["own:read"]})
    assert "valid choice" in answer.content.decode()
    assert ApiCredential.unguarded.count() == 0


@pytest.mark.parametrize(
    "changes", [{"days": "91"}, {"days": "0"}, {"days": "x"}, {"scopes": []}, {"scopes": ["all"]}, {"name": ""}]
)
def test_a_wrong_answer_makes_no_key(cast: Cast, changes: dict[str, object]) -> None:
    answer = signed_in("amira@example.org").post(reverse("issue_credential"), ANSWERS | changes)
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert ApiCredential.unguarded.count() == 0


def test_who_may_not_makes_sees_and_revokes_none(cast: Cast) -> None:
    made("amira")
    key = ApiCredential.unguarded.get().pk
    seat_person("nadia", "GH", Role.NATIONAL_ADMINISTRATOR)
    for name in ("alice", "bob", "dora", "mallory", "sam", "nadia"):
        client = signed_in(f"{name}@example.org")
        assert client.get(reverse("credentials")).status_code == 403, name
        assert client.post(reverse("issue_credential"), ANSWERS).status_code == 403, name
        assert client.post(reverse("revoke_credential", args=[key])).status_code == 404, name
    # Another seat's people keep keys too, but not this one.
    assert signed_in("rosa@example.org").post(reverse("revoke_credential", args=[key])).status_code == 404
    assert "risk engine" not in signed_in("rosa@example.org").get(reverse("credentials")).content.decode()
    assert ApiCredential.unguarded.get().revoked_at is None


def test_making_a_key_needs_a_fresh_factor(cast: Cast) -> None:
    client = signed_in("amira@example.org")
    session = client.session
    session["opencen_stepped_up"] = 1
    session.save()
    assert client.post(reverse("issue_credential"), ANSWERS)["Location"].startswith(reverse("step_up"))
    assert ApiCredential.unguarded.count() == 0
