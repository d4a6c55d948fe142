"""The full form by its pages: what goes in comes out, lines come and go, and nothing typed is lost."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.access.row_security import acting_as
from cen.actions.record import record, sheet_of
from cen.case_words import HEADER, LINES
from cen.models import Case
from cen.sheet import (
    ConcealmentEntry,
    ConveyanceEntry,
    GoodsEntry,
    IdentifierEntry,
    LegEntry,
    Sheet,
)
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.cen.forms.pages import form_of, given_by, said
from tests.cen.test_goods_blocks import CATEGORIES, UNITS, full
from tests.journeys.test_seizure_to_alert import as_, recorded

pytestmark = pytest.mark.django_db


def everything() -> Sheet:
    """A sheet in which every column is filled."""
    return Sheet(
        form="long",
        seizure_date=date(2026, 10, 1),
        seizure_time=time(14, 5),
        time_zone="Africa/Accra",
        date_precision="month",
        location_type="SP",
        place_name="Tema, berth 4",
        locode="GHTEM",
        place_country="GH",
        latitude=Decimal("5.634000"),
        longitude=Decimal("-0.017000"),
        geo_precision="CITY",
        direction="IM",
        customs_procedure="40",
        flow_kind="cargo",
        detection_trigger="RP",
        detection_techniques=["XC", "VI"],
        intelligence_source="OWN",
        intelligence_administration="SN",
        modus_operandi="Behind a false wall.\nTwo metres deep.",
        narrative_public="Found <b>behind</b> tyres & more.",
        offences=["SMU"],
        persons_count=3,
        arrests_count=0,
        legal_status="OPEN",
        disposal="STORED",
        controlled_delivery=True,
        controlled_delivery_open=False,
        grading_source="A",
        grading_information="2",
        tlp="AMBER",
        pap="GREEN",
        handling_codes=["H1", "H2"],
        handling_note="Ask first",
        legal_basis="",
        review_on=date(2027, 1, 2),
        evidence_use=True,
        external_refs=[{"system": "nCEN", "id": "77/2026"}],
        persons_statistics=[
            {"sex": "M", "age_band": "26-35", "nationality": "GH", "role": "DRIVER", "count": 2},
        ],
        unknown={"destination": "PENDING", "quantity": "SOURCE"},
        goods=[
            GoodsEntry(
                "FAU",
                "PAN-S",
                description="Scales in bags",
                hs_code="050790",
                quantity=Decimal("12.5"),
                quantity_text="12.5",
                unit="KGM",
                second_quantity=Decimal(9),
                second_unit="PKG",
                packages=9,
                origin_country="NG",
                declared_description="Cashew nuts",
                declared_hs_code="0801",
                declared_quantity_text="500 kg",
                value=Decimal("1200.50"),
                currency="USD",
                valuation_basis="STREET",
                duty_evaded=Decimal("10.00"),
                block=full("FAU"),
                remarks="Kept in store 2",
            ),
            GoodsEntry("DRG", "COC", unmeasured="not_measured", block=full("DRG")),
        ],
        legs=[
            LegEntry("departure", "NG", "Apapa", "NGAPP", "", date(2026, 9, 20), "ESTABLISHED"),
            LegEntry("transit", "TG"),
            LegEntry("transit", "GH", iata="ACC"),
        ],
        conveyances=[ConveyanceEntry("1", "", "A line", "MV Example", "12E", "LR", "45G1", True)],
        concealments=[ConcealmentEntry("", "", "Under the floor")],
        identifiers=[IdentifierEntry("container", "TGHU 123456-7"), IdentifierEntry("seal", "AB 12")],
    )


def stored(cast: Cast, case: Case | None = None) -> Sheet:
    with acting_as(cast.alice):
        return sheet_of(Case.unguarded.get(pk=case.pk) if case else Case.unguarded.get())


def of_lists(sheet: Sheet) -> Sheet:
    """The same with codes that the lists really have, where the text above may not know them."""
    from cen.goods_blocks import codes

    for name, word in HEADER.items():
        if word.code_list and (value := getattr(sheet, name)):
            known = [code for code, _label in codes.choices(word.code_list)]
            if isinstance(value, list):
                setattr(sheet, name, known[: len(value)])
            elif value not in known:
                setattr(sheet, name, known[0])
    for lines, (_title, words) in LINES.items():
        for line in getattr(sheet, lines):
            for name, word in words.items():
                if not word.code_list or isinstance(line, dict):
                    continue
                known = [code for code, _label in codes.choices(word.code_list)]
                if getattr(line, name) not in {*known, "not_measured", ""}:
                    setattr(line, name, known[0])
    return sheet


def test_a_case_in_which_everything_is_filled_comes_back_as_it_was(cast: Cast) -> None:
    case = as_(cast.alice, record, of_lists(everything()))[0]
    before = stored(cast, case)
    alice = signed_in("alice@example.org")
    page = alice.get(f"/cases/{case.pk}/edit/full")
    assert page.status_code == 200
    answer = alice.post(f"/cases/{case.pk}/edit/full", given_by(page))
    assert answer.status_code == 302, said(answer)
    after = stored(cast, case)
    for name in (*HEADER, "unknown", *LINES):
        assert getattr(after, name) == getattr(before, name), name
    assert after.form == "long"


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_block_goes_into_the_form_and_comes_back(cast: Cast, category: str) -> None:
    line = GoodsEntry(category, quantity=Decimal(5), quantity_text="5", unit=UNITS[category], block=full(category))
    case = recorded(cast, goods=[line])
    alice = signed_in("alice@example.org")
    page = alice.get(f"/cases/{case.pk}/edit/full")
    assert alice.post(f"/cases/{case.pk}/edit/full", given_by(page)).status_code == 302
    assert stored(cast, case).goods[0].block == full(category)


def test_choosing_a_category_brings_its_fields_and_nothing_else_changes(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    page = alice.get("/cases/new/full")
    assert "goods-0-block_species" not in form_of(page).data
    given = given_by(page, goods__0__category="FAU", narrative_public="Typed before", choose="goods-0")
    chosen = alice.post("/cases/new/full", given)
    form = form_of(chosen).data
    assert form["goods-0-block_species"] == [""]
    assert form["narrative_public"] == ["Typed before"]
    assert "goods-0-block_calibre" not in form
    assert "error-summary" not in chosen.content.decode()
    done = given_by(chosen, goods__0__block_species="Manis javanica", goods__0__quantity_text="3", goods__0__unit="LIV")
    assert alice.post("/cases/new/full", done).status_code == 302
    assert stored(cast).goods[0].block == {"species": "Manis javanica"}


def test_a_category_changed_and_saved_at_once_shows_its_fields_first(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    given = given_by(alice.get("/cases/new/full"), goods__0__category="WEA", goods__0__quantity_text="two", save="save")
    answer = alice.post("/cases/new/full", given)
    assert answer.status_code == 200
    assert "Nothing is saved yet" in answer.content.decode()
    assert form_of(answer).data["goods-0-quantity_text"] == ["two"]
    assert "goods-0-block_calibre" in form_of(answer).data
    with acting_as(cast.alice):
        assert not Case.unguarded.exists()


def test_lines_are_added_and_removed_without_javascript_and_keep_what_was_typed(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    page = alice.get("/cases/new/full")
    for lines in LINES:
        before = int(form_of(page).data[f"{lines}-rows"][0])
        page = alice.post("/cases/new/full", given_by(page, add=lines))
        assert form_of(page).data[f"{lines}-rows"] == [str(before + 1)], lines
    typed = given_by(
        page,
        goods__0__description="First",
        goods__1__description="Second",
        goods__0__packages="not a number",
        remove="goods-0",
    )
    page = alice.post("/cases/new/full", typed)
    assert form_of(page).data["goods-rows"] == ["1"]
    assert form_of(page).data["goods-0-description"] == ["Second"]
    page = alice.post("/cases/new/full", given_by(page, goods__0__packages="many", add="goods"))
    assert form_of(page).data["goods-0-packages"] == ["many"]
    assert "error-summary" not in page.content.decode()


@pytest.mark.parametrize(
    "button", [{"add": "nonsense"}, {"remove": "goods-99"}, {"remove": "x"}, {"remove": "goods-²"}]
)
def test_buttons_nobody_drew_change_nothing(cast: Cast, button: dict[str, str]) -> None:
    alice = signed_in("alice@example.org")
    page = alice.get("/cases/new/full")
    assert form_of(alice.post("/cases/new/full", given_by(page, **button))).data == form_of(page).data


def test_empty_rows_are_no_lines_and_each_answer_is_its_own_column(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    page = alice.get("/cases/new/full")
    given = given_by(page, legs__1__country="TG", identifiers__0__kind="seal", identifiers__0__raw="AB 12")
    assert alice.post("/cases/new/full", given).status_code == 302
    sheet = stored(cast)
    assert [(leg.role, leg.country) for leg in sheet.legs] == [("transit", "TG")]
    assert sheet.goods == []
    assert sheet.conveyances == []
    assert [(one.kind, one.raw) for one in sheet.identifiers] == [("seal", "AB 12")]


def wrong(alice: Client, **changes: Any) -> tuple[str, dict[str, list[str]]]:
    page = alice.get("/cases/new/full")
    page = alice.post("/cases/new/full", given_by(page, goods__0__category="DRG", choose="goods-0"))
    answer = alice.post("/cases/new/full", given_by(page, **changes))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode(), form_of(answer).data


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"goods__0__quantity_text": "-5"}, "goods-0-quantity_text", "less than zero"),
        ({"goods__0__quantity_text": "5"}, "goods-0-unit", "Choose the unit"),
        ({"goods__0__goods_type": "CIG-W"}, "goods-0-goods_type", "another category"),
        ({"goods__0__block_purity": "140"}, "goods-0-block_purity", "too large for the field"),
        ({"goods__0__block_form": "WOOD"}, "goods-0-block_form", "not a code of the list"),
        ({"goods__0__block_unit_mass": "5"}, "goods-0-block_unit_mass", "units of this field"),
        ({"goods__0__hs_code": "29391"}, "goods-0-hs_code", "two, four or six digits"),
        ({"goods__0__block_logo": "x" * 90}, "goods-0-block_logo", "too long"),
        ({"legs__0__country": "XQ"}, "legs-0-country", "not a code of the list"),
        ({"seizure_date": "2999-01-01"}, "seizure_date", "lies in the future"),
        ({"seizure_date": "yesterday"}, "seizure_date", "valid date"),
        ({"latitude": "95"}, "latitude", "Write degrees from -90 to 90"),
        ({"time_zone": "Africa/Nowhere"}, "time_zone", "no such time zone"),
        ({"identifiers__0__kind": "plate", "identifiers__0__raw": "GR 1"}, "identifiers-0-kind", "points to a person"),
        (
            {"identifiers__0__kind": "colour", "identifiers__0__raw": "red"},
            "identifiers-0-kind",
            "no such kind",
        ),
        ({"identifiers__0__raw": "AB 12"}, "identifiers-0-kind", "no such kind"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field_and_nothing_is_lost(
    cast: Cast, changes: dict[str, str], field: str, sentence: str
) -> None:
    html, data = wrong(signed_in("alice@example.org"), narrative_public="Kept text", **changes)
    summary = html.partition('class="error-summary"')[2].partition("</section>")[0]
    assert f'href="#id_{field}"' in summary
    assert sentence in summary
    assert f'id="id_{field}_error"' in html
    assert data["narrative_public"] == ["Kept text"]
    for name, value in changes.items():
        assert data[name.replace("__", "-")] == [value]
    with acting_as(cast.alice):
        assert not Case.unguarded.exists()
