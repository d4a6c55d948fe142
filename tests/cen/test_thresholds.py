"""Thresholds: who sets them, which one counts, and what becomes of a case below them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Forbidden, RulesBroken, WrongState
from accounts.roles import Role
from audit.models import Event
from cen.actions.check import keep
from cen.actions.correct import correct
from cen.actions.record import submit
from cen.actions.release import preview, release
from cen.actions.thresholds import remove_threshold, set_threshold
from cen.lifecycle import CaseState
from cen.models import Case, Threshold
from cen.quantities import UnitFacts
from cen.sheet import GoodsEntry, Sheet
from cen.thresholds import Minimum, is_below
from tests.access.test_urls import signed_in
from tests.cast import Cast, seat_person
from tests.cen.test_acts import case_of, published
from tests.journeys.test_seizure_to_alert import as_, recorded, state_of

UNITS = {"KGM": UnitFacts("weight", Decimal(1)), "H87": UnitFacts("pieces", Decimal(1))}


def line(kind: str, number: str | None, unit: str = "KGM", goods_type: str = "") -> GoodsEntry:
    return GoodsEntry(kind, goods_type, quantity=None if number is None else Decimal(number), unit=unit)


COCAINE = line("DRG", "0.4", goods_type="COC")


@pytest.mark.parametrize(
    ("goods", "minimums", "below"),
    [
        ([line("DRG", "0.4")], [("DRG", "", "kg", "0.5", False)], True),
        ([line("DRG", "0.5")], [("DRG", "", "kg", "0.5", False)], False),
        ([line("DRG", "0.3"), line("DRG", "0.3")], [("DRG", "", "kg", "0.5", False)], False),
        ([line("DRG", "0.4"), line("TOB", "1")], [("DRG", "", "kg", "0.5", False)], False),
        ([line("DRG", "0.4"), line("TOB", "1")], [("DRG", "", "kg", "1", False), ("TOB", "", "kg", "2", False)], True),
        ([line("DRG", None)], [("DRG", "", "kg", "0.5", False)], False),
        ([line("DRG", "4", "H87")], [("DRG", "", "kg", "0.5", False)], False),
        ([line("DRG", "4", "H87")], [("DRG", "", "pieces", "5", False)], True),
        # The type goes before its category, the office before everywhere.
        (
            [line("DRG", "0.4", goods_type="COC")],
            [("DRG", "", "kg", "1", False), ("DRG", "COC", "kg", "0.1", False)],
            False,
        ),
        ([line("DRG", "0.4")], [("DRG", "", "kg", "1", False), ("DRG", "", "kg", "0.1", True)], False),
        (
            [line("DRG", "0.4", goods_type="COC")],
            [("DRG", "COC", "kg", "0.1", False), ("DRG", "", "kg", "1", True)],
            True,
        ),
        ([line("DRG", "0.4")], [], False),
        ([], [("DRG", "", "kg", "1", False)], False),
    ],
)
def test_which_threshold_counts(goods: list[GoodsEntry], minimums: list[tuple[Any, ...]], below: bool) -> None:
    known = [
        Minimum(kind, goods_type, measure, Decimal(least), office)
        for kind, goods_type, measure, least, office in minimums
    ]
    assert is_below(Sheet(goods=goods), known, UNITS) is below


@pytest.fixture
def hilda(cast: Cast) -> Actor:
    return seat_person("hilda", "WA", Role.LIAISON_HEAD)


def cigarettes_from(actor: Actor, least: int) -> Threshold:
    made: Threshold = as_(actor, set_threshold, category="TOB", goods_type="", measure="pieces", minimum=Decimal(least))
    return made


@pytest.mark.django_db
def test_the_head_sets_those_of_the_office_and_the_secretariat_those_of_everywhere(cast: Cast, hilda: Actor) -> None:
    office, everywhere = cigarettes_from(hilda, 20_000), cigarettes_from(cast.sam, 5_000)
    assert (office.liaison_office_id, everywhere.liaison_office_id) == (hilda.liaison_office_id, None)
    assert cigarettes_from(hilda, 30_000).pk == office.pk
    for person in (cast.alice, cast.amira, cast.rosa, cast.ravi, cast.mallory, cast.dora):
        with pytest.raises(Forbidden):
            cigarettes_from(person, 1)
    for person, threshold in ((cast.sam, office), (hilda, everywhere), (cast.rosa, office)):
        with pytest.raises(Forbidden):
            as_(person, remove_threshold, threshold)
    as_(hilda, remove_threshold, office)
    with acting_as(hilda):
        facts = list(Event.unguarded.filter(verb="threshold.set").values_list("facts__minimum", flat=True))
    assert facts == ["20000", "30000", None]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "NOTHING"},
        {"goods_type": "COC"},
        {"measure": "metres"},
        {"minimum": Decimal(0)},
        {"minimum": Decimal("NaN")},
        {"minimum": Decimal("1e-12")},
    ],
)
def test_a_threshold_that_means_nothing_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    good = {"category": "TOB", "goods_type": "", "measure": "kg", "minimum": Decimal(1)}
    with pytest.raises(RulesBroken):
        as_(cast.sam, set_threshold, **(good | wrong))
    as_(cast.sam, set_threshold, **good)


@pytest.mark.django_db
def test_a_case_below_is_told_so_may_leave_and_may_stay(cast: Cast, hilda: Actor) -> None:
    cigarettes_from(hilda, 20_000)
    case = recorded(cast)
    warnings = as_(cast.alice, submit, case, revision=case.revision)
    assert ("below_threshold", "warning") in [(one.code, one.severity) for one in warnings]
    seen = as_(cast.amira, preview, case)
    assert "below_threshold" in [one.code for one in seen.findings]
    made = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    assert made.below_threshold
    page = signed_in("rosa@example.org").get("/validation").content.decode()
    assert "below the threshold" in page
    assert "Below the threshold" in signed_in("rosa@example.org").get(f"/validation/{made.pk}").content.decode()


@pytest.mark.django_db
def test_another_offices_threshold_does_not_count_and_a_large_case_is_not_below(cast: Cast, hilda: Actor) -> None:
    cigarettes_from(seat_person("hugo", "AP", Role.LIAISON_HEAD), 1_000_000)
    cigarettes_from(hilda, 10_000)
    cigarettes_from(cast.sam, 1_000_000)
    case = recorded(cast)
    warnings = as_(cast.alice, submit, case, revision=case.revision)
    assert "below_threshold" not in {one.code for one in warnings}


@pytest.mark.django_db
def test_a_kept_case_does_not_leave_until_it_is_taken_up_again(cast: Cast) -> None:
    case = recorded(cast)
    as_(cast.alice, submit, case, revision=case.revision)
    with pytest.raises(Forbidden):
        as_(cast.alice, keep, case)
    as_(cast.amira, keep, case)
    assert state_of(cast, case.reference) == CaseState.KEPT
    with pytest.raises(Forbidden):
        as_(cast.amira, release, case, seen_hash=b"")
    as_(cast.alice, correct, case_of(cast.alice, case.reference), reason="MORE")
    assert state_of(cast, case.reference) == CaseState.DRAFT


@pytest.mark.django_db
def test_a_correction_is_not_kept_away_from_the_network(cast: Cast) -> None:
    case = published(cast)
    as_(cast.alice, correct, case, reason="ERROR")
    open_again: Case = case_of(cast.alice, case.reference)
    as_(cast.alice, submit, open_again, revision=open_again.revision)
    with pytest.raises(WrongState):
        as_(cast.amira, keep, open_again)


@pytest.mark.django_db
def test_the_page_shows_all_and_lets_whom_it_may_concern_set_one(cast: Cast, hilda: Actor) -> None:
    cigarettes_from(cast.sam, 5_000)
    head, alice = signed_in("hilda@example.org"), signed_in("alice@example.org")
    assert "Set a threshold" not in alice.get("/thresholds").content.decode()
    assert alice.post("/thresholds/set", {}).status_code == 403
    wrong = head.post("/thresholds/set", {"category": "TOB", "measure": "pieces", "minimum": "many"})
    assert wrong.status_code == 422
    assert "Give a number" in wrong.content.decode()
    assert head.post("/thresholds/set", {"category": "TOB", "measure": "pieces", "minimum": "0"}).status_code == 422
    answers = {"category": "TOB", "measure": "pieces", "minimum": "20 000"}
    assert head.post("/thresholds/set", answers).status_code == 302
    page = head.get("/thresholds").content.decode()
    with acting_as(hilda):
        mine = Threshold.unguarded.get(liaison_office__isnull=False)
        other = Threshold.unguarded.get(liaison_office__isnull=True)
    assert mine.minimum == 20_000
    assert f"/thresholds/{mine.pk}/remove" in page
    assert f"/thresholds/{other.pk}/remove" not in page
    assert head.post(f"/thresholds/{other.pk}/remove").status_code == 403
    assert head.post(f"/thresholds/{mine.pk}/remove").status_code == 302
