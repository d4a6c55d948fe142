"""Warning notices drafted and issued."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import RulesBroken
from cen.actions import warn
from cen.addressees import Chosen
from cen.models import WarningNotice
from cen.queries.warnings import board
from cen.warning_draft import WarningDraft
from tests.journeys.test_seizure_to_alert import as_


def tomorrow() -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(microsecond=0)


def draft_to(*actors: Actor, **changes: Any) -> WarningDraft:
    """A complete draft to the administrations of the actors."""
    answers: dict[str, Any] = {
        "title": "Cartons behind used tyres",
        "what": "Cigarettes are stowed behind used tyres declared as scrap.",
        "urgency": "PRIORITY",
        "categories": ["TOB"],
        "departure": ["AE"],
        "requested_actions": ["INSPECT"],
        "acknowledge_by": tomorrow(),
        "chosen": Chosen(frozenset(actor.administration_id or 0 for actor in actors)),
    }
    return WarningDraft(**(answers | changes))


def issued(actor: Actor, draft: WarningDraft, **reasons: str) -> WarningNotice:
    seen = as_(actor, warn.preview, draft)
    made: WarningNotice = as_(actor, warn.issue, draft, seen_hash=seen.content_hash, reasons=reasons)
    return made


def codes(refusal: RulesBroken) -> set[str]:
    return {finding.code for finding in refusal.findings}


def standing(actor: Actor, notice: WarningNotice, **more: Any) -> list[tuple[str, bool, bool]]:
    with transaction.atomic(), acting_as(actor):
        rows = board(actor, notice, **more).rows
    return [(row.administration.code, row.acknowledgement is not None, row.overdue) for row in rows]
