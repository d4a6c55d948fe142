"""What a person sees and changes of the own account."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Officer, Session
from accounts.sign_in import recovery_codes, sessions, totp
from accounts.tasks import forget_old_sessions
from tests.access.test_urls import signed_in
from tests.accounts.letters import code_of, delivered
from tests.accounts.test_recovery import NEW, OLD, after_password, officer, secret
from tests.cast import Cast

__all__ = ["secret"]
pytestmark = pytest.mark.django_db


def test_signing_in_gives_a_new_session_and_forgets_what_was_in_the_old(secret: str) -> None:
    client = Client()
    client.get(reverse("sign_in"))
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    before = session.session_key
    client.post(reverse("sign_in"), {"email": "alice@example.org", "password": OLD})
    between = client.session.session_key
    client.post(reverse("sign_in_code"), {"code": code_of(secret)})
    after = client.session.session_key
    assert len({before, between, after}) == 3
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key__in=[before, between]).exists()


def test_sessions_are_listed_and_one_or_all_others_end(cast: Cast) -> None:
    here, there, elsewhere = (signed_in("alice@example.org") for _ in range(3))
    foreign = signed_in("bob@example.org")
    marks = re.findall(r'name="session" value="(\w+)"', here.get(reverse("security")).content.decode())
    assert len(marks) == 2
    assert sessions.mark_of(there.session.session_key or "") in marks
    mark = sessions.mark_of(there.session.session_key or "")
    assert here.post(reverse("end_session"), {"session": mark}).status_code == 302
    assert there.get(reverse("home")).status_code == 302
    assert elsewhere.get(reverse("home")).status_code == 200
    assert here.post(reverse("end_session")).status_code == 302
    assert elsewhere.get(reverse("home")).status_code == 302
    assert here.get(reverse("home")).status_code == foreign.get(reverse("home")).status_code == 200


def test_nobody_ends_a_session_of_somebody_else(cast: Cast) -> None:
    alice, bob = signed_in("alice@example.org"), signed_in("bob@example.org")
    mark = sessions.mark_of(alice.session.session_key or "")
    assert bob.post(reverse("end_session"), {"session": mark}).status_code == 404
    assert alice.get(reverse("home")).status_code == 200


def test_changing_the_password_keeps_this_session_and_ends_the_others(secret: str) -> None:
    here, there = signed_in("alice@example.org"), signed_in("alice@example.org")
    form = {"present": OLD, "password": NEW, "again": NEW}
    key = here.session.session_key
    assert here.post(reverse("change_password"), form | {"present": "wrong"}).status_code == 200
    assert officer().check_password(OLD)
    assert here.post(reverse("change_password"), form).status_code == 302
    assert here.get(reverse("home")).status_code == 200
    assert here.session.session_key != key
    assert there.get(reverse("home")).status_code == 302
    assert officer().check_password(NEW)
    assert "password" in delivered()[0]


def test_the_present_password_can_not_be_guessed_without_end(secret: str) -> None:
    client = signed_in("alice@example.org")
    form = {"present": "wrong", "password": NEW, "again": NEW}
    for _ in range(10):
        assert client.post(reverse("change_password"), form).status_code == 200
    assert client.post(reverse("change_password"), form | {"present": OLD}).status_code == 429


def test_an_app_is_set_up_and_takes_the_place_of_the_earlier(secret: str) -> None:
    client = signed_in("alice@example.org")
    page = client.get(reverse("add_app")).content.decode()
    shown = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert shown
    assert client.get(reverse("app_picture")).content.startswith(b"<?xml")
    assert client.post(reverse("add_app"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("add_app"), {"code": code_of(shown[1])}).status_code == 302
    assert not totp.code_is_right(officer(), code_of(secret))
    assert totp.code_is_right(officer(), code_of(shown[1], 1))
    assert Authenticator.objects.filter(user=officer(), type="totp").count() == 1
    assert "were added" in delivered()[0]


def test_the_last_factor_stays_and_a_foreign_one_is_absent(secret: str) -> None:
    client, app = signed_in("alice@example.org"), Authenticator.objects.get(user=officer(), type="totp")
    assert client.post(reverse("remove_factor", args=[app.pk])).status_code == 409
    assert signed_in("bob@example.org").post(reverse("remove_factor", args=[app.pk])).status_code == 404
    assert totp.is_enrolled(officer())


def test_recovery_codes_are_shown_once_and_new_ones_end_the_old(secret: str) -> None:
    old = recovery_codes.make(officer())[0]
    client = signed_in("alice@example.org")
    page = client.post(reverse("renew_recovery_codes")).content.decode()
    new = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)
    assert len(new) == 10
    assert not set(new) & set(re.findall(r"[\w-]{14}", client.get(reverse("security")).content.decode()))
    assert not recovery_codes.use(officer(), old)
    assert recovery_codes.use(officer(), new[3])


def test_changes_need_a_fresh_factor_and_looking_does_not(secret: str) -> None:
    client = signed_in("alice@example.org")
    session = client.session
    session["opencen_stepped_up"] = 1
    session.save()
    assert client.get(reverse("security")).status_code == 200
    for name in ("add_app", "add_passkey", "add_passkey_options", "renew_recovery_codes", "change_password"):
        assert client.post(reverse(name))["Location"].startswith(reverse("step_up")), name


def test_the_last_sign_ins_are_ones_own_and_failures_are_among_them(secret: str) -> None:
    client = after_password()
    client.post(reverse("sign_in_code"), {"code": "000000"})
    client.post(reverse("sign_in_code"), {"code": code_of(secret)})
    page = client.get(reverse("security")).content.decode()
    assert "Authenticator app" in page
    assert "Failed: wrong" in page
    assert "Failed: wrong" not in signed_in("bob@example.org").get(reverse("security")).content.decode()


def test_a_code_can_not_be_replayed_by_emptying_the_cache(secret: str) -> None:
    from django.core.cache import cache

    code = code_of(secret)
    assert totp.code_is_right(officer(), code)
    cache.clear()
    assert not totp.code_is_right(officer(), code)


def test_answers_that_are_no_passkey_are_told_and_counted(secret: str) -> None:
    client = signed_in("alice@example.org")
    for answer in ("", "{", "[]", "[" * 20_000, '{"id": 5}', '{"rawId": "AA", "response": {}}', "x" * 30_000):
        client.post(reverse("add_passkey_options"))
        page = client.post(reverse("add_passkey"), {"name": "key", "credential": answer})
        assert page.status_code == 200
        assert "did not work" in page.content.decode()
        stranger = Client()
        assert stranger.post(reverse("passkey_options")).status_code == 200
        assert stranger.post(reverse("sign_in_passkey"), {"credential": answer})["Location"].startswith("/sign-in")
    assert Officer.unguarded.get(email="alice@example.org").auth_epoch == 0


def test_sessions_that_ran_out_are_forgotten(cast: Cast) -> None:
    old, fresh = signed_in("alice@example.org"), signed_in("bob@example.org")
    Session.objects.filter(session_key=old.session.session_key).update(expire_date=timezone.now())
    forget_old_sessions()
    assert [row.session_key for row in Session.objects.all()] == [fresh.session.session_key]
