"""Signing in takes two factors, says little, and locks whoever guesses."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from accounts.models import Officer
from accounts.sign_in import lockout, totp
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


def present_code(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


@pytest.fixture
def secret(cast: Cast) -> str:
    officer = Officer.unguarded.get(email="alice@example.org")
    officer.set_password(PASSWORD)
    officer.save()
    made = totp.new_secret()
    # Enrolled with the code before, since a code counts once only.
    before = next(yield_hotp_counters_from_time()) - 1
    assert totp.enrol(officer, made, format_hotp_value(hotp_value(made, before)))
    return made


def password_step(client: Client, password: str = PASSWORD, email: str = "alice@example.org") -> int:
    answer = client.post(reverse("sign_in"), {"email": email, "password": password})
    return answer.status_code


def test_password_and_code_open_the_session(secret: str) -> None:
    client = Client()
    assert password_step(client) == 302
    assert client.get(reverse("home")).status_code == 302
    answer = client.post(reverse("sign_in_code"), {"code": present_code(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(reverse("home")).status_code == 200


def test_a_password_alone_or_a_wrong_code_opens_nothing(secret: str) -> None:
    client = Client()
    password_step(client)
    assert client.post(reverse("sign_in_code"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("home")).status_code == 302


def test_a_code_counts_once(secret: str) -> None:
    code = present_code(secret)
    first, second = Client(), Client()
    password_step(first)
    password_step(second)
    assert first.post(reverse("sign_in_code"), {"code": code}).status_code == 302
    assert second.post(reverse("sign_in_code"), {"code": code}).status_code == 200
    assert second.get(reverse("home")).status_code == 302


def test_an_unknown_address_and_a_wrong_password_get_the_same_page(secret: str) -> None:
    def page(email: str) -> str:
        text = Client().post(reverse("sign_in"), {"email": email, "password": "wrong wrong wrong"}).content.decode()
        return text.replace(email, "").split("csrfmiddlewaretoken")[0]

    assert page("alice@example.org") == page("nobody@example.org")


def test_guessing_locks_the_account_and_says_when_to_come_back(secret: str) -> None:
    client = Client()
    for _ in range(lockout.TRIES_FOR_ACCOUNT):
        assert password_step(client, "wrong wrong wrong") == 200
    answer = client.post(reverse("sign_in"), {"email": "Alice@Example.org", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_suspended_officer_stays_out(secret: str) -> None:
    Officer.unguarded.filter(email="alice@example.org").update(is_active=False)
    assert password_step(Client()) == 200


def test_nobody_steps_into_a_person_outside_the_demonstration(cast: Cast) -> None:
    assert Client().post(reverse("step_into", args=["alice"])).status_code == 404


def test_the_way_back_never_leads_to_another_site(secret: str) -> None:
    client = Client()
    password_step(client)
    answer = client.post(
        reverse("sign_in_code"), {"code": present_code(secret), "next": "https://elsewhere.example.org/"}
    )
    assert answer["Location"] == "/"
