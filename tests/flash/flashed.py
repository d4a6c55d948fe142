"""Flashes drafted and issued, and the clock moved by the row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from cen.actions import flash as flashing
from cen.actions.escalate import escalate_next
from cen.addressees import Chosen
from cen.flash_draft import FlashDraft
from cen.models import DutyContact, Flash, FlashAddressee
from cen.queries.flashes import Board, board
from tests.journeys.test_seizure_to_alert import as_


def draft_to(*actors: Actor, **changes: Any) -> FlashDraft:
    """A complete draft to the administrations of the actors."""
    answers: dict[str, Any] = {
        "kind": "EXPLOSIVE",
        "title": "Device in a toner cartridge",
        "what": "Screening shows organic mass and a circuit in a toner cartridge.",
        "waybills": ["125-12345675"],
        "actions": ["DNL", "ISOLATE", "NOTOPEN"],
        "informed": ["AIRLINE", "POLICE"],
        "acknowledge_within": 15,
        "chosen": Chosen(frozenset(actor.administration_id or 0 for actor in actors)),
    }
    return FlashDraft(**(answers | changes))


def issued(actor: Actor, draft: FlashDraft, **reasons: str) -> Flash:
    seen = as_(actor, flashing.preview, draft)
    made: Flash = as_(actor, flashing.issue, draft, seen_hash=seen.content_hash, reasons=reasons)
    return made


def time_passes(flash: Flash, minutes: int) -> None:
    """What is due of the flash is due that much earlier."""
    with transaction.atomic(), acting_as(system(SystemTask.ESCALATION)):
        FlashAddressee.unguarded.filter(flash=flash).update(
            next_step_at=F("next_step_at") - timedelta(minutes=minutes),
            acknowledge_by=F("acknowledge_by") - timedelta(minutes=minutes),
        )


def escalate_all() -> int:
    """How many steps were due and taken."""
    taken = 0
    while escalate_next():
        taken += 1
    return taken


def board_of(actor: Actor, flash: Flash) -> Board:
    with transaction.atomic(), acting_as(actor):
        return board(actor, flash)


def a_contact(actor: Actor, position: int, **facts: Any) -> DutyContact:
    """A contact of the actor's administration, as its contact point would keep it."""
    with transaction.atomic(), acting_as(actor):
        made: DutyContact = DutyContact.unguarded.create(
            administration_id=actor.administration_id,
            position=position,
            office_name=facts.pop("office_name", "Duty desk"),
            time_zone=facts.pop("time_zone", "Africa/Dakar"),
            kept_by_id=actor.officer_id,
            **facts,
        )
        return made
