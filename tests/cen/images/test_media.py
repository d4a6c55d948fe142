"""Images of a case: kept once, without metadata, for who may see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.refusals import Absent, Forbidden, RulesBroken, WrongState
from audit.models import Event
from cen.actions.media import Description, describe, remove, sweep
from cen.actions.record import record, submit
from cen.images import store
from cen.models import Media
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.cen.images.kept import added, codes_of, files_in, fresh, let_out
from tests.cen.images.pictures import picture, saved
from tests.journeys.test_seizure_to_alert import as_, cigarettes, recorded

pytestmark = pytest.mark.django_db


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
