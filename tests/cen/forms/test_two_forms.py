"""Short form and full form side by side: what one holds, the other keeps; a stale one overwrites nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cen.actions.record import record
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.cen.forms.pages import form_of, given_by, said
from tests.cen.forms.test_full_form import everything, of_lists, stored
from tests.journeys.test_portal_walk import ANSWERS
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded

pytestmark = pytest.mark.django_db


def test_more_fields_takes_along_what_the_short_form_holds_readable_or_not(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    short = alice.get("/cases/new")
    more = next(button for button in form_of(short).buttons if button[0] == "more")
    answer = alice.post(more[2], ANSWERS | {"quantity": "five hundred", "more": "more"})
    data = form_of(answer).data
    assert data["goods-0-quantity_text"] == ["five hundred"]
    assert data["goods-0-category"] == ["TOB"]
    assert data["locode"] == ["ghtem"]
    assert [data[f"legs-{n}-country"][0] for n in range(3)] == ["NL", "", "GH"]
    assert data["identifiers-0-raw"] == [ANSWERS["container"]]
    assert data["narrative_public"] == [ANSWERS["narrative_public"]]
    assert alice.post(more[2], given_by(answer, goods__0__quantity_text="500")).status_code == 302
    sheet = stored(cast)
    assert (sheet.form, sheet.locode, sheet.goods[0].quantity) == ("long", "GHTEM", Decimal(500))


def test_the_short_form_leaves_what_it_does_not_ask(cast: Cast) -> None:
    sheet = of_lists(everything())
    sheet.form = "short"
    sheet.date_precision, sheet.goods[0].quantity_text = "day", ""
    case = as_(cast.alice, record, sheet)[0]
    before = stored(cast, case)
    alice = signed_in("alice@example.org")
    page = alice.get(f"/cases/{case.pk}/edit")
    assert alice.post(f"/cases/{case.pk}/edit", given_by(page)).status_code == 302
    after = stored(cast, case)
    assert after == before


def test_the_short_form_asks_what_the_goods_may_not_go_without(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    given = ANSWERS | {"category": "DRG", "goods_type": "COC", "unit": "KGM"}
    address = str(alice.post("/cases/new", given)["Location"])
    page = alice.get(f"{address}/edit")
    done = given_by(page, block_form="POWDER")
    assert alice.post(f"{address}/edit", done).status_code == 302
    assert stored(cast).goods[0].block == {"form": "POWDER"}
    sent = alice.post(f"{address}/send", {"revision": "2"})
    assert sent.status_code == 302


@pytest.mark.parametrize("form", ["edit", "edit/full"])
def test_a_stale_form_shows_both_versions_and_saves_what_was_decided(cast: Cast, form: str) -> None:
    case = recorded(cast)
    alice, amira = signed_in("alice@example.org"), signed_in("amira@example.org")
    address = f"/cases/{case.pk}/{form}"
    mine = given_by(alice.get(address), place_name="Mine", narrative_public="My text")
    theirs = given_by(amira.get(address), place_name="Theirs", direction="EX")
    answer = amira.post(address, theirs)
    assert answer.status_code == 302, said(answer)
    conflict = alice.post(address, mine)
    assert conflict.status_code == 409
    html = conflict.content.decode()
    assert "Somebody else changed this case" in html
    table = html.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "Theirs" in table
    assert "Mine" in table
    assert form_of(conflict).data["narrative_public"] == ["My text"]
    assert stored(cast, case).place_name == "Theirs"
    assert alice.post(address, given_by(conflict)).status_code == 302
    assert stored(cast, case).place_name == "Mine"


def test_a_stale_form_stays_stale_through_errors_and_buttons(cast: Cast) -> None:
    case = recorded(cast)
    alice, amira = signed_in("alice@example.org"), signed_in("amira@example.org")
    address = f"/cases/{case.pk}/edit/full"
    page = alice.get(address)
    answer = amira.post(address, given_by(amira.get(address), place_name="Theirs"))
    assert answer.status_code == 302, said(answer)
    page = alice.post(address, given_by(page, add="legs"))
    page = alice.post(address, given_by(page, latitude="95"))
    assert alice.post(address, given_by(page, latitude="")).status_code == 409
    short = f"/cases/{case.pk}/edit"
    assert alice.post(short, ANSWERS | {"revision": "1", "quantity": "-5"}).status_code == 200
    refused = alice.post(short, ANSWERS | {"revision": "1", "quantity": "-5"})
    assert form_of(refused).data["revision"] == ["1"]


@pytest.mark.parametrize("form", ["edit", "edit/full"])
def test_what_the_source_wrote_stays_until_the_number_is_changed(cast: Cast, form: str) -> None:
    case = recorded(cast)
    address, alice = f"/cases/{case.pk}/{form}", signed_in("alice@example.org")
    assert alice.post(address, given_by(alice.get(address))).status_code == 302
    line = stored(cast, case).goods[0]
    assert (line.quantity, line.quantity_text) == (Decimal(500), "500 packs")
    name = "quantity" if form == "edit" else "goods__0__quantity_text"
    address = f"/cases/{case.pk}/edit/full" if form != "edit" else address
    assert alice.post(address, given_by(alice.get(address), **{name: "501"})).status_code == 302
    line = stored(cast, case).goods[0]
    assert (line.quantity, line.quantity_text) == (Decimal(501), "501")


def test_others_do_not_reach_the_full_form(cast: Cast) -> None:
    case = recorded(cast)
    for stranger in ("mallory", "rosa", "sam", "bob"):
        client = signed_in(f"{stranger}@example.org")
        assert client.get(f"/cases/{case.pk}/edit/full").status_code == 404
        assert client.post(f"/cases/{case.pk}/edit/full").status_code == 404
    assert signed_in("dora@example.org").get("/cases/new/full").status_code == 403
    assert signed_in("amira@example.org").get(f"/cases/{case.pk}/edit/full").status_code == 200


def test_a_long_case_opens_in_the_full_form(cast: Cast) -> None:
    case = recorded(cast, form="long")
    answer = signed_in("alice@example.org").get(f"/cases/{case.pk}/edit")
    assert answer["Location"] == f"/cases/{case.pk}/edit/full"
    assert cigarettes().form == "short"


def test_a_request_that_sends_no_lines_leaves_them_standing(cast: Cast) -> None:
    case = recorded(cast)
    answer = signed_in("alice@example.org").post(
        f"/cases/{case.pk}/edit/full", {"revision": "1", "seizure_date": "2026-10-19", "location_type": "SP"}
    )
    assert answer.status_code == 302
    sheet = stored(cast, case)
    assert [line.category for line in sheet.goods] == ["TOB"]
    assert len(sheet.legs) == 3
