"""The rule of any object can be asked for by a person's name."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast import Cast
from tests.records import a_case

pytestmark = pytest.mark.django_db


def told(person: str, subject: str) -> str:
    out = StringIO()
    call_command("explain_access", person, subject, stdout=out)
    return out.getvalue()


def test_it_says_yes_to_the_owner_and_no_to_a_stranger_with_the_rule(cast: Cast) -> None:
    case = a_case(cast.alice)
    subject = f"cen.Case:{case.pk}"
    assert "yes read" in told("alice@example.org", subject)
    stranger = told("mallory@example.org", subject)
    assert "no  read" in stranger
    assert "belongs to the owner administration" in stranger
    assert "yes" not in stranger


@pytest.mark.parametrize(
    ("person", "subject"),
    [
        ("nobody@example.org", "cen.Case:1"),
        ("alice@example.org", "cen.Nothing:1"),
        ("alice@example.org", "cen.Case:no-key"),
        ("alice@example.org", "cen.Case:00000000-0000-7000-8000-000000000000"),
        ("alice@example.org", "rubbish"),
    ],
)
def test_a_question_about_nothing_gets_a_clear_answer(cast: Cast, person: str, subject: str) -> None:
    with pytest.raises(CommandError, match="there is no"):
        told(person, subject)
