"""Warning notices: only allow-listed fields leave, to whom they name, and each administration takes note once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice, Officer, Posting, Region
from accounts.refusals import Absent, Conflict, Forbidden, RulesBroken, WrongState
from accounts.roles import Role
from alerts.models import Announcement
from audit.models import Event
from cen.actions import warn
from cen.actions.leftover_reasons import place_of
from cen.addressees import Chosen
from cen.models import FollowKind, WarningAcknowledgement, WarningNotice
from cen.queries.warnings import to_acknowledge
from cen.warning_draft import BODY, draft_following
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import fan_out_all, inbox
from tests.cast import Cast, seat_person
from tests.cen.warned import codes, draft_to, issued, standing, tomorrow
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def test_a_warning_reaches_each_entitled_officer_once_is_acknowledged_and_stands_on_the_board(cast: Cast) -> None:
    second = seat_person("binta", "SN", Role.NCP)
    Posting.unguarded.create(
        officer=Officer.unguarded.get(email="binta@example.org"),
        role=Role.SUPERVISOR,
        since=date(2020, 1, 1),
        administration_id=second.administration_id,
    )
    keeper = seat_person("papa", "SN", Role.DATA_PROTECTION)
    notice = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    assert re.fullmatch(r"WL-WA-\d{4}-000001", notice.reference)
    fan_out_all()
    assert [[one.kind for one in inbox(actor)] for actor in (cast.bob, second, cast.mallory)] == [
        ["warning.issued"]
    ] * 3
    assert inbox(keeper) == inbox(cast.alice) == inbox(cast.amira) == []
    alert = inbox(cast.bob)[0]
    assert (alert.needs_me, alert.needs_acknowledgement, alert.officer_id) == (True, True, cast.bob.officer_id)
    Announcement.unguarded.update(done_at=None, lease_until=None)
    fan_out_all()
    assert len(inbox(cast.bob)) == len(inbox(second)) == 1

    as_(cast.bob, warn.acknowledge, notice)
    assert standing(cast.rosa, notice) == [("NL", False, False), ("SN", True, False)]
    assert notice.acknowledge_by
    late = notice.acknowledge_by + timedelta(minutes=1)
    assert standing(cast.rosa, notice, now=late) == [("NL", False, True), ("SN", True, False)]
    # The colleague's alert is settled with it, the other administration's is not.
    assert [one.acknowledged_by_id for one in inbox(second)] == [cast.bob.officer_id]
    assert [one.needs_me for one in (*inbox(cast.bob), *inbox(second), *inbox(cast.mallory))] == [False, False, True]
    again = as_(second, warn.acknowledge, notice)
    assert again.acknowledged_by_id == cast.bob.officer_id
    with transaction.atomic(), acting_as(cast.bob):
        assert Event.unguarded.filter(verb="warning.acknowledged").count() == 1


def test_whom_it_does_not_name_gets_404_and_sees_no_row(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.bob, cast.mallory))
    for name in ("alice", "amira", "ravi", "sam", "dora"):
        actor = getattr(cast, name)
        client = signed_in(f"{name}@example.org")
        assert client.get(f"/warnings/{notice.pk}").status_code == 404, name
        assert client.post(f"/warnings/{notice.pk}/acknowledge").status_code in {403, 404}, name
        assert client.get(f"/warnings/{notice.pk}/update").status_code == 404, name
        with pytest.raises(Absent):
            as_(actor, warn.acknowledge, notice)
        with transaction.atomic(), acting_as(actor):
            assert not WarningNotice.unguarded.exists()
    for name in ("bob", "mallory", "rosa"):
        assert signed_in(f"{name}@example.org").get(f"/warnings/{notice.pk}").status_code == 200


def test_an_addressed_data_protection_officer_and_people_administrator_are_not_shown_it(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.alice))
    admin = seat_person("adwoa", "GH", Role.NATIONAL_ADMINISTRATOR)
    for actor, name in ((cast.dora, "dora"), (admin, "adwoa")):
        with pytest.raises(Absent):
            as_(actor, warn.acknowledge, notice)
        assert signed_in(f"{name}@example.org").get(f"/warnings/{notice.pk}").status_code == 404
    assert as_(cast.alice, warn.acknowledge, notice)


@pytest.mark.parametrize(
    ("person", "may"), [("amira", True), ("rosa", True), ("sam", True), ("alice", False), ("dora", False)]
)
def test_contact_points_analysts_and_the_secretariat_issue_and_nobody_else(cast: Cast, person: str, may: bool) -> None:
    actor = getattr(cast, person)
    if may:
        assert issued(actor, draft_to(cast.mallory)).issued_by_id == actor.officer_id
    else:
        with pytest.raises((Forbidden, Absent)):
            issued(actor, draft_to(cast.mallory))
        assert signed_in(f"{person}@example.org").get("/warnings/new").status_code == 403


def test_references_tell_the_kind_of_issuer_apart(cast: Cast) -> None:
    issuers = (cast.amira, cast.rosa, cast.sam, cast.amira)
    made = [issued(one, draft_to(cast.mallory, title=f"Cartons {n}")).reference for n, one in enumerate(issuers)]
    year = timezone.now().year
    assert made == [f"W-GH-{year}-000001", f"WL-WA-{year}-000001", f"WS-{year}-000001", f"W-GH-{year}-000002"]


def test_what_leaves_is_the_allow_list_and_nothing_else(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.bob))
    assert set(notice.body) == set(BODY)
    assert "addressees" not in notice.body


def test_regions_and_liaison_offices_are_resolved_on_the_day_without_oneself(cast: Cast) -> None:
    region = Region.unguarded.get(code="WCA")
    office = LiaisonOffice.unguarded.get(code="WA")
    notice = issued(cast.amira, draft_to(chosen=Chosen(regions=frozenset({region.pk}))))
    there = set(Administration.unguarded.filter(region=region, active=True).values_list("pk", flat=True))
    assert set(notice.addressee_ids) == there - {cast.amira.administration_id}
    served = issued(cast.rosa, draft_to(chosen=Chosen(liaison_offices=frozenset({office.pk}))))
    assert {cast.amira.administration_id, cast.bob.administration_id} <= set(served.addressee_ids)
    assert cast.mallory.administration_id not in served.addressee_ids


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"what": ""}, "what_missing"),
        ({"title": "x" * 161}, "text_too_long"),
        ({"urgency": ""}, "urgency_missing"),
        ({"urgency": "SOON"}, "code_unknown"),
        ({"categories": ["TOB", "ZZZ"]}, "code_unknown"),
        ({"departure": ["XX"]}, "code_unknown"),
        ({"tlp": ""}, "tlp_missing"),
        ({"hs_codes": ["24x"]}, "hs_unreadable"),
        ({"acknowledge_by": None}, "deadline_missing"),
        ({"acknowledge_by": datetime(2020, 1, 1, tzinfo=UTC)}, "deadline_past"),
        ({"acknowledge_by": datetime(2999, 1, 1, tzinfo=UTC)}, "deadline_far"),
        ({"valid_until": date(2020, 1, 1)}, "validity_past"),
        ({"chosen": Chosen()}, "addressee_missing"),
        ({"based_on": ["GH-2026-999999"]}, "case_not_published"),
    ],
)
def test_a_draft_that_breaks_a_rule_is_refused_with_its_code(cast: Cast, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.rosa, warn.preview, draft_to(cast.bob, **changes))
    assert code in codes(caught.value)
    assert as_(cast.rosa, warn.preview, draft_to(cast.bob))


def test_tlp_red_goes_to_named_administrations_only(cast: Cast) -> None:
    region = frozenset({Region.unguarded.get(code="EUR").pk})
    with pytest.raises(RulesBroken) as caught:
        as_(cast.rosa, warn.preview, draft_to(tlp="RED", chosen=Chosen(regions=region)))
    assert codes(caught.value) == {"red_not_by_name"}
    assert as_(cast.rosa, warn.preview, draft_to(cast.bob, tlp="RED"))


def test_to_oneself_alone_is_to_nobody(cast: Cast) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.amira, warn.preview, draft_to(cast.amira))
    assert codes(caught.value) == {"addressee_missing"}


def test_a_leftover_stops_it_until_it_is_resolved_or_justified_with_a_reason(cast: Cast) -> None:
    draft = draft_to(cast.bob, asked="Write to kwame@example.org at once.")
    seen = as_(cast.rosa, warn.preview, draft)
    place = place_of(seen.leftovers[0])
    for reasons, code in (
        ({}, "leftover"),
        ({place: "short"}, "leftover"),
        ({place: "The mailbox is ama@example.org there."}, "leftover_repeated"),
        ({"asked:0-1": "It is the mailbox of an office."}, "leftover"),
    ):
        with pytest.raises(RulesBroken) as caught:
            as_(cast.rosa, warn.issue, draft, seen_hash=seen.content_hash, reasons=reasons)
        assert codes(caught.value) == {code}
    assert issued(cast.rosa, draft, **{place: "It is the mailbox of an office, not of a person."})
    with transaction.atomic(), acting_as(cast.rosa):
        event = Event.unguarded.get(verb="warning.issued")
    reason = "It is the mailbox of an office, not of a person."
    assert [(one["field"], one["reason"]) for one in event.facts["justified"]] == [("asked", reason)]


def test_other_content_or_other_addressees_than_those_seen_are_refused(cast: Cast) -> None:
    draft = draft_to(cast.bob)
    seen = as_(cast.rosa, warn.preview, draft)
    changed = draft_to(cast.bob, what="Something else.", acknowledge_by=draft.acknowledge_by)
    wider = draft_to(cast.bob, cast.mallory, acknowledge_by=draft.acknowledge_by)
    for other in (changed, wider):
        with pytest.raises(Conflict):
            as_(cast.rosa, warn.issue, other, seen_hash=seen.content_hash, reasons={})
    assert as_(cast.rosa, warn.issue, draft, seen_hash=seen.content_hash, reasons={})


def test_a_notice_and_an_acknowledgement_never_change(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.bob))
    as_(cast.bob, warn.acknowledge, notice)
    for actor, rows in ((cast.rosa, WarningNotice), (cast.bob, WarningAcknowledgement)):
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(actor):
            rows.unguarded.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.rosa):
        WarningNotice.unguarded.update(title="Other")


def test_an_act_that_fails_leaves_neither_notice_nor_event_nor_announcement(cast: Cast) -> None:
    draft = draft_to(cast.bob)
    seen = as_(cast.rosa, warn.preview, draft)

    def issue_and_die(actor: Actor) -> None:
        warn.issue(actor, draft, seen_hash=seen.content_hash, reasons={})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        as_(cast.rosa, issue_and_die)
    assert Announcement.unguarded.count() == 0
    with transaction.atomic(), acting_as(cast.rosa):
        assert not WarningNotice.unguarded.exists()
        assert not Event.unguarded.filter(verb="warning.issued").exists()


def test_the_database_takes_an_acknowledgement_only_from_an_addressed_administration(cast: Cast) -> None:
    notice = issued(cast.rosa, draft_to(cast.bob))
    for actor, administration in (
        (cast.alice, cast.alice.administration_id),
        (cast.rosa, cast.bob.administration_id),
        (cast.mallory, cast.bob.administration_id),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(actor):
            WarningAcknowledgement.unguarded.create(
                warning_id=notice.pk, administration_id=administration, acknowledged_by_id=actor.officer_id
            )
    as_(cast.bob, warn.acknowledge, notice)
    seen = {}
    for name, actor in cast.everybody().items():
        with transaction.atomic(), acting_as(actor):
            seen[name] = WarningAcknowledgement.unguarded.count()
    assert {name for name, number in seen.items() if number} == {"bob", "rosa"}


def test_an_update_goes_to_everybody_who_got_the_old_one_and_asks_anew(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.bob))
    fan_out_all()
    draft = draft_following(old, FollowKind.UPDATE)
    draft.chosen = Chosen(frozenset({cast.mallory.administration_id or 0}))
    draft.what, draft.acknowledge_by = "Now also behind scrap metal.", tomorrow()
    new = issued(cast.rosa, draft)
    fan_out_all()
    assert set(new.addressee_ids) == {cast.bob.administration_id, cast.mallory.administration_id}
    assert [(one.needs_me, one.needs_acknowledgement) for one in inbox(cast.bob)] == [(False, False), (True, True)]
    with pytest.raises(WrongState):
        as_(cast.bob, warn.acknowledge, old)
    with pytest.raises(WrongState):
        issued(cast.rosa, draft)
    with transaction.atomic(), acting_as(cast.bob):
        assert list(to_acknowledge(cast.bob)) == [new]
    page = signed_in("bob@example.org").get(f"/warnings/{old.pk}").content.decode()
    assert "This warning was replaced" in page
    assert "Acknowledge for our administration" not in page


def test_a_withdrawal_says_why_and_stands_on_the_old_notice(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.bob))
    draft = draft_following(old, FollowKind.WITHDRAWAL)
    draft.acknowledge_by = tomorrow()
    with pytest.raises(RulesBroken) as caught:
        issued(cast.rosa, draft)
    assert codes(caught.value) == {"what_missing"}
    draft.what = "The container was found and is clean."
    issued(cast.rosa, draft)
    page = signed_in("bob@example.org").get(f"/warnings/{old.pk}").content.decode()
    assert "This warning was withdrawn" in page


def test_only_the_issuing_seat_follows_up(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.amira, cast.mallory))
    draft = draft_following(old, FollowKind.WITHDRAWAL)
    draft.what, draft.acknowledge_by = "Not ours to withdraw.", tomorrow()
    with pytest.raises(Forbidden):
        issued(cast.amira, draft)
    with pytest.raises(Absent):
        issued(cast.sam, draft)
    assert signed_in("amira@example.org").get(f"/warnings/{old.pk}/withdraw").status_code == 403


def test_a_warning_that_was_followed_up_before_the_fan_out_asks_for_nothing(cast: Cast) -> None:
    old = issued(cast.rosa, draft_to(cast.bob))
    draft = draft_following(old, FollowKind.WITHDRAWAL)
    draft.what, draft.acknowledge_by = "Found clean.", tomorrow()
    issued(cast.rosa, draft)
    fan_out_all()
    assert [one.needs_acknowledgement for one in inbox(cast.bob)] == [False, True]


def test_a_form_sent_twice_issues_one_notice_and_says_which(cast: Cast) -> None:
    draft = draft_to(cast.mallory)
    first = issued(cast.amira, draft)
    with pytest.raises(WrongState, match=first.reference):
        issued(cast.amira, draft)
    with acting_as(cast.amira):
        assert WarningNotice.unguarded.count() == 1
