"""Images of a case: who adds, sees and removes them, what leaves, and what never comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, Forbidden, RulesBroken, WrongState
from accounts.roles import Role
from audit.models import Event
from cen.actions.correct import abandon, correct
from cen.actions.media import Description, add, describe, plain_name, remove, sweep
from cen.actions.record import amend, record, sheet_of, submit
from cen.actions.release import preview, release
from cen.actions.validate import Verdict, validate
from cen.images import store
from cen.models import Case, Goods, Media, ReleasedCase
from cen.rules import Stage, check
from cen.sheet import GoodsEntry, MediaEntry
from tests.access.test_urls import signed_in
from tests.api.test_published import key_of
from tests.cast import Cast, seat_person
from tests.cen.forms.pages import given_by, said
from tests.cen.images.pictures import from_a_telephone, picture, saved
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded

pytestmark = pytest.mark.django_db
NO_MEDIA = GoodsEntry("OBS", "OBS-OTH", unmeasured="UNKNOWN")


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A folder of this test's own."""
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "case_media": backend}
    handler: Any = storages
    handler._storages.clear()
    yield tmp_path
    handler._storages.clear()


def added(cast: Cast, case: Case, data: bytes | None = None, who: Actor | None = None, **said: Any) -> Media:
    name = said.pop("file_name", "IMG_1.jpg")
    media: Media = as_(
        who or cast.alice, add, case, data or from_a_telephone(), file_name=name, said=Description(**said)
    )
    return media


def fresh(cast: Cast, row: Case | Media) -> None:
    """Reads the row again, as its administration may."""
    with acting_as(cast.alice):
        row.refresh_from_db()


def files_in(folder: Path) -> set[str]:
    return {path.stem for path in folder.rglob("*.jpg")}


def let_out(cast: Cast, case: Case) -> ReleasedCase:
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    made: ReleasedCase = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    return made


def publish(cast: Cast, case: Case) -> ReleasedCase:
    made = let_out(cast, case)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    return made


def codes_of(caught: Any) -> set[str]:
    return {one.code for one in caught.value.findings}


# --- Keeping ---


def test_an_image_is_kept_once_under_its_hash_and_without_metadata(cast: Cast, storage: Path) -> None:
    first, second = recorded(cast), recorded(cast)
    one, other = added(cast, first), added(cast, second)
    assert one.sha256 == other.sha256
    assert files_in(storage) == {one.sha256, one.thumbnail_sha256}
    assert (storage / store.name_of(one.sha256)).exists()
    content = store.content_of(one.sha256)
    assert content is not None
    assert b"Kwame" not in content
    with acting_as(cast.alice):
        assert Event.unguarded.filter(verb="media.added").count() == 2


def test_the_same_image_twice_in_one_case_is_told(cast: Cast) -> None:
    case = recorded(cast)
    added(cast, case)
    with pytest.raises(RulesBroken) as caught:
        added(cast, case)
    assert codes_of(caught) == {"media_twice"}


def test_a_file_goes_with_its_last_case_and_not_before(cast: Cast, storage: Path) -> None:
    first, second = recorded(cast), recorded(cast)
    one, other = added(cast, first), added(cast, second)
    names = (one.sha256, one.thumbnail_sha256)
    as_(cast.alice, remove, one)
    assert sweep(names) == []
    assert files_in(storage) == set(names)
    as_(cast.alice, remove, other)
    assert sorted(sweep(names)) == sorted(names)
    assert files_in(storage) == set()
    with acting_as(cast.alice):
        assert Event.unguarded.filter(verb="media.removed").count() == 2


