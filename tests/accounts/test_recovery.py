"""A forgotten password, a lost phone, a lost everything: the way back, and what it does not open."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Letter, Officer, Posting
from accounts.roles import Role
from accounts.sign_in import factors, links, lockout, recovery_codes, totp
from tests.access.test_urls import signed_in
from tests.accounts.letters import code_of, delivered, link_in
from tests.cast import Cast, post, posting_of, seat_person

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery staple", "seven grey herons waiting"


@pytest.fixture
def secret(cast: Cast) -> str:
    """Alice has a password and an authenticator app, whose present code is not spent."""
    alice = officer()
    alice.set_password(OLD)
    alice.save()
    made = totp.new_secret()
    assert totp.enrol(alice, made, code_of(made, -1))
    return made


def officer(name: str = "alice") -> Officer:
    return Officer.unguarded.get(email=f"{name}@example.org")


def after_password(password: str = OLD) -> Client:
    """A browser in which Alice's password was right a moment ago."""
    client = Client()
    answer = client.post(reverse("sign_in"), {"email": "alice@example.org", "password": password})
    assert answer.status_code == 302
    return client


def asked(email: str) -> Any:
    return Client().post(reverse("forgotten_password"), {"email": email})


def test_a_forgotten_password_is_replaced_by_a_link_and_the_factor_is_still_needed(secret: str) -> None:
    assert asked("Alice@Example.org").status_code == 200
    link = link_in(delivered()[0])
    assert mail.outbox[0].to == ["alice@example.org"]
    client = Client()
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": NEW, "again": NEW}).status_code == 302
    assert client.get(reverse("home")).status_code == 302
    assert "was changed" in delivered()[0]
    client = after_password(NEW)
    assert client.get(reverse("home")).status_code == 302
    client.post(reverse("sign_in_code"), {"code": code_of(secret)})
    assert client.get(reverse("home")).status_code == 200


def test_the_answer_is_the_same_for_an_address_without_an_account(secret: str) -> None:
    def page(email: str) -> str:
        return re.sub(r'value="[^"]*"', "", asked(email).content.decode())

    assert page("alice@example.org") == page("nobody@example.org")
    assert Letter.unguarded.count() == 2  # the same work for both …
    assert len(delivered()) == 1  # … and one mail
    assert Letter.unguarded.count() == 0


def test_a_suspended_officer_gets_no_link(secret: str) -> None:
    Officer.unguarded.filter(email="alice@example.org").update(is_active=False)
    assert asked("alice@example.org").status_code == 200
    assert delivered() == []


def test_the_link_works_once_and_for_an_hour(secret: str) -> None:
    asked("alice@example.org")
    link = link_in(delivered()[0])
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert Client().get(link).status_code == 410
    assert Client().post(link, {"password": NEW, "again": NEW}).status_code == 302
    again = Client().post(link, {"password": OLD, "again": OLD})
    assert again.status_code == 410
    assert "no longer works" in again.content.decode()
    assert officer().check_password(NEW)


@pytest.mark.parametrize("change", ["x", "", ".", "0" * 70])
def test_a_forged_link_is_over(secret: str, change: str) -> None:
    link = links.password.make(officer())
    assert Client().get(reverse("new_password", args=[link[:-1] + change])).status_code == 410
    bob = officer("bob").pk.hex
    assert Client().get(reverse("new_password", args=[bob + link[32:]])).status_code == 410


def test_a_link_for_a_password_is_none_for_a_factor(secret: str) -> None:
    assert Client().get(reverse("enrol_anew", args=[links.password.make(officer())])).status_code == 410
    assert Client().get(reverse("new_password", args=[links.enrolment.make(officer())])).status_code == 410


def test_a_new_password_ends_every_session(secret: str) -> None:
    open_one = signed_in("alice@example.org")
    assert open_one.get(reverse("home")).status_code == 200
    Client().post(reverse("new_password", args=[links.password.make(officer())]), {"password": NEW, "again": NEW})
    assert open_one.get(reverse("home")).status_code == 302


def test_nobody_is_flooded_with_links_and_no_address_asks_without_end(secret: str) -> None:
    for _ in range(lockout.LINKS_FOR_ACCOUNT + 2):
        assert asked("alice@example.org").status_code == 200
    assert len(delivered()) == lockout.LINKS_FOR_ACCOUNT
    answers = [asked(f"nobody{n}@example.org").status_code for n in range(lockout.LINKS_FROM_ADDRESS)]
    assert answers[-1] == 429


def test_a_recovery_code_opens_one_sign_in_and_leads_to_the_security_page(secret: str) -> None:
    code, other, *_ = recovery_codes.make(officer())
    client = after_password()
    answer = client.post(reverse("sign_in_recovery"), {"code": code.lower().replace("-", " ")})
    assert answer["Location"] == reverse("security")
    assert "9 are left" in client.get(reverse("security")).content.decode()
    second = after_password()
    assert second.post(reverse("sign_in_recovery"), {"code": code}).status_code == 200
    assert second.get(reverse("home")).status_code == 302
    assert second.post(reverse("sign_in_recovery"), {"code": other}).status_code == 302


def test_a_recovery_code_without_the_password_opens_nothing(secret: str) -> None:
    code = recovery_codes.make(officer())[0]
    client = Client()
    assert client.get(reverse("sign_in_recovery"))["Location"] == reverse("sign_in")
    assert client.post(reverse("sign_in_recovery"), {"code": code})["Location"] == reverse("sign_in")
    assert recovery_codes.left(officer()) == 10


