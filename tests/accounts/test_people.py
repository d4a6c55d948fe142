"""Roles at a seat: given by somebody else, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Office, Posting
from accounts.roles import Role
from tests.access.test_urls import signed_in
from tests.cast import LONG_AGO, Cast, post, posting_of, postings_of, seat_of, seat_person

pytestmark = pytest.mark.django_db


def test_the_contact_point_sees_the_people_of_the_seat_and_no_other(cast: Cast) -> None:
    page = signed_in("amira@example.org").get(reverse("people")).content.decode()
    assert all(name in page for name in ("Alice", "Amira", "Dora"))
    assert not any(name in page for name in ("Bob", "Mallory", "Rosa"))


def test_the_secretariat_sees_contact_points_and_heads(cast: Cast) -> None:
    seat_person("sara", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)
    seat_person("hilda", "WA", Role.LIAISON_HEAD)
    page = signed_in("sara@example.org").get(reverse("people")).content.decode()
    assert all(name in page for name in ("Amira", "Hilda", "Sam", "Ghana"))
    assert not any(name in page for name in ("Alice", "Rosa"))


def test_an_ended_role_is_gone_at_the_next_click_of_an_open_session(cast: Cast) -> None:
    alice, amira = signed_in("alice@example.org"), signed_in("amira@example.org")
    assert alice.get("/cases/new").status_code == 200
    page = amira.get(reverse("end_posting", args=[posting_of(cast.alice).pk]))
    assert "ends now" in page.content.decode()
    assert amira.post(reverse("end_posting", args=[posting_of(cast.alice).pk])).status_code == 302
    assert alice.get("/cases/new").status_code == 302
    assert "You hold no role today" in alice.get(reverse("sign_in")).content.decode()
    assert "Ended" in amira.get(reverse("people")).content.decode()


def test_a_role_that_has_not_begun_can_be_ended_and_never_begins(cast: Cast) -> None:
    tomorrow = timezone.now().date() + timedelta(days=1)
    planned = post(cast.alice, Role.SUPERVISOR, "GH", tomorrow)
    assert signed_in("amira@example.org").post(reverse("end_posting", args=[planned.pk])).status_code == 302
    assert not Posting.unguarded.in_force(tomorrow).filter(pk=planned.pk).exists()


def test_one_more_role_is_given_for_a_while(cast: Cast) -> None:
    amira, address = signed_in("amira@example.org"), reverse("grant_role", args=[posting_of(cast.alice).pk])
    assert signed_in("alice@example.org").get("/cases/new").status_code == 200
    assert amira.post(address, {"role": "national_analyst", "until": "2099-01-01"}).status_code == 302
    roles = set(postings_of(cast.alice).values_list("role", flat=True))
    assert roles == {Role.OFFICER, Role.NATIONAL_ANALYST}
    assert "holds this role here already" in amira.post(address, {"role": "officer"}).content.decode()
    assert "must lie after" in amira.post(address, {"role": "supervisor", "until": "2020-01-01"}).content.decode()


def test_a_foreign_office_and_a_foreign_kind_of_role_are_no_choice(cast: Cast) -> None:
    rotterdam = Office.unguarded.create(**seat_of("NL"), code="RTM", name="Rotterdam port")
    amira, address = signed_in("amira@example.org"), reverse("grant_role", args=[posting_of(cast.alice).pk])
    for answers in ({"role": "supervisor", "office": rotterdam.pk}, {"role": "liaison_head"}):
        assert "valid choice" in amira.post(address, answers).content.decode()
    assert postings_of(cast.alice).count() == 1


def test_nobody_changes_the_own_roles(cast: Cast) -> None:
    amira, own = signed_in("amira@example.org"), posting_of(cast.amira)
    for act in ("end_posting", "grant_role", "reset_factors"):
        assert amira.get(reverse(act, args=[own.pk])).status_code == 403, act
        assert amira.post(reverse(act, args=[own.pk]), {"role": "supervisor"}).status_code == 403, act
    page = amira.get(reverse("people")).content.decode()
    assert reverse("end_posting", args=[own.pk]) not in page


def test_somebody_who_left_is_invited_anew_and_not_given_roles(cast: Cast) -> None:
    postings_of(cast.alice).update(since=LONG_AGO, until=LONG_AGO)
    address = reverse("grant_role", args=[posting_of(cast.alice).pk])
    assert signed_in("amira@example.org").post(address, {"role": "supervisor"}).status_code == 409


def test_who_merely_looks_after_accounts_gives_no_trusted_role(cast: Cast) -> None:
    seat_person("nadia", "GH", Role.NATIONAL_ADMINISTRATOR)
    nadia, address = signed_in("nadia@example.org"), reverse("grant_role", args=[posting_of(cast.alice).pk])
    assert "valid choice" in nadia.post(address, {"role": "ncp"}).content.decode()
    assert nadia.post(address, {"role": "supervisor"}).status_code == 302
    amiras = reverse("end_posting", args=[posting_of(cast.amira).pk])
    assert nadia.post(amiras).status_code == 403


def test_who_works_at_two_seats_changes_between_them_in_the_menu(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    assert 'name="seat"' not in alice.get(reverse("home")).content.decode()
    there = post(cast.alice, Role.OFFICER, "NL")
    page = alice.get(reverse("home")).content.decode()
    assert f'name="seat" value="{there.seat_key}"' in page
    assert alice.post(reverse("change_seat"), {"seat": there.seat_key}).status_code == 302
    assert "Netherlands" in alice.get(reverse("home")).content.decode()
    # The other seat's end leaves the person at the first, at once.
    Posting.unguarded.filter(pk=there.pk).update(until=LONG_AGO)
    page = alice.get(reverse("home")).content.decode()
    assert "Ghana" in page
    assert "Netherlands" not in page
