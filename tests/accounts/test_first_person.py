"""The first people of an installation are invited by command, each of the rest by the one before."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Administration, Invitation, Letter, Posting
from accounts.roles import Role
from tests.accounts.letters import delivered, link_in
from tests.accounts.test_invitation import ANSWERS, joined

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("invite", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_contact_point_joins_by_the_printed_link_and_invites_the_next() -> None:
    link = said("ama.serwaa@example.org", "--administration", "gh", "--role", "ncp", "--print-link")
    assert Letter.unguarded.count() == 0
    client, last = joined(link_in(link))
    assert last.status_code == 200
    posting = Posting.unguarded.get()
    assert (posting.role, posting.administration, posting.officer.display_name) == (
        Role.NCP,
        Administration.unguarded.get(code="GH"),
        "Ama Serwaa",
    )
    assert client.post(reverse("invite"), ANSWERS).status_code == 302
    assert len(delivered()) == 1


def test_each_seat_has_its_first_role_and_the_mail_is_sent_at_once() -> None:
    assert "Secretariat administrator, Secretariat" in said("a@example.org", "--secretariat")
    assert "Head of liaison office" in said("b@example.org", "--liaison-office", "WA")
    assert Invitation.unguarded.filter(mailed_at__isnull=False, invited_by=None).count() == 2
    assert Letter.unguarded.count() == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no address", "--secretariat"), "not an e-mail address"),
        (("a@example.org", "--administration", "ZZ"), "there is no administration ZZ; there are: AD,"),
        (("a@example.org", "--liaison-office", "WA", "--role", "ncp"), "does not exist at this seat"),
        (("a@example.org",), "one of the arguments"),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)
    assert Invitation.unguarded.count() == 0