def test_codes_are_kept_as_hashes_and_guessing_them_locks(secret: str) -> None:
    from allauth.mfa.models import Authenticator

    codes = recovery_codes.make(officer())
    kept = str([row.data for row in Authenticator.objects.filter(user=officer())])
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    client = after_password()
    for _ in range(lockout.TRIES_FOR_ACCOUNT):
        assert client.post(reverse("sign_in_recovery"), {"code": "AAAA-AAAA-AAAA"}).status_code == 200
    assert client.post(reverse("sign_in_recovery"), {"code": codes[0]}).status_code == 429


def test_a_recovery_code_is_no_step_up(secret: str) -> None:
    code = recovery_codes.make(officer())[0]
    client = signed_in("alice@example.org")
    session = client.session
    session["opencen_stepped_up"] = 1
    session.save()
    assert client.post(reverse("step_up"), {"code": code}).status_code == 200
    assert client.get(reverse("change_password"))["Location"].startswith(reverse("step_up"))
    assert client.post(reverse("step_up"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("change_password")).status_code == 200


def test_the_contact_point_resets_the_factors_and_the_person_enrols_anew(cast: Cast, secret: str) -> None:
    recovery_codes.make(officer())
    posting = Posting.unguarded.get(officer=officer())
    before = signed_in("alice@example.org")
    amira = signed_in("amira@example.org")
    page = amira.post(reverse("reset_factors", args=[posting.pk])).content.decode()
    hand_over = re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", page)
    assert hand_over
    assert (factors.count(officer()), recovery_codes.left(officer())) == (0, 0)
    assert before.get(reverse("home")).status_code == 302
    body = delivered()[0]
    assert hand_over[0] not in body
    # Without a factor the password alone opens nothing.
    wrong = Client().post(reverse("sign_in"), {"email": "alice@example.org", "password": OLD})
    assert wrong.status_code == 200
    client, link = Client(), link_in(body)
    assert client.post(link, {"password": OLD, "code": "AAAA-AAAA-AAAA-AAAA"}).status_code == 200
    assert client.post(link, {"password": NEW, "code": hand_over[0]}).status_code == 200
    assert client.get(reverse("enrol_factor")).status_code == 410
    assert client.post(link, {"password": OLD, "code": hand_over[0].lower()}).status_code == 302
    shown = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", client.get(reverse("enrol_factor")).content.decode())
    assert shown
    last = client.post(reverse("enrol_factor"), {"code": code_of(shown[1])})
    assert "recovery codes" in last.content.decode()
    assert client.get(reverse("home")).status_code == 200
    assert Client().get(link).status_code == 410


def test_a_forgotten_password_may_be_replaced_between_reset_and_enrolment(cast: Cast, secret: str) -> None:
    posting = Posting.unguarded.get(officer=officer())
    signed_in("amira@example.org").post(reverse("reset_factors", args=[posting.pk]))
    link = link_in(delivered()[0])
    code = links.hand_over_code(officer())
    Client().post(reverse("new_password", args=[links.password.make(officer())]), {"password": NEW, "again": NEW})
    assert Client().post(link, {"password": NEW, "code": code}).status_code == 302


def test_only_who_looks_after_the_person_resets_and_nobody_reaches_into_another_seat(cast: Cast) -> None:
    seat_person("nora", "NL", Role.NCP)
    seat_person("hilda", "WA", Role.LIAISON_HEAD)
    posting = posting_of(cast.alice)
    for name in ("alice", "bob", "rosa", "dora", "mallory", "nora", "hilda", "sam"):
        client = signed_in(f"{name}@example.org")
        for act in ("reset_factors", "end_posting", "grant_role"):
            assert client.get(reverse(act, args=[posting.pk])).status_code == 403, (name, act)
            assert client.post(reverse(act, args=[posting.pk])).status_code == 403, (name, act)
    # Alice now also works at the Netherlands: Ghana's contact point alone may not open that door.
    post(cast.alice, Role.OFFICER, "NL")
    answer = signed_in("amira@example.org").post(reverse("reset_factors", args=[posting.pk]))
    assert answer.status_code == 403
    assert "Secretariat" in answer.content.decode()


def test_who_merely_looks_after_accounts_can_not_reset_a_contact_point(cast: Cast) -> None:
    seat_person("nadia", "GH", Role.NATIONAL_ADMINISTRATOR)
    amiras = posting_of(cast.amira)
    alices = posting_of(cast.alice)
    nadia = signed_in("nadia@example.org")
    assert nadia.post(reverse("reset_factors", args=[amiras.pk])).status_code == 403
    assert nadia.post(reverse("reset_factors", args=[alices.pk])).status_code == 200


def test_the_work_for_an_unknown_address_is_about_the_same(secret: str) -> None:
    def fastest(email: str) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            Client().post(reverse("sign_in"), {"email": email, "password": "wrong wrong wrong"})
            times.append(time.perf_counter() - began)
        return min(times)

    known, unknown = fastest("alice@example.org"), fastest("nobody@example.org")
    # A hash costs tens of milliseconds, the rest of the page a few: without the same work the ratio is 3 or more.
    assert 0.5 < known / unknown < 2


def test_a_recovery_code_opens_the_way_to_new_factors_and_to_nothing_that_needs_a_fresh_one(secret: str) -> None:
    code = recovery_codes.make(officer())[0]
    client = after_password()
    client.post(reverse("sign_in_recovery"), {"code": code})
    assert client.get(reverse("add_app")).status_code == 200
    asked_for = client.get(reverse("search_parties"))
    assert asked_for.status_code == 302
    assert reverse("step_up") in asked_for["Location"]
