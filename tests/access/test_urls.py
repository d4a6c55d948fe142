"""Every address is declared, and answers every person as its rule says."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access.checks import declared_views, every_url_is_declared, third_party
from accounts.access.registry import policy_for
from accounts.models import Officer
from accounts.sign_in.finish import mark_session
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def signed_in(email: str, factor: str = "totp") -> Client:
    """A browser with an open session of the officer."""
    officer, client = Officer.unguarded.get(email=email), Client()
    client.force_login(officer)
    session = client.session
    mark_session(session, officer, factor)
    session.save()
    return client


def test_no_address_is_undeclared() -> None:
    assert every_url_is_declared() == []
    assert len(list(declared_views())) >= 8


def test_every_plain_page_answers_every_person_as_its_rule_says(cast: Cast) -> None:
    asked = 0
    for route, view, declaration in declared_views():
        if declaration is None or declaration.is_public or third_party(view) or "<" in route:
            continue
        action = declaration.actions.get("GET")
        if action is None or route in {"seat", "step-up"}:
            continue
        if route.startswith("api/v1/sealed/"):
            # An officer's browser seals and opens here by its session; strangers are told that nobody is signed in.
            assert Client().get(f"/{route}").status_code == 401, route
            assert signed_in("alice@example.org").get(f"/{route}").status_code in {200, 404}, route
            continue
        if route.startswith("api/"):
            # A session of the portal opens nothing here: machines bring a credential of their own.
            assert signed_in("alice@example.org").get(f"/{route}").status_code == 401, route
            continue
        assert Client().get(f"/{route}").status_code == 302, route
        for name, actor in cast.everybody().items():
            answer = signed_in(f"{name}@example.org").get(f"/{route}").status_code
            allowed = policy_for(declaration.object).possible(actor, action) is None
            assert answer == (200 if allowed else 403), (route, name, answer)
            asked += 1
    assert asked >= 16


def test_a_method_that_is_not_declared_is_not_served(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    assert alice.put(reverse("home")).status_code == 405
    assert alice.get(reverse("change_seat")).status_code == 405


def test_a_session_without_a_second_factor_opens_nothing(cast: Cast) -> None:
    client = signed_in("alice@example.org", factor="")
    assert client.get(reverse("home")).status_code == 302


def test_raising_the_epoch_or_suspending_ends_the_session_at_once(cast: Cast) -> None:
    client = signed_in("alice@example.org")
    assert client.get(reverse("home")).status_code == 200
    Officer.unguarded.filter(email="alice@example.org").update(auth_epoch=1)
    assert client.get(reverse("home")).status_code == 302
    other = signed_in("bob@example.org")
    Officer.unguarded.filter(email="bob@example.org").update(is_active=False)
    assert other.get(reverse("home")).status_code == 302


@pytest.mark.django_db
def test_a_signed_out_script_is_refused_and_gets_no_form_secret() -> None:
    """Led to the sign-in page unseen, it would put another secret in the place of the one in the person's own form."""
    for path in ("/inbox", "/live"):
        asked = Client().get(path, headers={"Sec-Fetch-Dest": "empty"})
        assert (asked.status_code, asked.cookies) == (401, {}), path
        shown = Client().get(path, headers={"Sec-Fetch-Dest": "document"})
        assert shown.status_code == 302
        assert shown["Location"].startswith("/sign-in?")
