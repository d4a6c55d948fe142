"""Goods of which no image is ever accepted: not by any door, and not by the database itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.refusals import RulesBroken
from cen.actions.correct import abandon, correct
from cen.actions.media import remove
from cen.actions.record import amend, sheet_of
from cen.codelists import lists
from cen.models import Case, Goods, Media
from cen.rules import Stage, check
from cen.sheet import GoodsEntry, MediaEntry
from tests.access.test_urls import signed_in
from tests.api.test_published import key_of
from tests.cast import Cast
from tests.cen.forms.pages import given_by, said
from tests.cen.images.kept import added, codes_of, files_in, fresh, publish, upload
from tests.cen.images.pictures import picture, saved
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded

pytestmark = pytest.mark.django_db
NO_MEDIA = GoodsEntry("OBS", "OBS-OTH", unmeasured="UNKNOWN")


def door_form(cast: Cast, case: Case) -> set[str]:
    alice = signed_in("alice@example.org")
    page = alice.get(f"/cases/{case.pk}/edit/full")
    page = alice.post(f"/cases/{case.pk}/edit/full", given_by(page, goods__0__category="OBS", choose="goods-0"))
    given = given_by(page, goods__0__goods_type="", goods__0__unit="", goods__0__quantity_text="")
    answer = alice.post(f"/cases/{case.pk}/edit/full", given)
    return {"media_not_accepted"} if "No image of any kind" in said(answer) else {said(answer)}


def door_act(cast: Cast, case: Case) -> set[str]:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, amend, case, cigarettes(goods=[NO_MEDIA]), revision=1)
    return codes_of(caught)


def door_api(cast: Cast, case: Case) -> set[str]:
    answer = _own_api(cast).put(
        f"/api/v1/own/cases/{case.reference}",
        {"goods": [{"category": "OBS", "unmeasured": "UNKNOWN"}]},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 422, answer.content
    return {one["code"] for one in answer.json()["errors"]}


def _own_api(cast: Cast) -> Client:
    from accounts.scopes import Scope

    key = key_of(cast.amira, Scope.OWN_READ, Scope.OWN_WRITE)
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.mark.parametrize("door", [door_form, door_act, door_api])
def test_a_case_with_images_gets_no_such_goods_at_any_door(cast: Cast, door: Callable[..., set[str]]) -> None:
    case = recorded(cast)
    added(cast, case, shared=False)
    assert door(cast, case) == {"media_not_accepted"}
    with acting_as(cast.alice):
        assert not Goods.unguarded.filter(category="OBS").exists()


def test_a_case_with_such_goods_gets_no_image(cast: Cast, storage: Path) -> None:
    case = recorded(cast, goods=[NO_MEDIA])
    for data in (saved(picture()), b"not even an image"):
        with pytest.raises(RulesBroken) as caught:
            added(cast, case, data)
        assert codes_of(caught) == {"media_not_accepted"}
    answer = upload(signed_in("alice@example.org"), case, ("a.jpg", saved(picture())))
    assert answer.status_code == 422
    assert "No image of any kind" in said(answer)
    assert files_in(storage) == set()
    mixed = recorded(cast, goods=[*cigarettes().goods, NO_MEDIA])
    with pytest.raises(RulesBroken):
        added(cast, mixed)


def test_no_sheet_brings_an_image_of_its_own(cast: Cast) -> None:
    image = MediaEntry("PHOTO", "0" * 64, "1" * 64, 1, 1)
    for goods in (cigarettes().goods, [NO_MEDIA]):
        with pytest.raises(RulesBroken) as caught:
            recorded(cast, media=[image], goods=goods)
        assert codes_of(caught) & {"media_by_upload_only", "media_not_accepted"}
    with_both = cigarettes(media=[image], goods=[NO_MEDIA])
    assert "media_not_accepted" in {one.code for one in check(with_both, Stage.DRAFT)}
    answer = _own_api(cast).post(
        "/api/v1/own/cases", {"media": [{"sha256": "0" * 64}]}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["media_by_upload_only"]
    case = recorded(cast)
    added(cast, case)
    with acting_as(cast.alice):
        sheet = sheet_of(case)
    as_(cast.alice, amend, case, sheet, revision=1)
    assert not [one for one in check(sheet, Stage.DRAFT) if one.pointer.startswith("media")]


def test_the_database_itself_refuses_both_ways(cast: Cast) -> None:
    case = recorded(cast)
    media = added(cast, case)
    rest: dict[str, Any] = {"case_id": case.pk, "administration_id": case.administration_id}
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(cast.alice):
        Goods.unguarded.create(**rest, category="OBS")
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(cast.alice):
        Goods.unguarded.filter(case=case).update(category="OBS")
    other = recorded(cast, goods=[NO_MEDIA])
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(cast.alice):
        Media.unguarded.filter(pk=media.pk).update(case_id=other.pk)
    with acting_as(cast.alice):
        assert Goods.unguarded.create(**rest, category="TOB").pk


def test_a_correction_can_not_be_given_up_into_such_goods(cast: Cast) -> None:
    case = recorded(cast, goods=[NO_MEDIA])
    publish(cast, case)
    with acting_as(cast.alice):
        case = Case.unguarded.get(pk=case.pk)
    as_(cast.alice, correct, case, reason=_a_reason())
    as_(cast.alice, amend, case, cigarettes(), revision=case.revision)
    media = added(cast, case)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, abandon, case, revision=case.revision)
    assert codes_of(caught) == {"media_not_accepted"}
    fresh(cast, media.case)
    as_(cast.alice, remove, media)
    fresh(cast, case)
    as_(cast.alice, abandon, case, revision=case.revision)


def _a_reason() -> str:
    return lists.choices("correction_reason")[0][0]
