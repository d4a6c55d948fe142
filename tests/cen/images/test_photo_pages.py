"""The pages of images, and what of them leaves with a version."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.roles import Role
from audit.models import Event
from cen.actions.media import plain_name
from cen.actions.record import amend, sheet_of
from cen.actions.release import preview
from cen.actions.validate import Verdict, validate
from cen.images import store
from cen.models import Media
from tests.access.test_urls import signed_in
from tests.api.test_published import key_of
from tests.cast import Cast, seat_person
from tests.cen.forms.pages import given_by, said
from tests.cen.images.kept import added, fresh, let_out, publish, upload
from tests.cen.images.pictures import from_a_telephone, picture, saved
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded

pytestmark = pytest.mark.django_db


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
