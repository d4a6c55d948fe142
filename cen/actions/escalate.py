"""Turning to the next contact where nobody acknowledged in time; one step a transaction, by the database's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.roles import Role
from alerts.at_once import announce_at_once
from alerts.models import Announcement
from audit import trail
from audit.verbs import Verb
from cen.actions.flash import ESCALATED, OVERDUE, about, database_now
from cen.models import DutyContact, Flash, FlashAddressee, FlashEscalation, StepKind

# Between two steps passes the time that there was to acknowledge, within these bounds: nobody answers within less,
# and in an emergency nobody waits for longer.
SHORTEST_STEP, LONGEST_STEP = timedelta(minutes=5), timedelta(minutes=30)
_DUE = """
    select waiting.id from cen_flashaddressee waiting join cen_flash flash on flash.id = waiting.flash_id
    where waiting.next_step_at <= clock_timestamp()
      and waiting.acknowledged_at is null and waiting.ended_at is null
    order by waiting.next_step_at, waiting.id limit 1 for update of waiting, flash skip locked
"""


def escalate_next() -> bool:
    """Takes the step that has waited longest; False where none is due.

    Two workers never take the same one, nor two of one flash (the rows are locked), and one killed in the middle
    leaves nothing behind: the step, its alerts, its event and the time of the next are one transaction.
    """
    actor = system(SystemTask.ESCALATION)
    with transaction.atomic(), acting_as(actor):
        with connection.cursor() as cursor:
            cursor.execute(_DUE)
            row = cursor.fetchone()
        if row is None:
            return False
        _take_step(actor, FlashAddressee.unguarded.select_related("flash").get(pk=row[0]))
        return True


def _take_step(actor: Actor, addressee: FlashAddressee) -> None:
    flash = addressee.flash
    contacts = list(
        DutyContact.unguarded.filter(administration_id=addressee.administration_id, ended_at__isnull=True)
        .select_related("posting")
        .order_by("position", "pk")
    )
    step = _step(addressee, contacts)
    step.save(force_insert=True)
    if addressee.steps == 0:
        addressee.phones = [] if flash.drill else phone_list(contacts)
    addressee.steps += 1
    addressee.next_step_at = None
    if addressee.steps < len(contacts):
        # A posting that has ended costs no time.
        wait = timedelta() if step.kind == StepKind.ABSENT else _wait(flash)
        addressee.next_step_at = database_now() + wait
    addressee.save(update_fields=["phones", "steps", "next_step_at"])
    facts = {"administration": addressee.administration_id, "step": step.step, "kind": step.kind, "drill": flash.drill}
    trail.record(actor.who(), Verb.FLASH_ESCALATED, about(flash), facts=facts)
    if step.officer_ids:
        announce_at_once(actor, ESCALATED, step.pk)
    if not Announcement.unguarded.filter(kind=OVERDUE, subject_id=str(flash.pk)).exists():
        announce_at_once(actor, OVERDUE, flash.pk)


def _step(addressee: FlashAddressee, contacts: list[DutyContact]) -> FlashEscalation:
    made = FlashEscalation(
        addressee=addressee,
        flash=addressee.flash,
        administration_id=addressee.administration_id,
        step=addressee.steps + 1,
        kind=StepKind.NOBODY,
    )
    if addressee.steps >= len(contacts):
        # Whoever keeps no list is turned to by its contact point.
        made.officer_ids = _may_acknowledge(addressee, role=Role.NCP)
        made.kind = StepKind.ALERTED if made.officer_ids else StepKind.NOBODY
        return made
    contact = contacts[addressee.steps]
    made.contact = contact
    made.office_name, made.phone, made.time_zone = contact.office_name, contact.phone, contact.time_zone
    if contact.phone:
        made.kind = StepKind.NOT_CALLED if addressee.flash.drill else StepKind.TO_CALL
        if addressee.flash.drill:
            made.phone = ""
        return made
    made.officer_ids = _may_acknowledge(addressee, pk=contact.posting_id)
    made.kind = StepKind.ALERTED if made.officer_ids else StepKind.ABSENT
    return made


def _may_acknowledge(addressee: FlashAddressee, **posting: Any) -> list[UUID]:
    """Officers of such postings of the administration who may acknowledge it today."""
    may = policy_for(Flash).audience(addressee.flash, Action.ACKNOWLEDGE)
    here = may.filter(administration_id=addressee.administration_id, **posting)
    return sorted(set(here.values_list("officer_id", flat=True)), key=str)


def phone_list(contacts: list[DutyContact]) -> list[dict[str, str]]:
    """The duty telephones as the issuer gets them: office, number and time zone, in the administration's order."""
    return [
        {"office": one.office_name, "phone": one.phone, "time_zone": one.time_zone} for one in contacts if one.phone
    ]


def _wait(flash: Flash) -> timedelta:
    given = flash.acknowledge_by - flash.issued_at if flash.acknowledge_by else SHORTEST_STEP
    return min(max(given, SHORTEST_STEP), LONGEST_STEP)
