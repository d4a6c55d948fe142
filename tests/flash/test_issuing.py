"""A flash leaves with its alerts, to whom it names, without names; each administration takes note once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.models import Administration, Region
from accounts.refusals import Absent, Conflict, Forbidden, RulesBroken, StepUpNeeded, WrongState
from accounts.roles import Role
from alerts.models import Alert, Announcement
from audit.models import Event
from cen.actions import flash as flashing
from cen.actions.leftover_reasons import place_of
from cen.addressees import Chosen
from cen.flash_draft import BODY, draft_following
from cen.models import Flash, FlashAddressee, FlashFollow
from cen.queries.flashes import to_acknowledge
from tests.alerts.inboxes import fan_out_all, inbox
from tests.cast import Cast, seat_person
from tests.flash.flashed import board_of, draft_to, issued
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def refused(actor: Actor, **changes: Any) -> set[str]:
    target = changes.pop("to")
    with pytest.raises(RulesBroken) as caught:
        as_(actor, flashing.preview, draft_to(target, **changes))
    return {finding.code for finding in caught.value.findings}


def test_its_alerts_stand_when_it_is_issued_and_no_worker_doubles_them(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    assert [(one.kind, one.needs_me, one.needs_acknowledgement, one.officer_id) for one in inbox(cast.bob)] == [
        ("flash.issued", True, True, None)
    ]
    alert = inbox(cast.mallory)[0]
    assert alert.acknowledge_by == flash.acknowledge_by
    assert alert.headline["urgent"] is True
    announcement = Announcement.unguarded.get()
    assert (announcement.alerts_made, announcement.done_at is not None) == (2, True)
    fan_out_all()
    assert len(inbox(cast.bob)) == len(inbox(cast.mallory)) == 1
    assert inbox(cast.alice) == inbox(cast.dora) == inbox(cast.ravi) == []
    assert flash.acknowledge_by
    assert abs((flash.acknowledge_by - timezone.now()).total_seconds() - 15 * 60) < 60


def test_an_act_that_fails_leaves_neither_flash_nor_alert_nor_event(cast: Cast) -> None:
    draft = draft_to(cast.bob)
    seen = as_(cast.rosa, flashing.preview, draft)

    def issue_and_die(actor: Actor) -> None:
        flashing.issue(actor, draft, seen_hash=seen.content_hash, reasons={})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        as_(cast.rosa, issue_and_die)
    assert Announcement.unguarded.count() == 0
    assert inbox(cast.bob) == []
    with transaction.atomic(), acting_as(cast.rosa):
        assert not Flash.unguarded.exists()
        assert not Event.unguarded.filter(verb="flash.issued").exists()


@pytest.mark.parametrize(
    ("person", "may"),
    [("amira", True), ("rosa", True), ("sam", True), ("alice", False), ("dora", False), ("bob", False)],
)
def test_contact_points_liaison_offices_and_the_secretariat_issue_and_nobody_else(
    cast: Cast, person: str, may: bool
) -> None:
    actor = getattr(cast, person)
    if may:
        assert issued(actor, draft_to(cast.mallory)).issued_by_id == actor.officer_id
    else:
        with pytest.raises((Forbidden, Absent)):
            issued(actor, draft_to(cast.mallory))


def test_it_needs_a_fresh_second_factor(cast: Cast) -> None:
    from dataclasses import replace

    stale = replace(cast.rosa, stepped_up_at=None)
    with pytest.raises(StepUpNeeded):
        issued(stale, draft_to(cast.bob))


def test_references_tell_issuers_and_drills_apart(cast: Cast) -> None:
    year = timezone.now().year
    made = [issued(one, draft_to(cast.mallory)).reference for one in (cast.amira, cast.rosa, cast.sam)]
    assert made == [f"F-GH-{year}-000001", f"FL-WA-{year}-000001", f"FS-{year}-000001"]
    assert issued(cast.amira, draft_to(cast.mallory, drill=True)).reference == f"DRILL-F-GH-{year}-000001"


def test_what_leaves_is_the_allow_list_with_numbers_as_they_are_compared(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob, waybills=["125 12345675", "125-12345675"]))
    assert set(flash.body) == set(BODY)
    assert flash.body["waybills"] == ["12512345675"]


def test_a_region_and_all_are_resolved_without_oneself(cast: Cast) -> None:
    region = Region.unguarded.get(code="WCA")
    flash = issued(cast.amira, draft_to(chosen=Chosen(regions=frozenset({region.pk}))))
    there = set(Administration.unguarded.filter(region=region, active=True).values_list("pk", flat=True))
    assert set(flash.addressee_ids) == there - {cast.amira.administration_id}
    every = issued(cast.sam, draft_to(chosen=Chosen(everyone=True)))
    everybody = set(Administration.unguarded.filter(active=True).values_list("pk", flat=True))
    assert set(every.addressee_ids) == everybody
    with transaction.atomic(), acting_as(cast.sam):
        assert FlashAddressee.unguarded.filter(flash=every).count() == len(everybody)
    assert Announcement.unguarded.get(subject_id=str(every.pk)).alerts_made == len(everybody)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"title": "Drill at the port"}, "title_says_drill"),
        ({"what": ""}, "what_missing"),
        ({"what": "x" * 2001}, "text_too_long"),
        ({"kind": ""}, "kind_missing"),
        ({"kind": "BOMB"}, "code_unknown"),
        ({"actions": []}, "action_missing"),
        ({"actions": ["RUN"]}, "code_unknown"),
        ({"tlp": ""}, "tlp_missing"),
        ({"pap": "RED"}, "pap_forbids"),
        ({"waybills": ["125-12345670"]}, "number_doubtful"),
        ({"containers": ["TGHU1234560"]}, "number_doubtful"),
        ({"house_waybills": [f"X{number}" for number in range(51)]}, "too_many_numbers"),
        ({"acknowledge_within": None}, "deadline_wrong"),
        ({"acknowledge_within": 4}, "deadline_wrong"),
        ({"acknowledge_within": 1441}, "deadline_wrong"),
        ({"sealed_reference": "from Mr Mensah"}, "reference_unreadable"),
        ({"chosen": Chosen()}, "addressee_missing"),
        ({"tlp": "RED", "chosen": Chosen(everyone=True)}, "red_not_by_name"),
        ({"what": "Sent by Golden Star Trading Ltd."}, "names_somebody"),
        ({"more": "Ask Mr Mensah at the warehouse."}, "names_somebody"),
        ({"title": "Consignee: Acme"}, "names_somebody"),
        ({"what": "Account GB82 WEST 1234 5698 7654 32 paid for it."}, "names_somebody"),
    ],
)
def test_a_draft_that_breaks_a_rule_is_refused_with_its_code(cast: Cast, changes: dict[str, Any], code: str) -> None:
    assert code in refused(cast.rosa, to=cast.bob, **changes)
    assert as_(cast.rosa, flashing.preview, draft_to(cast.bob))


def test_who_names_somebody_is_told_of_the_sealed_message_and_its_reference_is_carried(cast: Cast) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.rosa, flashing.preview, draft_to(cast.bob, what="Sent by Golden Star Trading Ltd."))
    assert "sealed message" in str(caught.value.findings[0].sentence)
    flash = issued(cast.rosa, draft_to(cast.bob, sealed_reference="msg:7f3a-11"))
    assert flash.body["sealed_reference"] == "msg:7f3a-11"


def test_a_leftover_stops_it_until_it_is_justified(cast: Cast) -> None:
    draft = draft_to(cast.bob, more="Write to duty@example.org at once.")
    seen = as_(cast.rosa, flashing.preview, draft)
    place = place_of(seen.leftovers[0])
    with pytest.raises(RulesBroken):
        as_(cast.rosa, flashing.issue, draft, seen_hash=seen.content_hash, reasons={})
    assert issued(cast.rosa, draft, **{place: "It is the mailbox of the duty desk."})


def test_other_content_or_addressees_than_those_seen_are_refused(cast: Cast) -> None:
    seen = as_(cast.rosa, flashing.preview, draft_to(cast.bob))
    for other in (draft_to(cast.bob, what="Other."), draft_to(cast.bob, cast.mallory), draft_to(cast.bob, drill=True)):
        with pytest.raises(Conflict):
            as_(cast.rosa, flashing.issue, other, seen_hash=seen.content_hash, reasons={})


def test_a_form_sent_twice_issues_one_flash(cast: Cast) -> None:
    first = issued(cast.amira, draft_to(cast.mallory))
    with pytest.raises(WrongState, match=first.reference):
        issued(cast.amira, draft_to(cast.mallory))


def test_an_administration_acknowledges_once_for_all_of_its_people(cast: Cast) -> None:
    second = seat_person("binta", "SN", Role.NCP)
    flash = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    assert as_(cast.bob, flashing.acknowledge, flash) is True
    assert as_(second, flashing.acknowledge, flash) is False
    rows = {one.row.administration.code: one for one in board_of(cast.rosa, flash).rows}
    assert (rows["SN"].standing, rows["SN"].row.acknowledged_by_id) == ("acknowledged", cast.bob.officer_id)
    assert rows["NL"].standing == "open"
    assert [one.needs_me for one in (*inbox(second), *inbox(cast.mallory))] == [False, True]
    with transaction.atomic(), acting_as(cast.bob):
        assert Event.unguarded.filter(verb="flash.acknowledged").count() == 1
        assert not to_acknowledge(cast.bob).exists()
    with transaction.atomic(), acting_as(cast.mallory):
        assert list(to_acknowledge(cast.mallory)) == [flash]


def test_opening_it_is_seen_by_the_issuer_and_counts_once(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    as_(cast.bob, flashing.mark_seen, flash)
    as_(cast.rosa, flashing.mark_seen, flash)
    board = board_of(cast.rosa, flash)
    assert (board.counts["seen"], board.counts["open"], board.seen) == (1, 1, 1)
    assert [one.row.administration.code for one in board_of(cast.bob, flash).rows] == ["SN"]


def test_whom_it_does_not_name_sees_nothing_of_it(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob))
    for actor in (cast.alice, cast.amira, cast.ravi, cast.sam, cast.dora, cast.mallory):
        with pytest.raises(Absent):
            as_(actor, flashing.acknowledge, flash)
        with transaction.atomic(), acting_as(actor):
            assert not Flash.unguarded.exists()
            assert not FlashAddressee.unguarded.exists()


def test_data_protection_reads_none_and_people_administrators_read_but_do_not_acknowledge(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.alice))
    admin = seat_person("adwoa", "GH", Role.NATIONAL_ADMINISTRATOR)
    with pytest.raises(Absent):
        as_(cast.dora, flashing.acknowledge, flash)
    with pytest.raises(Forbidden):
        as_(admin, flashing.acknowledge, flash)
    assert as_(cast.alice, flashing.acknowledge, flash)


def test_the_database_lets_nobody_but_tasks_move_a_standing_and_nobody_change_a_flash(cast: Cast) -> None:
    flash = issued(cast.rosa, draft_to(cast.bob))
    for actor in (cast.bob, cast.rosa, cast.mallory):
        with transaction.atomic(), acting_as(actor):
            assert FlashAddressee.unguarded.update(acknowledged_at=timezone.now()) == 0
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.rosa):
        Flash.unguarded.filter(pk=flash.pk).update(body={})
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.bob):
        FlashAddressee.unguarded.create(flash=flash, administration_id=cast.bob.administration_id)


def test_an_update_reaches_all_who_were_told_and_asks_anew(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.bob))
    as_(cast.bob, flashing.acknowledge, old)
    draft = draft_following(old, FlashFollow.UPDATE)
    draft.chosen = Chosen(frozenset({cast.mallory.administration_id or 0}))
    draft.what = "Sister parcels are on their way."
    new = issued(cast.rosa, draft)
    assert (new.reference, new.edition, new.thread) == (old.reference, 2, old.thread)
    assert set(new.addressee_ids) == {cast.bob.administration_id, cast.mallory.administration_id}
    assert [one.needs_me for one in inbox(cast.bob)] == [False, True]
    with pytest.raises(WrongState):
        as_(cast.bob, flashing.acknowledge, old)
    with pytest.raises(WrongState):
        issued(cast.rosa, draft)


def test_an_all_clear_is_told_to_all_asks_for_nothing_and_ends_it(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    draft = draft_following(old, FlashFollow.ALL_CLEAR)
    with pytest.raises(RulesBroken):
        issued(cast.rosa, draft)
    draft.what = "The cartridge was harmless."
    clear = issued(cast.rosa, draft)
    assert clear.acknowledge_by is None
    assert [(one.needs_me, one.needs_acknowledgement) for one in inbox(cast.bob)] == [(False, False)] * 2
    assert board_of(cast.rosa, clear).counts["told"] == 2
    with pytest.raises(WrongState, match="All is clear"):
        issued(cast.rosa, draft_following(clear, FlashFollow.UPDATE))


def test_only_the_issuing_seat_follows_up_and_a_drill_stays_one(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.amira, cast.mallory))
    with pytest.raises(Forbidden):
        issued(cast.amira, draft_following(old, FlashFollow.UPDATE))
    with pytest.raises(Absent):
        issued(cast.sam, draft_following(old, FlashFollow.UPDATE))
    turned = draft_following(old, FlashFollow.UPDATE)
    turned.drill = True
    with pytest.raises(WrongState, match="drill"):
        issued(cast.rosa, turned)


def test_a_drill_says_so_in_title_reference_and_headline_and_the_database_holds_it(cast: Cast) -> None:
    drill = issued(cast.rosa, draft_to(cast.bob, drill=True))
    assert drill.title == "DRILL: Device in a toner cartridge"
    headline = inbox(cast.bob)[0].headline
    assert (headline["drill"], headline["title"], headline["reference"][:6]) == (True, drill.title, "DRILL-")
    facts = {name: getattr(drill, name) for name in ("thread", "kind", "body", "tlp", "addressee_ids", "content_hash")}
    for wrong in ({"drill": True, "title": "Device"}, {"drill": False, "title": "DRILL: Device"}):
        with pytest.raises(DatabaseError, match="drill_says_so"), transaction.atomic(), acting_as(cast.rosa):
            Flash.unguarded.create(
                **facts,
                **wrong,
                reference="DRILL-X",
                edition=7,
                liaison_office_id=cast.rosa.liaison_office_id,
                issued_by_id=cast.rosa.officer_id,
            )
    assert Alert.unguarded.count() == 0