def test_removing_sweeps_after_the_commit_and_only_then(
    cast: Cast, storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    media = added(cast, recorded(cast))
    with django_capture_on_commit_callbacks() as later:
        as_(cast.alice, remove, media)
    assert files_in(storage)
    for act in later:
        act()
    assert not files_in(storage)


def test_the_file_of_another_administration_with_the_same_content_stays(cast: Cast, storage: Path) -> None:
    mine = added(cast, recorded(cast))
    theirs = as_(cast.mallory, record, cigarettes(place_country="NL"))[0]
    other = added(cast, theirs, who=cast.mallory)
    assert other.sha256 == mine.sha256
    as_(cast.alice, remove, mine)
    assert sweep([mine.sha256]) == []
    assert files_in(storage)


def test_a_file_stays_as_long_as_a_version_names_it(cast: Cast, storage: Path) -> None:
    case = recorded(cast)
    media = added(cast, case)
    let_out(cast, case)
    with acting_as(cast.alice):
        Media.unguarded.filter(pk=media.pk).delete()
    assert sweep([media.sha256, media.thumbnail_sha256]) == []
    assert files_in(storage) == {media.sha256, media.thumbnail_sha256}


def test_an_image_raises_the_quality_of_its_case_and_its_removal_lowers_it(cast: Cast) -> None:
    case = recorded(cast)
    before = case.quality_score
    media = added(cast, case)
    assert case.quality_score > before
    as_(cast.alice, remove, media)
    fresh(cast, case)
    assert case.quality_score == before


# --- Who ---


def test_images_stay_as_they_were_sent_though_the_page_was_opened_before(cast: Cast) -> None:
    case = recorded(cast)
    media = added(cast, case)
    with acting_as(cast.alice):
        opened, once_more = (Media.unguarded.select_related("case").get(pk=media.pk) for _ in range(2))
    as_(cast.alice, submit, case, revision=case.revision)
    with pytest.raises(WrongState):
        as_(cast.alice, remove, opened)
    with pytest.raises(WrongState):
        as_(cast.alice, describe, once_more, Description(caption="Late"))
    with acting_as(cast.alice):
        assert Media.unguarded.get(pk=media.pk).caption == media.caption


def test_only_its_administration_adds_and_only_while_the_case_is_open(cast: Cast) -> None:
    case = recorded(cast)
    for stranger in (cast.mallory, cast.rosa, cast.bob):
        with pytest.raises(Absent):
            added(cast, case, who=stranger)
    with pytest.raises(Forbidden):
        added(cast, case, who=cast.dora)
    media = added(cast, case)
    as_(cast.alice, submit, case, revision=case.revision)
    fresh(cast, media.case)
    with pytest.raises(Forbidden):
        added(cast, case, saved(picture(colour=(1, 2, 3))))
    with pytest.raises(Forbidden):
        as_(cast.alice, remove, media)
    with pytest.raises(Forbidden):
        as_(cast.alice, describe, media, Description())


def test_own_images_are_seen_by_their_administration_and_by_nobody_else(cast: Cast) -> None:
    case = recorded(cast)
    media = added(cast, case)
    addresses = [
        f"/cases/{case.pk}/photos",
        f"/cases/{case.pk}/media/{media.sha256}",
        f"/cases/{case.pk}/media/{media.thumbnail_sha256}",
        f"/photos/{media.pk}",
    ]
    for person in ("alice", "amira", "dora"):
        client = signed_in(f"{person}@example.org")
        assert [client.get(address).status_code for address in addresses] == [200] * 4, person
    for stranger in ("mallory", "rosa", "sam", "bob", "ravi"):
        client = signed_in(f"{stranger}@example.org")
        assert [client.get(address).status_code for address in addresses] == [404] * 4, stranger
        assert client.post(f"/photos/{media.pk}/remove").status_code == 404
        assert client.post(f"/cases/{case.pk}/photos").status_code == 404
    assert signed_in("dora@example.org").post(f"/photos/{media.pk}/remove").status_code == 403
    assert Client().get(addresses[1]).status_code == 302


def test_an_image_of_another_case_is_not_served_under_this_one(cast: Cast) -> None:
    case, other = recorded(cast), recorded(cast)
    media = added(cast, other)
    alice = signed_in("alice@example.org")
    assert alice.get(f"/cases/{other.pk}/media/{media.sha256}").status_code == 200
    for name in (media.sha256, "0" * 64, "x", "..%2f..%2fetc%2fpasswd"):
        assert alice.get(f"/cases/{case.pk}/media/{name}").status_code == 404


def test_an_image_is_served_as_a_picture_and_nothing_else(cast: Cast) -> None:
    case = recorded(cast)
    media = added(cast, case)
    alice = signed_in("alice@example.org")
    answer = alice.get(f"/cases/{case.pk}/media/{media.sha256}")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content.startswith(b"\xff\xd8\xff")
    tag = {"If-None-Match": answer["ETag"]}
    assert alice.get(f"/cases/{case.pk}/media/{media.sha256}", headers=tag).status_code == 304
    mallory = signed_in("mallory@example.org")
    assert mallory.get(f"/cases/{case.pk}/media/{media.sha256}", headers=tag).status_code == 404


# --- Pages ---


def upload(client: Client, case: Case, *files: tuple[str, bytes], **changes: Any) -> Any:
    given = given_by(client.get(f"/cases/{case.pk}/photos"), **changes)
    given["images"] = [SimpleUploadedFile(name, data) for name, data in files]  # type: ignore[misc]
    return client.post(f"/cases/{case.pk}/photos", given)


def test_images_are_uploaded_described_and_removed_by_plain_pages(cast: Cast) -> None:
    case, alice = recorded(cast), signed_in("alice@example.org")
    answer = upload(alice, case, ("DSC 1.jpg", from_a_telephone()), kind="PHOTO", caption="The wall", shows=["GOODS"])
    assert answer.status_code == 302, said(answer)
    with acting_as(cast.alice):
        media = Media.unguarded.get()
    assert (media.file_name, media.caption, media.shows, media.shared) == ("DSC 1.jpg", "The wall", ["GOODS"], True)
    page = alice.get(f"/cases/{case.pk}").content.decode()
    assert f"/cases/{case.pk}/media/{media.thumbnail_sha256}" in page
    given = given_by(alice.get(f"/photos/{media.pk}"), caption="The <b>wall</b>", exceptional="on")
    given.pop("shared")
    assert alice.post(f"/photos/{media.pk}", given).status_code == 302
    fresh(cast, media)
    assert (media.caption, media.exceptional, media.shared) == ("The <b>wall</b>", True, False)
    assert "The &lt;b&gt;wall" in alice.get(f"/cases/{case.pk}/photos").content.decode()
    assert alice.post(f"/photos/{media.pk}/remove").status_code == 302
    with acting_as(cast.alice):
        assert not Media.unguarded.exists()


def test_of_several_files_the_good_ones_are_kept_and_the_others_named(cast: Cast) -> None:
    case, alice = recorded(cast), signed_in("alice@example.org")
    answer = upload(
        alice, case, ("good.jpg", saved(picture())), ("page.jpg", b"<html>"), ("cut.png", saved(picture(), "PNG")[:90])
    )
    assert answer.status_code == 422
    text = said(answer)
    assert "page.jpg: This is no JPEG" in text
    assert "cut.png: This image is damaged" in text
    assert "good.jpg" not in text
    with acting_as(cast.alice):
        assert [one.file_name for one in Media.unguarded.all()] == ["good.jpg"]


@pytest.mark.parametrize(
    ("files", "changes", "sentence"),
    [
        ((), {}, "Choose at least one image"),
        (tuple(("a.jpg", b"x") for _ in range(13)), {}, "at most 12"),
        ((("a.jpg", saved(picture())),), {"kind": "VIDEO"}, "valid choice"),
        ((("a.jpg", saved(picture())),), {"shows": ["NOTHING"]}, "valid choice"),
        ((("a.jpg", saved(picture())),), {"caption": "x" * 301}, "at most 300"),
        ((("a.jpg", saved(picture())),), {"shows": ["PERSON"], "shared": "on"}, "stays in your administration"),
        ((("a.jpg", b"\xff" * (15 * 1024 * 1024 + 1)),), {}, "larger than 15 MB"),
    ],
    ids=["none", "thirteen", "video", "unknown", "caption", "person", "bytes"],
)
def test_a_wrong_upload_is_told_at_its_field(cast: Cast, files: Any, changes: dict[str, Any], sentence: str) -> None:
    case, alice = recorded(cast), signed_in("alice@example.org")
    answer = upload(alice, case, *files, **changes)
    assert answer.status_code == 422
    assert sentence in said(answer)
    with acting_as(cast.alice):
        assert not Media.unguarded.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\kwame\\a.jpg", "a.jpg"),
        ("a\0b\n.jpg", "ab.jpg"),
        ("x" * 300, "x" * 200),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_a_file_name_is_a_text_and_never_a_path(given: str, kept: str) -> None:
    assert plain_name(given) == kept


# --- What leaves ---


def test_the_version_names_what_is_shared_and_its_readers_get_exactly_that(cast: Cast) -> None:
    case = recorded(cast)
    shared = added(cast, case, caption="Cartons", shows=["GOODS"])
    kept = added(cast, case, saved(picture(colour=(1, 2, 3))), shared=False)
    person = added(cast, case, saved(picture(colour=(3, 2, 1))), shared=False, shows=["PERSON"])
    released = let_out(cast, case)
    assert [(one["sha256"], one["caption"], one["shows"]) for one in released.body["media"]] == [
        (shared.sha256, "Cartons", ["GOODS"])
    ]
    assert "IMG_1" not in repr(released.body)
    waiting = f"/validation/{released.pk}/media"
    rosa, mallory = signed_in("rosa@example.org"), signed_in("mallory@example.org")
    assert rosa.get(f"{waiting}/{shared.sha256}").content == store.content_of(shared.sha256)
    assert rosa.get(f"{waiting}/{shared.thumbnail_sha256}").status_code == 200
    for other in (kept, person):
        assert rosa.get(f"{waiting}/{other.sha256}").status_code == 404
    assert f"{waiting}/{shared.thumbnail_sha256}" in rosa.get(f"/validation/{released.pk}").content.decode()
    for stranger in ("mallory", "ravi", "sam", "bob", "alice"):
        assert signed_in(f"{stranger}@example.org").get(f"{waiting}/{shared.sha256}").status_code == 404, stranger
    address = f"/published/{released.reference}/media"
    assert mallory.get(f"{address}/{shared.sha256}").status_code == 404
    as_(cast.rosa, validate, released, Verdict.ACCEPTED, seen_hash=bytes(released.content_hash))
    for reader in ("mallory", "rosa", "sam", "ravi", "alice"):
        assert signed_in(f"{reader}@example.org").get(f"{address}/{shared.sha256}").status_code == 200, reader
    for other in (kept, person):
        assert mallory.get(f"{address}/{other.sha256}").status_code == 404
    assert mallory.get(f"{address}/{'0' * 64}").status_code == 404
    page = mallory.get(f"/published/{released.reference}").content.decode()
    assert f"{address}/{shared.thumbnail_sha256}" in page
    assert "Cartons" in page
    with acting_as(cast.amira):
        assert Event.unguarded.filter(verb="media.read").exists()


def test_machines_fetch_the_same_images_with_their_scope(cast: Cast) -> None:
    case = recorded(cast)
    shared = added(cast, case)
    kept = added(cast, case, saved(picture(colour=(1, 2, 3))), shared=False)
    released = publish(cast, case)
    key = key_of(seat_person("hilda", "WA", Role.LIAISON_HEAD))

    def ask(name: str, **headers: str) -> Any:
        bearer = {"Authorization": f"Bearer {key}", **headers}
        return Client().get(f"/api/v1/cases/{released.reference}/media/{name}", headers=bearer)

    answer = ask(shared.sha256, Accept="image/jpeg")
    assert answer.status_code == 200
    assert answer.content == store.content_of(shared.sha256)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-cache"
    assert ask(shared.thumbnail_sha256).status_code == 200
    refused = ask(kept.sha256, Accept="image/jpeg")
    assert refused.status_code == 404
    assert refused.json()["code"] == "absent"
    assert ask(shared.sha256, Authorization="Bearer nobody.nothing").status_code == 401


def test_a_caption_and_a_file_name_are_searched_before_the_release(cast: Cast) -> None:
    case = recorded(cast)
    added(cast, case, caption="Ask kwame@example.org", file_name="driver +233 24 123 4567.jpg")
    fields = {one.field for one in as_(cast.amira, preview, case).leftovers}
    assert fields == {"media/0/caption", "media/0/file_name"}
    other = recorded(cast)
    added(cast, other, shared=False, caption="Ask kwame@example.org")
    assert as_(cast.amira, preview, other).leftovers == []


def test_images_stay_through_a_change_of_the_sheet(cast: Cast) -> None:
    case = recorded(cast)
    media = added(cast, case)
    as_(cast.alice, amend, case, cigarettes(locode="GHTKD"), revision=1)
    with acting_as(cast.alice):
        assert [one.sha256 for one in sheet_of(case).media] == [media.sha256]


# --- The category of which no image is ever accepted ---


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
    from cen.codelists import lists

    return lists.choices("correction_reason")[0][0]
