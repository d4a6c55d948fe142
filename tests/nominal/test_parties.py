"""Alice keeps persons and companies of her administration; nobody else, no machine, and never without a purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from accounts.access.row_security import acting_as
from accounts.actor import Actor, ActorKind
from accounts.refusals import Absent, Conflict, Forbidden, PurposeNeeded, Refusal, RulesBroken, StepUpNeeded
from accounts.roles import Role
from accounts.scopes import Scope
from audit.models import Event
from cen.actions.nominal_identifiers import identifiers_of, record_identifier, remove_identifier
from cen.actions.nominal_lookup import look_up
from cen.actions.parties import amend_party, link_party, parties_of, read_party, record_party, unlink_party
from cen.models import CaseParty, Party, PartyLookup
from cen.nominal.purpose import Purpose, PurposeTells
from tests.cast import Cast
from tests.nominal.people import COMPANY, KWABENA, WHY, as_, kwabena
from tests.records import a_case

pytestmark = pytest.mark.django_db


def machine(cast: Cast) -> Actor:
    """A client of A with every scope there is."""
    return Actor(
        kind=ActorKind.CLIENT,
        client_id=cast.alice.officer_id,
        administration_id=cast.alice.administration_id,
        roles=frozenset({Role.API_CLIENT}),
        scopes=frozenset(Scope),
    )


def test_what_was_recorded_is_read_again_by_a_colleague_with_a_purpose(cast: Cast) -> None:
    party = kwabena(cast.alice).party
    opened = as_(cast.amira, read_party, party, purpose=WHY)
    assert opened.details == KWABENA
    assert opened.title == "Kwabena Yaw Ofosu-Mensāh"


def test_nothing_of_it_shows_in_a_representation(cast: Cast) -> None:
    opened = kwabena(cast.alice)
    for shown in (repr(opened), str(opened), repr(opened.party), f"{[opened]}"):
        assert "Ofosu" not in shown
        assert "4418802" not in shown


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("dora", Absent),
        ("bob", Absent),
        ("rosa", Absent),
        ("ravi", Absent),
        ("sam", Absent),
        ("mallory", Absent),
        ("machine", Absent),
        ("without step-up", StepUpNeeded),
    ],
)
def test_nobody_else_reads_amends_or_links_a_party(cast: Cast, name: str, refusal: type[Refusal]) -> None:
    party, case = kwabena(cast.alice).party, a_case(cast.alice)
    link = as_(cast.alice, link_party, case, party, "DRIVER", purpose=WHY)
    others = {"machine": machine(cast), "without step-up": replace(cast.alice, stepped_up_at=None)}
    actor = others.get(name) or cast.everybody()[name]
    for act in (
        lambda: as_(actor, read_party, party, purpose=WHY),
        lambda: as_(actor, amend_party, party, KWABENA, revision=1, purpose=WHY),
        lambda: as_(actor, unlink_party, link, purpose=WHY),
    ):
        with pytest.raises(refusal):
            act()
    for act in (
        lambda: as_(actor, link_party, case, party, "OTHER", purpose=WHY),
        lambda: as_(actor, parties_of, case, purpose=WHY),
        lambda: as_(actor, identifiers_of, case, purpose=WHY),
        lambda: as_(actor, record_identifier, case, "plate", "GR 4418-21", purpose=WHY),
    ):
        with pytest.raises((Absent, Forbidden)):
            act()
    if name in {"bob", "mallory"}:
        # Officers of other administrations look up within their own: A's people are unknown there.
        assert not as_(actor, look_up, "name", "Ofosu-Mensah Kwabena", purpose=WHY)
    else:
        with pytest.raises(Forbidden):
            as_(actor, look_up, "name", "Ofosu-Mensah Kwabena", purpose=WHY)
        with pytest.raises(Forbidden):
            as_(actor, record_party, "person", KWABENA, purpose=WHY)
    with acting_as(cast.alice):
        assert Party.unguarded.count() == 1
        assert CaseParty.unguarded.count() == 1


@pytest.mark.parametrize(
    ("purpose", "refusal"),
    [
        (None, PurposeNeeded),
        (Purpose("", "Establishing who drove the lorry"), PurposeNeeded),
        (Purpose("CURIOSITY", "Establishing who drove the lorry"), PurposeNeeded),
        (Purpose("INVESTIGATION", "lorry"), PurposeNeeded),
        (Purpose("INVESTIGATION", "..................."), PurposeNeeded),
        (Purpose("INVESTIGATION", "Who is this Kwabena Ofosu Mensah really"), PurposeTells),
        (Purpose("INVESTIGATION", "Owner of passport G4418802 in the case"), PurposeTells),
        (Purpose("INVESTIGATION", "Asked by somebody@example.org to look"), PurposeTells),
    ],
)
def test_without_a_purpose_that_says_why_and_not_who_nothing_opens(cast: Cast, purpose: Any, refusal: Any) -> None:
    party = kwabena(cast.alice).party
    with pytest.raises(refusal):
        as_(cast.alice, read_party, party, purpose=purpose)
    with acting_as(cast.alice):
        assert not Event.unguarded.filter(verb="party.read").exists()


def test_each_reading_is_an_event_with_purpose_and_without_nominal_values(cast: Cast) -> None:
    party, case = kwabena(cast.alice).party, a_case(cast.alice)
    as_(cast.alice, link_party, case, party, "DRIVER", purpose=WHY)
    as_(cast.amira, parties_of, case, purpose=WHY)
    as_(cast.amira, look_up, "phone", "00233 245550187", purpose=WHY)
    with acting_as(cast.alice):
        events = list(Event.unguarded.order_by("id"))
    assert [one.verb for one in events] == [
        *("party.recorded", "party.linked", "party.read", "party.looked_up", "party.read")
    ]
    assert {one.purpose_text for one in events} == {WHY.text}
    assert events[2].facts == {"case": case.reference}
    assert events[3].facts["parties"] == 1
    for one in events:
        for value in ("Ofosu", "4418802", "5550187", "Kwabena"):
            assert value not in bytes(one.canonical).decode()


def test_two_who_amend_at_once_are_told_apart(cast: Cast) -> None:
    party = kwabena(cast.alice).party
    as_(cast.alice, amend_party, party, KWABENA | {"occupation": "Welder"}, revision=1, purpose=WHY)
    with pytest.raises(Conflict) as caught:
        as_(cast.amira, amend_party, party, KWABENA | {"occupation": "Driver"}, revision=1, purpose=WHY)
    assert caught.value.extra["current"].details["occupation"] == "Welder"
    assert as_(cast.alice, read_party, party, purpose=WHY).details["occupation"] == "Welder"


def test_an_amended_name_is_found_and_the_old_one_no_longer(cast: Cast) -> None:
    party = kwabena(cast.alice, aliases="").party
    as_(cast.alice, amend_party, party, KWABENA | {"family_name": "Boateng"}, revision=1, purpose=WHY)
    assert as_(cast.alice, look_up, "name", "kwabena boateng", purpose=WHY)
    assert not as_(cast.alice, look_up, "name", "Kwabena Yaw Ofosu-Mensah", purpose=WHY)


@pytest.mark.parametrize(
    ("lookup", "text", "hit"),
    [
        ("name", "OFOSU MENSAH, Kwabena Yaw", True),
        ("name", "kwabena ofosu-mensah", True),
        ("name", "Kobby The WELDER", True),
        ("name", "Kwabena", False),
        ("name", "Ofosu", False),
        ("document", "g4418802", True),
        ("document", "G4418803", False),
        ("phone", "+233 245 550 187", True),
        ("phone", "0205550144", True),
        ("phone", "G4418802", False),
        ("email", "Kwabena.Welder@EXAMPLE.org", True),
        ("account", "GB82WEST12345698765432", True),
        ("plate", "G4418802", False),
    ],
)
def test_a_look_up_is_exact_however_the_value_is_written(cast: Cast, lookup: str, text: str, hit: bool) -> None:
    kwabena(cast.alice)
    assert bool(as_(cast.amira, look_up, lookup, text, purpose=WHY)) is hit


@pytest.mark.parametrize(
    ("lookup", "text"),
    [
        ("name", "blue heron mueller trading"),
        ("name", "TRADING MULLER BLUE HERON LTD"),
        ("registration", "cs 2291 04"),
        ("tax", "DE136695976"),
    ],
)
def test_a_company_is_found_with_or_without_its_legal_form(cast: Cast, lookup: str, text: str) -> None:
    as_(cast.alice, record_party, "company", COMPANY, purpose=WHY)
    found = as_(cast.amira, look_up, lookup, text, purpose=WHY)
    assert [hit.opened.title for hit in found.parties] == [COMPANY["name"]]
    assert not as_(cast.bob, look_up, lookup, text, purpose=WHY)


def test_a_look_up_that_tells_its_term_in_the_purpose_is_refused(cast: Cast) -> None:
    why = Purpose("INVESTIGATION", "Is Ama Serwaa among our people")
    with pytest.raises(PurposeTells):
        as_(cast.alice, look_up, "name", "Ama Serwaa", purpose=why)


def test_the_same_value_has_other_hashes_in_other_fields_and_administrations(cast: Cast) -> None:
    kwabena(cast.alice, phones="4418802", document_number="4418802")
    kwabena(cast.bob, phones="4418802", document_number="4418802")
    hashes: list[bytes] = []
    for actor in (cast.alice, cast.bob):
        with acting_as(actor):
            rows = PartyLookup.unguarded.filter(field__in=["phone", "document"])
            hashes += [bytes(row.lookup) for row in rows]
    assert len(hashes) == 4
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    ("kind", "details", "code"),
    [
        ("person", {}, "name_missing"),
        ("company", {"aliases": "Heron"}, "name_missing"),
        ("company", {"name": "Heron", "sex": "M"}, "field_unknown"),
        ("person", {"family_name": "B", "sex": "Q"}, "code_unknown"),
        ("person", {"family_name": "B", "birth_date": "1985-02-30"}, "date_unreadable"),
        ("person", {"family_name": "B", "birth_date": "2999-01-01"}, "date_unreadable"),
        ("person", {"family_name": "B" * 201}, "too_long"),
        ("ship", {"name": "Heron"}, "kind_unknown"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_its_code(cast: Cast, kind: str, details: Any, code: str) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, record_party, kind, details, purpose=WHY)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_number_that_breaks_its_rule_is_kept_and_warned_about(cast: Cast) -> None:
    details = {"family_name": "Boateng", "accounts": "GB83 WEST 1234 5698 7654 32", "birth_date": "1985"}
    opened, warnings = as_(cast.alice, record_party, "person", details, purpose=WHY)
    assert [(one.code, one.severity) for one in warnings] == [("accounts_doubtful", "warning")]
    assert as_(cast.alice, read_party, opened.party, purpose=WHY).details == details


def test_linking_twice_is_one_link_and_unlinking_keeps_the_party(cast: Cast) -> None:
    party, case = kwabena(cast.alice).party, a_case(cast.alice)
    first = as_(cast.alice, link_party, case, party, "DRIVER", purpose=WHY)
    assert as_(cast.amira, link_party, case, party, "DRIVER", purpose=WHY).pk == first.pk
    with pytest.raises(RulesBroken):
        as_(cast.alice, link_party, case, party, "KING", purpose=WHY)
    as_(cast.alice, unlink_party, first, purpose=WHY)
    assert as_(cast.alice, parties_of, case, purpose=WHY) == []
    assert as_(cast.alice, read_party, party, purpose=WHY).details == KWABENA


def test_nominal_identifiers_of_a_case_are_kept_found_and_removed(cast: Cast) -> None:
    case = a_case(cast.alice)
    kept = as_(cast.alice, record_identifier, case, "plate", "GR 4418-21", purpose=WHY)
    doubtful = as_(cast.alice, record_identifier, case, "imei", "490154203237517", purpose=WHY)
    assert doubtful.reading.verdict == "doubtful"
    assert [one.reading.raw for one in as_(cast.amira, identifiers_of, case, purpose=WHY)] == [
        *("GR 4418-21", "490154203237517")
    ]
    assert as_(cast.amira, look_up, "plate", "gr441821", purpose=WHY).identifiers[0].row.case_id == case.pk
    assert not as_(cast.bob, look_up, "plate", "gr441821", purpose=WHY)
    as_(cast.alice, remove_identifier, kept.row, purpose=WHY)
    assert not as_(cast.amira, look_up, "plate", "gr441821", purpose=WHY)


@pytest.mark.parametrize(("kind", "raw"), [("container", "TGHU1234567"), ("plate", " - "), ("plate", "A1" * 200)])
def test_what_is_no_nominal_identifier_is_refused(cast: Cast, kind: str, raw: str) -> None:
    with pytest.raises(RulesBroken):
        as_(cast.alice, record_identifier, a_case(cast.alice), kind, raw, purpose=WHY)


def test_nothing_stands_in_clear_in_the_nominal_tables(cast: Cast) -> None:
    party, case = kwabena(cast.alice).party, a_case(cast.alice)
    as_(cast.alice, link_party, case, party, "DRIVER", purpose=WHY)
    as_(cast.alice, record_identifier, case, "plate", "GR 4418-21", purpose=WHY)
    with acting_as(cast.alice), connection.cursor() as cursor:
        for table in ("cen_party", "cen_partylookup", "cen_caseparty", "cen_nominalidentifier", "cen_nominalkey"):
            cursor.execute(f"select row::text from {table} row")  # noqa: S608  (names from the line above)
            rows = [row[0] for row in cursor.fetchall()]
            assert rows, table
            for value in (*KWABENA.values(), "GR 4418-21", "GR441821"):
                if len(value) > 3:
                    assert not any(value in row or value.encode().hex() in row for row in rows), (table, value)
