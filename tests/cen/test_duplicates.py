"""The same event recorded twice is told before saving, linked on demand, and never merged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, Forbidden, RulesBroken
from audit.models import Event
from cen.actions.check import discard
from cen.actions.duplicates import alike, link, unlink
from cen.actions.record import amend, record, sheet_of
from cen.models import Case, CaseLink
from cen.sheet import GoodsEntry, IdentifierEntry, Sheet
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.journeys.test_portal_walk import ANSWERS
from tests.journeys.test_portal_walk import recorded as recorded_by_page
from tests.journeys.test_seizure_to_alert import as_, cigarettes

pytestmark = pytest.mark.django_db


def sheet(**changes: Any) -> Sheet:
    """The cigarettes, without a number that could give them away."""
    return cigarettes(**{"identifiers": []} | changes)


def packs(number: str, unit: str = "PACK20") -> list[GoodsEntry]:
    return [GoodsEntry("TOB", "CIG-W", quantity=Decimal(number), unit=unit)]


def found(actor: Actor, one: Sheet) -> list[str]:
    with acting_as(actor):
        return [other.reference for other in alike(actor.administration_id or 0, one)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"seizure_date": date(2026, 10, 21)}, True),
        ({"seizure_date": date(2026, 10, 22)}, False),
        ({"seizure_date": date(2026, 10, 17)}, True),
        ({"seizure_date": None}, False),
        ({"date_precision": "month"}, False),
        ({"locode": "GHACC"}, False),
        ({"locode": "", "place_name": ""}, True),
        ({"goods": packs("525")}, True),
        ({"goods": packs("530")}, False),
        ({"goods": packs("477")}, True),
        ({"goods": packs("10000", "PCS-CIG")}, True),
        ({"goods": packs("10000", "KGM")}, False),
        ({"goods": [GoodsEntry("ALC", quantity=Decimal(500), unit="H87")]}, False),
        ({"goods": [GoodsEntry("TOB", unmeasured="not_measured")]}, False),
        ({"kind": "incident"}, False),
    ],
)
def test_near_in_time_place_goods_and_quantity_is_perhaps_the_same(
    cast: Cast, changes: dict[str, Any], told: bool
) -> None:
    known, _ = as_(cast.alice, record, sheet())
    assert found(cast.alice, sheet(**changes)) == ([known.reference] if told else [])


@pytest.mark.parametrize(
    ("kind", "written", "again", "told"),
    [
        ("container", "TGHU 123456-7", "tghu1234567", True),
        ("seal", "AB 12345", "ab12345", True),
        ("awb", "020-12345675", "020 1234 5675", True),
        ("container", "TGHU 123456-7", "TGHU 123457-2", False),
        ("imo", "9074729", "9074729", False),
    ],
)
def test_the_same_number_of_a_consignment_tells_at_any_distance(
    cast: Cast, kind: str, written: str, again: str, told: bool
) -> None:
    as_(cast.alice, record, sheet(identifiers=[IdentifierEntry(kind, written)]))
    far = {"seizure_date": date(2024, 1, 1), "locode": "GHACC", "goods": packs("3")}
    assert bool(found(cast.alice, sheet(identifiers=[IdentifierEntry(kind, again)], **far))) is told


def test_a_second_record_is_stopped_until_the_first_was_looked_at(cast: Cast) -> None:
    first, _ = as_(cast.alice, record, sheet())
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, record, sheet())
    (finding,) = caught.value.findings
    assert (finding.code, finding.severity, finding.suggestion) == ("duplicate", "confirm", first.reference)
    second, warnings = as_(cast.alice, record, sheet(confirmed=[f"duplicate:{first.reference}"]))
    assert [one.suggestion for one in warnings if one.severity == "warning"] == [first.reference]
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, record, sheet(confirmed=[f"duplicate:{first.reference}"]))
    assert [one.suggestion for one in caught.value.findings] == [second.reference]


def test_the_bare_code_confirms_what_is_found_now_and_no_later_case(cast: Cast) -> None:
    as_(cast.alice, record, sheet())
    case, _ = as_(cast.alice, record, sheet(confirmed=["duplicate"]))
    third, _ = as_(cast.alice, record, sheet(locode="GHACC"))
    with acting_as(cast.alice):
        now = sheet_of(Case.unguarded.get(pk=case.pk))
    assert "duplicate" not in now.confirmed
    now.locode = "GHACC"
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, amend, case, now, revision=1)
    assert [one.suggestion for one in caught.value.findings] == [third.reference]


def test_another_administrations_case_and_a_discarded_draft_are_no_duplicates(cast: Cast) -> None:
    as_(cast.mallory, record, sheet(confirmed=["place_elsewhere"]))
    assert found(cast.alice, sheet()) == []
    case, _ = as_(cast.alice, record, sheet())
    as_(cast.alice, discard, case)
    assert found(cast.alice, sheet()) == []


def test_a_case_is_no_duplicate_of_itself_when_it_is_changed(cast: Cast) -> None:
    case, _ = as_(cast.alice, record, sheet())
    as_(cast.alice, amend, case, sheet(narrative_public="More."), revision=1)


def test_looking_takes_two_queries_however_many_cases_there_are(cast: Cast, django_assert_num_queries: Any) -> None:
    for _ in range(12):
        as_(cast.alice, record, sheet(confirmed=["duplicate"], identifiers=[IdentifierEntry("seal", "AB12345")]))
    again = sheet(identifiers=[IdentifierEntry("seal", "AB12345"), IdentifierEntry("bl", "MAEU123456789")])
    alike(cast.alice.administration_id or 0, again)
    with acting_as(cast.alice), django_assert_num_queries(2):
        assert len(alike(cast.alice.administration_id or 0, again)) == 10


def two_cases(cast: Cast) -> tuple[Case, Case]:
    first, _ = as_(cast.alice, record, sheet())
    second, _ = as_(cast.alice, record, sheet(confirmed=["duplicate"]))
    return first, second


def test_a_link_joins_two_cases_changes_neither_and_can_be_undone(cast: Cast) -> None:
    first, second = two_cases(cast)
    made = as_(cast.alice, link, second, first, relation="duplicate", reason="Entered twice")
    with pytest.raises(RulesBroken):
        as_(cast.alice, link, first, second, relation="related")
    with pytest.raises(RulesBroken):
        as_(cast.alice, link, first, first, relation="related")
    with acting_as(cast.alice):
        assert Case.unguarded.filter(revision=1).count() == 2
        made = CaseLink.unguarded.select_related("case", "other").get(pk=made.pk)
    as_(cast.alice, unlink, made)
    as_(cast.alice, link, first, second, relation="related")
    with acting_as(cast.alice):
        verbs = list(Event.unguarded.filter(verb__startswith="case.").values_list("verb", flat=True))
    assert (verbs.count("case.linked"), verbs.count("case.unlinked")) == (4, 2)


def test_only_the_house_links_and_only_its_own_cases(cast: Cast) -> None:
    first, second = two_cases(cast)
    foreign, _ = as_(cast.mallory, record, sheet(confirmed=["place_elsewhere"]))
    for person, refusal in ((cast.dora, Forbidden), (cast.rosa, Absent), (cast.mallory, Absent)):
        with pytest.raises(refusal):
            as_(person, link, first, second, relation="related")
    with pytest.raises(Absent):
        as_(cast.alice, link, first, foreign, relation="related")


def test_the_form_shows_the_other_case_asks_and_then_saves(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = recorded_by_page(alice)
    with acting_as(cast.alice):
        reference = Case.unguarded.get().reference
    asked = alice.post("/cases/new", ANSWERS)
    page = asked.content.decode()
    assert f'href="{address}"' in page
    assert f'value="duplicate:{reference}"' in page
    assert "TGHU 123456-7" in page
    # The bare code is for machines; a person confirms the very case that was shown.
    assert alice.post("/cases/new", ANSWERS | {"confirm": "duplicate"}).status_code == 200
    saved = alice.post("/cases/new", ANSWERS | {"confirm": f"duplicate:{reference}"})
    assert saved.status_code == 302
    page = alice.get(saved["Location"]).content.decode()
    assert "Possible duplicate" in page
    linked = alice.post(f"{saved['Location']}/link", {"other": reference.lower(), "relation": "duplicate"})
    assert linked.status_code == 302
    page = alice.get(saved["Location"]).content.decode()
    assert "The same event" in page
    assert "Possible duplicate" not in page
    with acting_as(cast.alice):
        made = CaseLink.unguarded.get()
    assert alice.post(f"{address}/links/{made.pk}/undo").status_code == 302
    assert "The same event" not in alice.get(address).content.decode()


def test_a_link_to_nothing_is_told_at_its_field(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = recorded_by_page(alice)
    answer = alice.post(f"{address}/link", {"other": "GH-2020-999999", "relation": "related"})
    assert answer.status_code == 422
    assert "no case of this reference" in answer.content.decode()
    assert signed_in("mallory@example.org").post(f"{address}/link").status_code == 404
