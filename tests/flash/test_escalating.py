"""Nobody acknowledged in time: the next contact is turned to, once, by the database's clock."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.refusals import Forbidden, RulesBroken
from accounts.roles import Role
from audit.models import Event
from cen.actions import duty_contacts, escalate
from cen.actions import flash as flashing
from cen.actions.escalate import escalate_next
from cen.flash_draft import draft_following
from cen.models import DutyContact, FlashEscalation, FlashFollow, StepKind
from tests.alerts.inboxes import inbox
from tests.cast import Cast, posting_of, postings_of, seat_person
from tests.flash.flashed import a_contact, board_of, draft_to, escalate_all, issued, time_passes
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def kinds(actor: Any) -> list[str]:
    return [one.kind for one in inbox(actor)]


def test_before_the_deadline_and_after_an_acknowledgement_nothing_is_due(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob))
    time_passes(flash, 14)
    assert escalate_all() == 0
    as_(cast.bob, flashing.acknowledge, flash)
    time_passes(flash, 10)
    assert escalate_all() == 0


def test_step_by_step_in_the_order_of_the_list_and_the_issuer_is_told_once(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    a_contact(ncp, 1, office_name="Duty officer of the port", posting=posting_of(cast.bob))
    a_contact(ncp, 2, office_name="Operations room", phone="+221 33 800 0000")
    a_contact(ncp, 3, office_name="Head of enforcement", posting=posting_of(ncp))
    flash = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    time_passes(flash, 15)
    # Mallory's administration keeps no list and has no contact point: the issuer is told that nobody is there.
    assert escalate_all() == 2
    assert kinds(cast.bob) == ["flash.issued", "flash.escalated"]
    assert kinds(ncp) == ["flash.issued"]
    assert kinds(cast.rosa) == ["flash.overdue"]
    rows = {one.row.administration.code: one for one in board_of(cast.rosa, flash).rows}
    assert [step.kind for step in rows["SN"].steps] == [StepKind.ALERTED]
    assert [step.kind for step in rows["NL"].steps] == [StepKind.NOBODY]
    assert rows["SN"].row.phones == [
        {"office": "Operations room", "phone": "+221 33 800 0000", "time_zone": "Africa/Dakar"}
    ]
    assert escalate_all() == 0
    time_passes(flash, 15)
    assert escalate_all() == 1
    time_passes(flash, 15)
    assert escalate_all() == 1
    time_passes(flash, 15)
    assert escalate_all() == 0
    steps = {one.row.administration.code: one for one in board_of(cast.rosa, flash).rows}["SN"].steps
    assert [(one.step, one.kind, one.phone) for one in steps] == [
        (1, "alerted", ""),
        (2, "to_call", "+221 33 800 0000"),
        (3, "alerted", ""),
    ]
    assert kinds(ncp) == ["flash.issued", "flash.escalated"]
    assert kinds(cast.rosa) == ["flash.overdue"]
    as_(ncp, flashing.acknowledge, flash)
    assert [one.needs_me for one in (*inbox(ncp), *inbox(cast.bob))] == [False] * 4
    assert board_of(cast.rosa, flash).counts["acknowledged"] == 1


def test_an_acknowledgement_or_a_later_edition_stops_it(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    for number in (1, 2, 3):
        a_contact(ncp, number, phone=f"+221 33 800 000{number}")
    flash = issued(cast.rosa, draft_to(cast.bob))
    time_passes(flash, 15)
    assert escalate_all() == 1
    draft = draft_following(flash, FlashFollow.UPDATE)
    new = issued(cast.rosa, draft)
    assert [one.needs_me for one in inbox(cast.rosa)] == [False]
    time_passes(flash, 60)
    assert escalate_all() == 0
    time_passes(new, 15)
    assert escalate_all() == 1
    as_(cast.bob, flashing.acknowledge, new)
    time_passes(new, 60)
    assert escalate_all() == 0


def test_who_keeps_no_list_is_turned_to_by_the_contact_point(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    flash = issued(cast.rosa, draft_to(cast.bob))
    time_passes(flash, 15)
    assert escalate_all() == 1
    assert kinds(ncp) == ["flash.issued", "flash.escalated"]
    assert kinds(cast.bob) == ["flash.issued"]


def test_a_posting_that_has_ended_costs_no_time(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    gone = seat_person("modou", "SN", Role.OFFICER)
    a_contact(ncp, 1, posting=posting_of(gone))
    a_contact(ncp, 2, posting=posting_of(cast.bob))
    flash = issued(cast.rosa, draft_to(cast.bob))
    postings_of(gone).update(until="2021-01-01")
    time_passes(flash, 15)
    assert escalate_all() == 2
    steps = board_of(cast.rosa, flash).rows[0].steps
    assert [one.kind for one in steps] == [StepKind.ABSENT, StepKind.ALERTED]


def test_a_drill_alerts_people_in_the_portal_and_rings_no_telephone(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    a_contact(ncp, 1, office_name="Operations room", phone="+221 33 800 0000")
    a_contact(ncp, 2, posting=posting_of(cast.bob))
    flash = issued(cast.rosa, draft_to(cast.bob, drill=True))
    time_passes(flash, 15)
    escalate_all()
    time_passes(flash, 15)
    escalate_all()
    [row] = board_of(cast.rosa, flash).rows
    assert row.row.phones == []
    assert [(one.kind, one.phone) for one in row.steps] == [("not_called", ""), ("alerted", "")]
    assert inbox(cast.bob)[-1].headline["title"].startswith("DRILL: ")


def test_a_step_that_dies_leaves_nothing_and_is_taken_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    a_contact(ncp, 1, posting=posting_of(cast.bob))
    flash = issued(cast.rosa, draft_to(cast.bob))
    time_passes(flash, 15)
    with monkeypatch.context() as patched:

        def die(*_: Any) -> None:
            raise ZeroDivisionError

        patched.setattr(escalate, "_wait", die)
        a_contact(ncp, 2, phone="+221 33 800 0000")
        with pytest.raises(ZeroDivisionError):
            escalate_next()
    assert kinds(cast.bob) == ["flash.issued"]
    assert board_of(cast.rosa, flash).counts["overdue"] == 1
    assert escalate_all() == 1
    assert kinds(cast.bob) == ["flash.issued", "flash.escalated"]
    with transaction.atomic(), acting_as(system(SystemTask.ESCALATION)):
        assert FlashEscalation.unguarded.count() == 1


def test_its_events_name_the_task_and_the_administration(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob))
    time_passes(flash, 15)
    escalate_all()
    with transaction.atomic(), acting_as(system(SystemTask.ESCALATION)):
        event = Event.unguarded.get(verb="flash.escalated")
    assert (event.actor_id, event.facts["administration"]) == ("escalation", cast.bob.administration_id)


class TestTheList:
    def test_the_contact_point_keeps_orders_and_ends_it(self, cast: Cast) -> None:
        ours = {"posting_id": None, "time_zone": "Africa/Accra"}
        first = as_(cast.amira, duty_contacts.keep, office_name="Port", phone="+233 30 200 0001", **ours)
        second = as_(cast.amira, duty_contacts.keep, office_name="Airport", phone="+233 30 200 0002", **ours)
        as_(cast.amira, duty_contacts.move_up, second)
        assert names(cast.amira) == ["Airport", "Port"]
        as_(cast.amira, duty_contacts.end, second)
        assert names(cast.amira) == ["Port"]
        third = as_(
            cast.amira,
            duty_contacts.keep,
            office_name="Post",
            phone="",
            posting_id=posting_of(cast.alice).pk,
            time_zone="Africa/Accra",
        )
        assert third.position > first.position

    def test_nobody_else_keeps_it_and_no_other_administration_sees_it(self, cast: Cast) -> None:
        a_contact(cast.amira, 1, phone="+233 30 200 0001")
        for actor in (cast.alice, cast.dora, cast.rosa, cast.mallory):
            with pytest.raises(Forbidden):
                as_(
                    actor,
                    duty_contacts.keep,
                    office_name="Port",
                    phone="+233 30 200 0001",
                    posting_id=None,
                    time_zone="UTC",
                )
        assert names(cast.alice) == ["Duty desk"]
        for actor in (cast.rosa, cast.mallory, cast.sam):
            assert names(actor) == []

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"office_name": " "}, "office_missing"),
            ({"office_name": "Mr Mensah"}, "names_somebody"),
            ({"phone": ""}, "contact_unclear"),
            ({"phone": "call us"}, "phone_unreadable"),
            ({"time_zone": "Ghana"}, "time_zone_unknown"),
            ({"phone": "", "posting_id": 0}, "contact_unclear"),
        ],
    )
    def test_what_is_wrong_is_said(self, cast: Cast, changes: dict[str, Any], code: str) -> None:
        answers = {"office_name": "Port", "phone": "+233 30 200 0001", "posting_id": None, "time_zone": "Africa/Accra"}
        with pytest.raises(RulesBroken) as caught:
            as_(cast.amira, duty_contacts.keep, **(answers | changes))
        assert code in {finding.code for finding in caught.value.findings}

    def test_an_officer_of_another_administration_can_not_be_kept(self, cast: Cast) -> None:
        with pytest.raises(RulesBroken) as caught:
            as_(
                cast.amira,
                duty_contacts.keep,
                office_name="Port",
                phone="",
                posting_id=posting_of(cast.bob).pk,
                time_zone="Africa/Accra",
            )
        assert {finding.code for finding in caught.value.findings} == {"posting_unknown"}


def names(actor: Any) -> list[str]:
    with transaction.atomic(), acting_as(actor):
        return list(DutyContact.unguarded.filter(ended_at__isnull=True).values_list("office_name", flat=True))
