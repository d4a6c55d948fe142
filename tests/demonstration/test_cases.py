"""What a newcomer finds: people to step into, and cases at every stage."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.management import call_command

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.models import Officer
from cen.models import Case, ReleasedCase
from config.demonstration.cases import record_cases

pytestmark = pytest.mark.django_db


def states() -> Counter[str]:
    with acting_as(system(SystemTask.DEMONSTRATION)):
        return Counter(Case.unguarded.values_list("state", flat=True))


def test_cases_stand_at_every_stage_and_a_second_start_adds_nothing() -> None:
    call_command("seed_demonstration")
    first, people = states(), Officer.unguarded.count()
    assert set(first) == {"draft", "submitted", "released", "returned", "published"}
    assert first["published"] >= 10
    assert record_cases() == 0
    call_command("seed_demonstration")
    assert (states(), Officer.unguarded.count()) == (first, people)


def test_what_is_published_says_nothing_that_a_release_would_stop() -> None:
    call_command("seed_demonstration")
    with acting_as(system(SystemTask.DEMONSTRATION)):
        bodies = list(ReleasedCase.unguarded.filter(state="published").values_list("body", flat=True))
    assert all(body["goods"][0]["quantity"] for body in bodies)
    assert {body["goods"][0]["category"] for body in bodies} >= {"DRG", "TOB", "FAU", "WEA"}
