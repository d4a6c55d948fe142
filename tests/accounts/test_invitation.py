"""Nobody signs himself up: somebody who may invites, a link comes by mail, and it opens one account once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Administration, Invitation, Letter, LiaisonOffice, Officer, Posting
from accounts.roles import Role
from audit.models import Event
from audit.verbs import Verb
from tests.access.test_urls import signed_in
from tests.accounts.letters import code_of, delivered, link_in
from tests.cast import Cast, postings_of, seat_person

pytestmark = pytest.mark.django_db
PASSWORD = "seven grey herons waiting"
ANSWERS = {"email": "Nana@example.org", "display_name": "Nana Addo", "role": "officer", "language": "fr"}


def invited(by: str = "amira", **answers: Any) -> str:
    """Somebody invites; the path of the link that reached the person."""
    answer = signed_in(f"{by}@example.org").post(reverse("invite"), ANSWERS | answers)
    assert answer.status_code == 302, answer.content.decode()
    return link_in(delivered()[-1])


def joined(path: str, client: Client | None = None) -> tuple[Client, Any]:
    """Follows the link to its end with an authenticator app; the browser and the last page."""
    client = client or Client()
    assert client.post(path).status_code == 302
    answer = client.post(reverse("join_password"), {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(reverse("enrol_factor")).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert secret
    return client, client.post(reverse("enrol_factor"), {"code": code_of(secret[1])})


def test_from_the_contact_points_form_to_the_new_officers_home(cast: Cast) -> None:
    path = invited(until="2099-01-01")
    assert "Amira vous" in mail.outbox[-1].body or "Amira invites you" in mail.outbox[-1].body
    assert mail.outbox[-1].to == ["nana@example.org"]
    client, last = joined(path)
    assert last.status_code == 200
    codes = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", last.content.decode())
    assert len(codes) == 10
    assert client.get(reverse("home")).status_code == 200
    officer = Officer.unguarded.get(email="nana@example.org")
    assert officer.check_password(PASSWORD)
    assert officer.password.startswith("argon2")
    posting = Posting.unguarded.get(officer=officer)
    assert (posting.role, posting.administration_id) == (Role.OFFICER, cast.amira.administration_id)
    assert posting.until is not None
    assert posting.until.isoformat() == "2099-01-01"
    assert codes[0] not in client.get(reverse("security")).content.decode()
    assert Letter.unguarded.count() == 0


def test_the_act_and_its_acceptance_are_in_the_trail_without_an_address(cast: Cast) -> None:
    joined(invited())
    from django.db import transaction

    from accounts.access.row_security import acting_as
    from accounts.actor import SystemTask, system

    with transaction.atomic(), acting_as(system(SystemTask.SIGN_IN)):
        events = {event.verb: bytes(event.canonical) for event in Event.unguarded.all()}
    for verb in (Verb.OFFICER_INVITED, Verb.OFFICER_ENROLLED, Verb.POSTING_GRANTED, Verb.SIGN_IN_COMPLETED):
        assert b"example.org" not in events[verb]


def test_the_link_works_once(cast: Cast) -> None:
    path = invited()
    joined(path)
    again = Client().get(path)
    assert again.status_code == 410
    assert "accepted already" in again.content.decode()
    assert Client().post(path).status_code == 410


def test_looking_at_the_link_uses_nothing_up(cast: Cast) -> None:
    path = invited()
    assert Client().get(path).status_code == Client().head(path).status_code == 200
    assert joined(path)[1].status_code == 200


def test_two_browsers_on_one_link_make_one_account(cast: Cast) -> None:
    path = invited()
    slow = Client()
    slow.post(path)
    slow.post(reverse("join_password"), {"password": PASSWORD, "again": PASSWORD})
    page = slow.get(reverse("enrol_factor")).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert secret
    assert joined(path)[1].status_code == 200
    assert slow.post(reverse("enrol_factor"), {"code": code_of(secret[1])}).status_code == 410
    assert slow.get(reverse("home")).status_code == 302


def test_an_expired_a_withdrawn_and_an_invented_link_get_a_clear_page(cast: Cast) -> None:
    path = invited()
    Invitation.unguarded.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "has expired" in Client().get(path).content.decode()
    Invitation.unguarded.update(expires_at=timezone.now() + timedelta(days=1))
    amira = signed_in("amira@example.org")
    amira.post(reverse("withdraw_invitation", args=[Invitation.unguarded.get().pk]))
    assert "was withdrawn" in Client().get(path).content.decode()
    assert Client().get(reverse("join", args=["x" * 43])).status_code == 410


def test_withdrawing_stops_somebody_in_the_middle(cast: Cast) -> None:
    client, path = Client(), invited()
    client.post(path)
    client.post(reverse("join_password"), {"password": PASSWORD, "again": PASSWORD})
    page = client.get(reverse("enrol_factor")).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert secret
    signed_in("amira@example.org").post(reverse("withdraw_invitation", args=[Invitation.unguarded.get().pk]))
    assert client.post(reverse("enrol_factor"), {"code": code_of(secret[1])}).status_code == 410
    assert not Officer.unguarded.filter(email="nana@example.org").exists()


def test_a_second_mail_ends_the_first_link(cast: Cast) -> None:
    first = invited()
    signed_in("amira@example.org").post(reverse("send_invitation_again", args=[Invitation.unguarded.get().pk]))
    second = link_in(delivered()[-1])
    assert first != second
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_only_those_who_look_after_people_may_invite(cast: Cast) -> None:
    for name in ("alice", "bob", "rosa", "ravi", "sam", "dora", "mallory"):
        client = signed_in(f"{name}@example.org")
        assert client.get(reverse("people")).status_code == 403, name
        assert client.get(reverse("invite")).status_code == 403, name
        assert client.post(reverse("invite"), ANSWERS).status_code == 403, name
    assert Invitation.unguarded.count() == 0


def test_an_invitation_is_one_seats_matter(cast: Cast) -> None:
    invited()
    seat_person("nora", "NL", Role.NCP)
    seat_person("hilda", "WA", Role.LIAISON_HEAD)
    key = Invitation.unguarded.get().pk
    for name in ("nora", "hilda", "alice", "mallory"):
        client = signed_in(f"{name}@example.org")
        for act in ("withdraw_invitation", "send_invitation_again"):
            assert client.post(reverse(act, args=[key])).status_code == 404, (name, act)
    assert "Nana" not in signed_in("nora@example.org").get(reverse("people")).content.decode()
    assert Invitation.unguarded.get().is_open


def test_inviting_needs_a_fresh_factor(cast: Cast) -> None:
    client = signed_in("amira@example.org")
    session = client.session
    session["opencen_stepped_up"] = timezone.now().timestamp() - 3_600
    session.save()
    answer = client.post(reverse("invite"), ANSWERS)
    assert answer.status_code == 403
    assert reverse("step_up") in answer.content.decode()
    assert ANSWERS["display_name"] in answer.content.decode()
    assert Invitation.unguarded.count() == 0


def test_a_contact_point_can_not_invite_elsewhere_or_to_a_foreign_kind_of_role(cast: Cast) -> None:
    netherlands = Administration.unguarded.get(code="NL")
    invited(administration=netherlands.pk)
    assert Invitation.unguarded.get().administration_id == cast.amira.administration_id
    for role in ("liaison_analyst", "secretariat_administrator", "api_client", "king"):
        answer = signed_in("amira@example.org").post(reverse("invite"), ANSWERS | {"role": role})
        assert answer.status_code == 200
        assert "valid choice" in answer.content.decode()


def test_who_looks_after_accounts_can_not_make_contact_points(cast: Cast) -> None:
    seat_person("nadia", "GH", Role.NATIONAL_ADMINISTRATOR)
    nadia = signed_in("nadia@example.org")
    for role in ("ncp", "national_administrator", "data_protection"):
        assert nadia.post(reverse("invite"), ANSWERS | {"role": role}).status_code == 200
    assert Invitation.unguarded.count() == 0
    assert nadia.post(reverse("invite"), ANSWERS).status_code == 302


def test_the_secretariat_invites_contact_points_and_heads_and_a_head_invites_analysts(cast: Cast) -> None:
    seat_person("sara", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)
    netherlands, office = Administration.unguarded.get(code="NL"), LiaisonOffice.unguarded.get(code="WA")
    joined(invited("sara", role="ncp", administration=netherlands.pk))
    nana = Posting.unguarded.get(officer__email="nana@example.org")
    assert (nana.role, nana.administration_id) == (Role.NCP, netherlands.pk)
    path = invited("sara", role="liaison_head", liaison_office=office.pk, email="kwame@example.org")
    head, _ = joined(path)
    assert head.post(reverse("invite"), ANSWERS | {"role": "liaison_head"}).status_code == 200
    answers = ANSWERS | {"role": "liaison_analyst", "email": "efua@example.org"}
    assert head.post(reverse("invite"), answers).status_code == 302
    joined(link_in(delivered()[-1]))
    assert Posting.unguarded.get(officer__email="efua@example.org").liaison_office_id == office.pk
    # A contact point without a place, and a place the Secretariat may not fill.
    sara = signed_in("sara@example.org")
    assert "Choose where" in sara.post(reverse("invite"), ANSWERS | {"role": "ncp"}).content.decode()
    assert sara.post(reverse("invite"), ANSWERS | {"administration": netherlands.pk}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "no address"}, "valid email"),
        ({"until": "2020-01-01"}, "last day must lie"),
        ({"since": "2099-01-01", "until": "2098-01-01"}, "last day must lie"),
        ({"email": "alice@example.org"}, "holds this role here already"),
        ({"display_name": ""}, "required"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_typed_is_lost(cast: Cast, changes: dict[str, str], sentence: str) -> None:
    page = signed_in("amira@example.org").post(reverse("invite"), ANSWERS | changes).content.decode()
    assert sentence in page
    assert (ANSWERS | changes)["email"] in page
    assert Invitation.unguarded.count() == 0


def test_an_invitation_that_waits_is_not_sent_twice(cast: Cast) -> None:
    invited()
    page = signed_in("amira@example.org").post(reverse("invite"), ANSWERS).content.decode()
    assert "invited to this role already" in page
    assert Invitation.unguarded.count() == 1


@pytest.mark.parametrize("weak", ["short", "password1234", "nana@example.org", "Nana Addo 12"])
def test_a_weak_or_differing_password_is_refused(cast: Cast, weak: str) -> None:
    client = Client()
    client.post(invited())
    assert client.post(reverse("join_password"), {"password": weak, "again": weak}).status_code == 200
    assert client.post(reverse("join_password"), {"password": PASSWORD, "again": PASSWORD + "!"}).status_code == 200
    assert client.get(reverse("enrol_factor")).status_code == 410


def test_steps_can_not_be_skipped_and_open_no_page(cast: Cast) -> None:
    client = Client()
    for name in ("join_password", "enrol_factor", "enrol_picture"):
        assert client.get(reverse(name)).status_code == 410
    assert client.post(reverse("enrol_options")).status_code == 410
    client.post(invited())
    client.post(reverse("join_password"), {"password": PASSWORD, "again": PASSWORD})
    assert client.post(reverse("enrol_factor"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("home")).status_code == 302
    assert not Officer.unguarded.filter(email="nana@example.org").exists()


def test_the_picture_is_an_svg_of_this_enrolment(cast: Cast) -> None:
    client = Client()
    client.post(invited())
    client.post(reverse("join_password"), {"password": PASSWORD, "again": PASSWORD})
    picture = client.get(reverse("enrol_picture"))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Cache-Control"] == "no-store"
    assert picture.content.startswith(b"<?xml")


def test_somebody_with_an_account_signs_in_and_gets_the_role_added(cast: Cast) -> None:
    seat_person("nora", "NL", Role.NCP)
    path = invited("nora", email="alice@example.org")
    assert "You have an account already" in Client().get(path).content.decode()
    alice = signed_in("alice@example.org")
    assert alice.post(path).status_code == 302
    assert postings_of(cast.alice).count() == 2
    assert "Netherlands" in alice.get(reverse("home")).content.decode()
    assert Client().get(path).status_code == 410


def test_somebody_elses_session_can_not_take_the_link(cast: Cast) -> None:
    path = invited()
    bob = signed_in("bob@example.org")
    assert "Sign out first" in bob.get(path).content.decode()
    assert bob.post(path).status_code == 200
    assert postings_of(cast.bob).count() == 1
    assert Invitation.unguarded.get().is_open


def test_a_mail_server_that_is_away_loses_no_invitation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.mail import EmailMessage

    from accounts.letters import send_next

    assert signed_in("amira@example.org").post(reverse("invite"), ANSWERS).status_code == 302

    def fails(self: EmailMessage, *args: Any, **kwargs: Any) -> int:
        raise OSError("no route to the mail server")

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", fails)
        assert send_next()
    assert Letter.unguarded.count() == 1
    assert not send_next()  # another worker does not take what this one tried a moment ago
    Letter.unguarded.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert joined(link_in(delivered()[-1]))[1].status_code == 200


def test_nobody_invites_himself_to_another_role(cast: Cast) -> None:
    seat_person("nadia", "GH", Role.NATIONAL_ADMINISTRATOR)
    nadia = signed_in("nadia@example.org")
    wish = ANSWERS | {"email": "Nadia@example.org", "role": "investigator"}
    answer = nadia.post(reverse("invite"), wish)
    assert answer.status_code == 200
    assert "Nobody gives himself a role" in answer.content.decode()
    assert Invitation.unguarded.count() == 0


def test_an_invitation_ends_with_its_inviters_right_to_invite(cast: Cast) -> None:
    path = invited(email="bob@example.org")
    Posting.unguarded.filter(officer_id=cast.amira.officer_id).update(until=timezone.now().date())
    bob = signed_in("bob@example.org")
    assert bob.post(path).status_code == 410
    assert postings_of(cast.bob).count() == 1
