"""One publication by the product's own acts: recorded, submitted, released, accepted."""

from __future__ import annotations

import tomllib
from typing import Any

from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from cen.actions.record import record, submit
from cen.actions.release import preview, release
from cen.actions.validate import Verdict, validate
from cen.sheet_document import sheet_of_document
from config.demonstration.cases import FILE, desk_of

OWNER = "GH"


def publish() -> str:
    """Publishes a case of its own in the running transaction; returns its reference."""
    desk = desk_of(OWNER)
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
    content = next(one["content"] for one in listed if one["owner"] == OWNER and one["stands"] == "published")
    sheet = sheet_of_document(
        {"seizure_date": timezone.now().date().isoformat(), "place_country": OWNER, **content, "identifiers": []}
    )
    # The same seizure is meant again and again.
    sheet.confirmed = ["duplicate"]
    case, _warnings = _as(desk.officer, record, sheet)
    _as(desk.officer, submit, case, revision=case.revision)
    seen = _as(desk.contact_point, preview, case).content_hash
    released = _as(desk.contact_point, release, case, seen_hash=seen)
    _as(desk.analyst, validate, released, Verdict.ACCEPTED, seen_hash=seen)
    return str(released.reference)


def _as(actor: Actor, act: Any, *args: Any, **kwargs: Any) -> Any:
    with acting_as(actor):
        return act(actor, *args, **kwargs)
