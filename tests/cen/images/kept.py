"""Images added, and cases with images let out and published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from cen.actions.media import Description, add
from cen.actions.record import submit
from cen.actions.release import preview, release
from cen.actions.validate import Verdict, validate
from cen.models import Case, Media, ReleasedCase
from tests.cast import Cast
from tests.cen.forms.pages import given_by
from tests.cen.images.pictures import from_a_telephone
from tests.journeys.test_seizure_to_alert import as_


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


def upload(client: Client, case: Case, *files: tuple[str, bytes], **changes: Any) -> Any:
    given = given_by(client.get(f"/cases/{case.pk}/photos"), **changes)
    given["images"] = [SimpleUploadedFile(name, data) for name, data in files]  # type: ignore[misc]
    return client.post(f"/cases/{case.pk}/photos", given)
