"""The rules about what hardly can be: each breaks on its own case and holds on the next best."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accounts.access.row_security import acting_as
from accounts.refusals import RulesBroken
from cen.actions.record import record, sheet_of, submit
from cen.lifecycle import ReleasedState
from cen.models import Case, ReleasedCase
from cen.rules import Stage, Surroundings, check
from cen.sheet import GoodsEntry, IdentifierEntry
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.journeys.test_portal_walk import ANSWERS
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded
from tests.records import a_case

pytestmark = pytest.mark.django_db
GOODS = GoodsEntry("TOB", "CIG-W", quantity=Decimal(500), unit="PACK20")


def codes(stage: Stage = Stage.SUBMIT, around: Surroundings | None = None, **changes: Any) -> set[str]:
    return {one.code for one in check(cigarettes(**changes), stage, around)}


@pytest.mark.parametrize(
    ("code", "broken", "held"),
    [
        ("brand_missing", {"goods": [GoodsEntry("IPR")]}, {"goods": [GoodsEntry("IPR", brand="Any")]}),
        (
            "second_unit_missing",
            {"goods": [replace(GOODS, second_quantity=Decimal(1))]},
            {"goods": [replace(GOODS, second_quantity=Decimal(1), second_unit="KGM")]},
        ),
        (
            "second_quantity_not_positive",
            {"goods": [replace(GOODS, second_quantity=Decimal(0), second_unit="KGM")]},
            {"goods": [replace(GOODS, second_quantity=Decimal(1), second_unit="KGM")]},
        ),
        (
            "value_currency_missing",
            {"goods": [replace(GOODS, value=Decimal(1))]},
            {"goods": [replace(GOODS, value=Decimal(1), currency="GHS")]},
        ),
        (
            "coordinates_impossible",
            {"latitude": Decimal("90.1"), "longitude": Decimal(0)},
            {"latitude": Decimal(-90), "longitude": Decimal(180)},
        ),
        ("coordinates_impossible", {"latitude": Decimal(5)}, {}),
        ("time_zone_unknown", {"time_zone": "Mars/North"}, {"time_zone": "Africa/Accra"}),
        (
            "arrests_more_than_persons",
            {"persons_count": 1, "arrests_count": 2},
            {"persons_count": 2, "arrests_count": 2},
        ),
        ("answer_missing", {"flow_kind": ""}, {"unknown": {"flow_kind": "SOURCE", "detection_trigger": "SOURCE"}}),
        (
            "identifier_doubtful",
            {"identifiers": [IdentifierEntry("container", "TGHU 123456-8")]},
            {"identifiers": [IdentifierEntry("container", "TGHU 123456-7")]},
        ),
    ],
)
def test_a_rule_breaks_on_its_own_case_and_holds_on_the_next_best(
    code: str, broken: dict[str, Any], held: dict[str, Any]
) -> None:
    assert code in codes(**broken)
    assert code not in codes(**held)


def test_a_wrong_check_digit_is_told_with_a_repair_and_never_blocked(cast: Cast) -> None:
    case, warnings = as_(cast.alice, record, cigarettes(identifiers=[IdentifierEntry("container", "TGHU 123456-8")]))
    (doubt,) = [one for one in warnings if one.code == "identifier_doubtful"]
    assert (doubt.severity, doubt.pointer) == ("warning", "identifiers/0/raw")
    assert doubt.suggestion
    as_(cast.alice, submit, case, revision=1)


def test_a_place_elsewhere_is_asked_about_and_kept_once_confirmed(cast: Cast) -> None:
    for home, asked in (("GH", False), ("SN", True), ("EU", False), ("", False)):
        assert ("place_elsewhere" in codes(Stage.DRAFT, Surroundings(home=home))) is asked, home
    with pytest.raises(RulesBroken) as caught:
        as_(cast.bob, record, cigarettes())
    assert [(one.code, one.severity) for one in caught.value.findings] == [("place_elsewhere", "confirm")]
    case, _ = as_(cast.bob, record, cigarettes(confirmed=["place_elsewhere"]))
    as_(cast.bob, submit, case, revision=1)


def published_of(cast: Cast, count: int) -> None:
    """Published cases of tobacco with 1, 2, 3 … pieces."""
    case = a_case(cast.amira)
    with acting_as(cast.amira):
        ReleasedCase.unguarded.bulk_create(
            ReleasedCase(
                case_id=case.pk,
                reference=f"T-{number:06d}",
                edition=1,
                administration_id=case.administration_id,
                released_by_id=cast.amira.officer_id,
                state=ReleasedState.PUBLISHED,
                body={},
                content_hash=b"\0" * 32,
                kind="seizure",
                category_codes=["TOB"],
                pieces=Decimal(number),
            )
            for number in range(1, count + 1)
        )


def test_a_quantity_far_beyond_all_published_ones_must_be_confirmed(cast: Cast) -> None:
    published_of(cast, 1_000)
    recorded(cast, goods=[replace(GOODS, quantity=Decimal(999), unit="H87")])
    huge = [replace(GOODS, quantity=Decimal(1_000), unit="H87")]
    with pytest.raises(RulesBroken) as caught:
        recorded(cast, goods=huge)
    assert [(one.code, one.pointer) for one in caught.value.findings] == [("quantity_far_out", "goods/0/quantity")]
    case = recorded(cast, goods=huge, confirmed=["duplicate", "quantity_far_out"])
    with acting_as(cast.alice):
        assert "quantity_far_out" in sheet_of(Case.unguarded.get(pk=case.pk)).confirmed


def test_of_too_few_cases_nobody_knows_what_is_far_out(cast: Cast) -> None:
    published_of(cast, 999)
    recorded(cast, goods=[replace(GOODS, quantity=Decimal(10) ** 9, unit="H87")])


def test_the_form_asks_and_saves_once_it_is_ticked(cast: Cast) -> None:
    published_of(cast, 1_000)
    alice = signed_in("alice@example.org")
    asked = alice.post("/cases/new", ANSWERS).content.decode()
    assert 'value="quantity_far_out"' in asked
    assert "one published case in a thousand" in asked
    assert alice.post("/cases/new", ANSWERS | {"confirm": "quantity_far_out"}).status_code == 302
