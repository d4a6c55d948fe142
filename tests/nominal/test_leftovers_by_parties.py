"""What is kept of a case's parties is found in the texts that would leave; what is not linked is not."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.access.row_security import acting_as
from accounts.refusals import RulesBroken
from audit.models import Event
from cen.actions.nominal_identifiers import record_identifier
from cen.actions.parties import link_party, record_party
from cen.actions.record import record, submit
from cen.actions.release import preview, release
from cen.models import Case
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import cigarettes
from tests.nominal.people import COMPANY, WHY, as_, kwabena

pytestmark = pytest.mark.django_db


def a_submitted_case(cast: Cast, narrative: str) -> Case:
    case: Case = as_(cast.alice, record, cigarettes(narrative_public=narrative))[0]
    as_(cast.alice, submit, case, revision=case.revision)
    return case


@pytest.mark.parametrize(
    ("narrative", "kinds"),
    [
        ("The driver, K. Ofosu Mensah, said nothing.", ["name"]),
        ("Known as kobby to the crew.", ["name"]),
        ("He showed G-4418802 at the gate.", ["value"]),
        ("The load was for Blue Heron.", ["name"]),
        ("Registered under CS 2291 04 there.", ["value"]),
        ("The lorry GR 4418 21 stood apart.", ["value"]),
        ("Cartons behind a wall of used tyres.", []),
    ],
)
def test_names_and_numbers_of_linked_parties_stop_the_release(cast: Cast, narrative: str, kinds: list[str]) -> None:
    case = a_submitted_case(cast, narrative)
    company = as_(cast.alice, record_party, "company", COMPANY, purpose=WHY)[0].party
    as_(cast.alice, link_party, case, kwabena(cast.alice).party, "DRIVER", purpose=WHY)
    as_(cast.alice, link_party, case, company, "CONSIGNEE", purpose=WHY)
    as_(cast.alice, record_identifier, case, "plate", "GR 4418-21", purpose=WHY)
    seen = as_(cast.amira, preview, case)
    assert [one.kind for one in seen.leftovers] == kinds
    act: Any = lambda: as_(cast.amira, release, case, seen_hash=seen.content_hash)  # noqa: E731
    if kinds:
        with pytest.raises(RulesBroken):
            act()
    else:
        act()


def test_a_name_of_somebody_who_is_not_linked_is_no_leftover(cast: Cast) -> None:
    case = a_submitted_case(cast, "The driver Ofosu Mensah said nothing.")
    kwabena(cast.alice)
    assert as_(cast.amira, preview, case).leftovers == []


def test_the_comparison_is_an_event_of_its_own_and_shows_nothing_to_who_may_not_read(cast: Cast) -> None:
    case = a_submitted_case(cast, "The driver Ofosu Mensah said nothing.")
    as_(cast.alice, link_party, case, kwabena(cast.alice).party, "DRIVER", purpose=WHY)
    assert as_(cast.dora, preview, case).leftovers == []
    with acting_as(cast.alice):
        assert not Event.unguarded.filter(verb="nominal.compared").exists()
    assert as_(cast.amira, preview, case).leftovers
    with acting_as(cast.alice):
        event = Event.unguarded.get(verb="nominal.compared")
        assert event.facts == {"parties": 1, "identifiers": 0, "automatic": True}
        assert not Event.unguarded.filter(verb="party.read").exists()
