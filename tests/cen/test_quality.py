"""The quality score: its parts, when it is written, and to whom it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.access.row_security import acting_as
from cen.actions.record import amend, record
from cen.codelists import lists
from cen.models import Case
from cen.quality import quality_of, sheet_of_body
from cen.sheet import ConcealmentEntry, GoodsEntry, LegEntry, Sheet
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_, cigarettes, released

TODAY = date(2026, 11, 1)
COMPLETE = Sheet(
    form="short",
    seizure_date=date(2026, 10, 30),
    location_type="SP",
    direction="IM",
    flow_kind="CARGO",
    detection_trigger="RP",
    goods=[GoodsEntry("TOB", quantity=Decimal(500), unit="PACK20", hs_code="240220")],
    legs=[LegEntry("departure", "AE", locode="AEDXB"), LegEntry("destination", "GH")],
    concealments=[ConcealmentEntry("GOODS-IN", "MISDECLARED")],
)


def rated(**changes: Any) -> tuple[int, dict[str, int]]:
    photos = changes.pop("photos", 1)
    found = quality_of(replace(COMPLETE, **changes), on=TODAY, photos=photos)
    return found.score, {one.code: one.points for one in found.missing}


def test_a_complete_and_timely_record_has_a_hundred_points() -> None:
    assert rated() == (100, {})


@pytest.mark.parametrize(
    ("changes", "score", "missing"),
    [
        ({"flow_kind": ""}, 93, {"flow_kind": 7}),
        ({"flow_kind": "", "unknown": {"flow_kind": "SOURCE"}}, 100, {}),
        ({"goods": []}, 87, {"goods": 8, "hs_code": 5}),
        ({"legs": []}, 85, {"departure": 6, "destination": 6, "route": 3}),
        ({"legs": [LegEntry("departure", "AE"), LegEntry("destination", "GH")]}, 97, {"route": 3}),
        ({"concealments": []}, 90, {"concealment_place": 5, "concealment_method": 5}),
        ({"concealments": [ConcealmentEntry("GOODS-IN")]}, 95, {"concealment_method": 5}),
        ({"photos": 0}, 95, {"photo": 5}),
        ({"photos": None}, 100, {}),
        ({"seizure_date": TODAY - timedelta(days=7)}, 100, {}),
        ({"seizure_date": TODAY - timedelta(days=8)}, 93, {"timeliness": 7}),
        ({"seizure_date": TODAY - timedelta(days=30)}, 93, {"timeliness": 7}),
        ({"seizure_date": TODAY - timedelta(days=31)}, 85, {"timeliness": 15}),
        ({"seizure_date": None}, 78, {"timeliness": 15, "seizure_date": 7}),
    ],
)
def test_each_part_counts_as_much_as_is_said(changes: dict[str, Any], score: int, missing: dict[str, int]) -> None:
    assert rated(**changes) == (score, missing)


def test_half_of_the_goods_with_a_heading_bring_half_of_its_points() -> None:
    line = GoodsEntry("TOB", quantity=Decimal(1), unit="KGM")
    assert rated(goods=[line, replace(line, hs_code="2402")])[1] == {"hs_code": 3}


def test_the_long_form_asks_for_more() -> None:
    missing = rated(form="long")[1]
    assert set(missing) == {"place", "detection_techniques", "grading_source", "grading_information"}


def test_no_image_is_missed_where_none_may_be() -> None:
    assert rated(goods=[GoodsEntry("OBS", quantity=Decimal(1), unit="H87", hs_code="4911")], photos=0) == (100, {})


@pytest.mark.django_db
def test_the_score_is_written_when_the_record_is_and_raised_when_it_is_completed(cast: Cast) -> None:
    today = timezone.now().date()
    case, _ = as_(cast.alice, record, cigarettes(seizure_date=today))
    with acting_as(cast.alice):
        before = Case.unguarded.get(pk=case.pk)
    assert "concealment_place" in before.missing_fields
    flow = next(iter(lists.entries("flow_kind")))
    as_(cast.alice, amend, case, cigarettes(seizure_date=today, flow_kind=flow), revision=1)
    with acting_as(cast.alice):
        after = Case.unguarded.get(pk=case.pk)
    assert after.quality_score == before.quality_score + 7
    assert "flow_kind" not in after.missing_fields


@pytest.mark.django_db
def test_own_case_queue_and_decision_show_the_score_and_what_would_raise_it(cast: Cast) -> None:
    made = released(cast)
    assert 0 < made.quality_score < 100
    rosa = signed_in("rosa@example.org")
    assert f">{made.quality_score}" in rosa.get("/validation").content.decode().replace("<span>", ">")
    page = rosa.get(f"/validation/{made.pk}").content.decode()
    assert f"{made.quality_score} of 100" in page
    assert "the place of concealment" in page
    page = signed_in("alice@example.org").get(f"/cases/{made.case_id}").content.decode()
    assert f"{made.quality_score} of 100" in page
    assert "a photo" in page


@pytest.mark.django_db
def test_a_version_is_rated_like_its_record(cast: Cast) -> None:
    made = released(cast)
    by_record = quality_of(cigarettes(), on=TODAY, photos=None)
    assert quality_of(sheet_of_body(made.body), on=TODAY, photos=None) == by_record
