"""Incidents: recorded with the shared header, handled step by step in a log of their own, referrals answered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, Conflict, Forbidden, RulesBroken, WrongState
from audit.models import Event
from cen.actions.incident import Step, amend_incident, colleagues, move, note, record_incident
from cen.actions.record import submit
from cen.actions.referrals import Answer, Asked, answer, refer
from cen.actions.release import preview, release
from cen.incident_facts import IncidentFacts
from cen.lifecycle import CaseState, IncidentState
from cen.models import Case, CaseIdentifier, Incident, IncidentEntry, PlaciReferral
from cen.sheet import IdentifierEntry, Sheet
from tests.access.test_urls import signed_in
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def header(**changes: Any) -> Sheet:
    sheet = Sheet(
        kind="incident",
        seizure_date=timezone.now().date(),
        location_type="AC",
        place_country="GH",
        locode="GHACC",
        narrative_public="A consignment without a plausible sender.",
        identifiers=[IdentifierEntry("awb", "020-12345675")],
    )
    for name, value in changes.items():
        setattr(sheet, name, value)
    return sheet


def facts(**changes: Any) -> IncidentFacts:
    return IncidentFacts(**{"incident_type": "ACS", "title": "Parcel with wires"} | changes)


def recorded(cast: Cast, **changes: Any) -> Incident:
    made: Incident = as_(cast.alice, record_incident, header(), facts(**changes))[0]
    return made


def stands(actor: Actor, incident: Incident) -> Incident:
    with acting_as(actor):
        return Incident.unguarded.select_related("case").get(pk=incident.pk)


def through(cast: Cast, incident: Incident, *steps: IncidentState) -> None:
    """The usual way through some steps."""
    said = {
        IncidentState.TRIAGED: Step(severity=4, urgency="IMMEDIATE"),
        IncidentState.ASSIGNED: Step(assigned_to=cast.alice.officer_id),
        IncidentState.AWAITING_FEEDBACK: Step(text="Bob's office looks for the sender."),
        IncidentState.RESOLVED: Step(outcome="CONFORM"),
    }
    for to in steps:
        as_(cast.amira, move, stands(cast.amira, incident), to, said.get(to, Step(text="Going on.")))


def test_an_incident_is_recorded_with_its_header_and_a_deadline_by_its_urgency(cast: Cast) -> None:
    made = stands(cast.amira, recorded(cast, urgency="FLASH"))
    assert (made.case.kind, made.case.locode, made.handling_state) == ("incident", "GHACC", IncidentState.NEW)
    assert made.action_deadline is not None
    assert made.action_deadline - made.case.created_at == timedelta(minutes=15)
    given = timezone.now() + timedelta(days=9)
    assert stands(cast.amira, recorded_again(cast, action_deadline=given)).action_deadline == given


def recorded_again(cast: Cast, **changes: Any) -> Incident:
    made: Incident = as_(cast.alice, record_incident, header(confirmed=["duplicate"]), facts(**changes))[0]
    return made


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"incident_type": ""}, "incident_type"),
        ({"incident_type": "NOTHING"}, "incident_type"),
        ({"title": "  "}, "title"),
        ({"severity": 9}, "severity"),
        ({"requested_actions": ["DANCE"]}, "requested_actions"),
        ({"first_seen": timezone.now() + timedelta(days=3)}, "first_seen"),
        ({"first_seen": timezone.now(), "ended_at": timezone.now() - timedelta(days=1)}, "ended_at"),
    ],
)
def test_an_incident_that_says_too_little_or_the_impossible_is_not_kept(
    cast: Cast, changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(RulesBroken) as caught:
        recorded(cast, **changes)
    assert [one.pointer for one in caught.value.findings] == [pointer]
    with acting_as(cast.alice):
        assert Case.unguarded.count() == 0


def test_the_whole_way_from_new_to_closed_and_open_again_stands_in_the_log(cast: Cast) -> None:
    one = recorded(cast)
    through(cast, one, *(IncidentState.TRIAGED, IncidentState.ASSIGNED, IncidentState.IN_PROGRESS))
    through(cast, one, *(IncidentState.AWAITING_FEEDBACK, IncidentState.RESOLVED, IncidentState.CLOSED))
    through(cast, one, IncidentState.IN_PROGRESS)
    with acting_as(cast.amira):
        log = list(IncidentEntry.unguarded.filter(case_id=one.pk).order_by("at").values_list("moved_to", flat=True))
        moved = Event.unguarded.filter(verb="incident.moved").count()
        assert Event.unguarded.filter(facts__icontains="sender").count() == 0
    assert log == ["triaged", "assigned", "in_progress", "awaiting_feedback", "resolved", "closed", "in_progress"]
    assert moved == 7
    now = stands(cast.amira, one)
    assert (now.severity, now.assigned_to_id, now.outcome) == (4, cast.alice.officer_id, "CONFORM")
    assert now.action_deadline is not None


@pytest.mark.parametrize(
    ("before", "to", "said", "pointer"),
    [
        ((), IncidentState.TRIAGED, Step(urgency="FLASH"), "severity"),
        ((), IncidentState.TRIAGED, Step(severity=3), "urgency"),
        ((IncidentState.TRIAGED,), IncidentState.ASSIGNED, Step(), "assigned_to"),
        ((IncidentState.TRIAGED,), IncidentState.CLOSED, Step(), "text"),
        (
            (IncidentState.TRIAGED, IncidentState.ASSIGNED, IncidentState.IN_PROGRESS),
            IncidentState.RESOLVED,
            Step(outcome="FALSEALARM"),
            "false_alarm_cause",
        ),
        (
            (IncidentState.TRIAGED, IncidentState.ASSIGNED, IncidentState.IN_PROGRESS),
            IncidentState.AWAITING_FEEDBACK,
            Step(),
            "text",
        ),
    ],
)
def test_a_step_asks_for_what_it_needs(cast: Cast, before: Any, to: IncidentState, said: Step, pointer: str) -> None:
    one = recorded(cast)
    through(cast, one, *before)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.amira, move, stands(cast.amira, one), to, said)
    assert [finding.pointer for finding in caught.value.findings] == [pointer]
    assert stands(cast.amira, one).handling_state == (before[-1] if before else IncidentState.NEW)


def test_a_step_that_is_none_from_here_is_refused(cast: Cast) -> None:
    one = recorded(cast)
    for to in (IncidentState.RESOLVED, IncidentState.CLOSED, IncidentState.ASSIGNED, IncidentState.NEW):
        with pytest.raises(WrongState):
            as_(cast.amira, move, stands(cast.amira, one), to, Step(text="Why not"))


def test_directing_is_for_those_who_direct_and_working_for_all_of_the_house(cast: Cast) -> None:
    one = recorded(cast)
    triage = Step(severity=2, urgency="ROUTINE")
    for person, refusal in (
        (cast.alice, Forbidden),
        (cast.dora, Forbidden),
        (cast.rosa, Absent),
        (cast.mallory, Absent),
    ):
        with pytest.raises(refusal):
            as_(person, move, one, IncidentState.TRIAGED, triage)
    through(cast, one, IncidentState.TRIAGED, IncidentState.ASSIGNED)
    as_(cast.alice, move, stands(cast.alice, one), IncidentState.IN_PROGRESS, Step())
    as_(cast.alice, note, stands(cast.alice, one), "Sender's address does not exist.")
    for person, refusal in ((cast.dora, Forbidden), (cast.sam, Absent), (cast.bob, Absent)):
        with pytest.raises(refusal):
            as_(person, note, one, "Mine")
        with pytest.raises(refusal):
            as_(person, refer, one, Asked("ICS2", "RFI", "7H"))
    through(cast, one, IncidentState.RESOLVED, IncidentState.CLOSED)
    with pytest.raises(Forbidden):
        as_(cast.alice, move, stands(cast.alice, one), IncidentState.IN_PROGRESS, Step(text="New facts"))
    with pytest.raises(Forbidden):
        as_(cast.alice, amend_incident, stands(cast.alice, one), facts(), seen=one.revision)


def test_an_incident_is_given_to_a_colleague_and_to_nobody_else(cast: Cast) -> None:
    one = recorded(cast)
    through(cast, one, IncidentState.TRIAGED)
    assert {name for _key, name in colleagues(one.administration_id)} == {"Alice", "Amira"}
    for stranger in (cast.bob, cast.dora, cast.rosa):
        with pytest.raises(RulesBroken):
            as_(
                cast.amira, move, stands(cast.amira, one), IncidentState.ASSIGNED, Step(assigned_to=stranger.officer_id)
            )


def test_handling_and_release_have_nothing_to_do_with_each_other(cast: Cast) -> None:
    one = recorded(cast, threat="Sent by Kwame.")
    through(cast, one, IncidentState.TRIAGED)
    case = stands(cast.alice, one).case
    as_(cast.alice, submit, case, revision=1)
    seen = as_(cast.amira, preview, case)
    made = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    assert made.kind == "incident"
    assert "Kwame" not in repr(made.body)
    assert "wires" not in repr(made.body)
    assert stands(cast.alice, one).handling_state == IncidentState.TRIAGED
    now = stands(cast.alice, one)
    as_(cast.alice, amend_incident, now, facts(threat="Sent by nobody."), seen=now.revision)
    assert stands(cast.alice, one).case.state == CaseState.RELEASED


def test_a_referral_is_answered_and_ends_with_a_status_that_ends_it(cast: Cast) -> None:
    one = recorded(cast)
    asked = Asked("ICS2", "RFS", "8H", flight="KL590", due_at=timezone.now() + timedelta(hours=2))
    referral = as_(cast.alice, refer, one, asked)
    for given, pointer in (
        (Answer("8H", "", ["XC"]), "answer"),
        (Answer("7I", "Screened", ["XC"]), "status"),
        (Answer("8H", "Screened"), "screening_methods"),
        (Answer("8H", "Screened", ["MAGIC"]), "screening_methods"),
    ):
        with pytest.raises(RulesBroken) as caught:
            as_(cast.alice, answer, one, referral, given)
        assert [finding.pointer for finding in caught.value.findings] == [pointer]
    as_(cast.alice, answer, one, referral, Answer("8H", "Being screened", ["XC"]))
    assert referral.resolved_at is None
    as_(cast.alice, answer, one, referral, Answer("8I", "Nothing found", ["XC"], "Clear"))
    assert referral.resolved_at is not None
    with pytest.raises(WrongState):
        as_(cast.alice, answer, one, referral, Answer("SF", "Again", ["XC"]))


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        (Asked("", "RFI", "7H"), "regime"),
        (Asked("ICS2", "ASK", "SF"), "referral"),
        (Asked("ICS2", "RFI", "6H"), "status"),
        (
            Asked("ICS2", "DNL", "6H", asked_at=timezone.now(), due_at=timezone.now() - timedelta(hours=1)),
            "due_at",
        ),
    ],
)
def test_a_referral_that_means_nothing_is_refused(cast: Cast, asked: Asked, pointer: str) -> None:
    one = recorded(cast)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, refer, one, asked)
    assert [finding.pointer for finding in caught.value.findings] == [pointer]


def test_a_referral_is_answered_at_its_own_incident_only(cast: Cast) -> None:
    one, other = recorded(cast), recorded_again(cast)
    referral = as_(cast.alice, refer, one, Asked("ICS2", "RFI", "7H"))
    with pytest.raises(WrongState):
        as_(cast.alice, answer, other, referral, Answer("7I", "Here it is"))


ANSWERS = {
    "title": "Parcel with <wires>",
    "incident_type": "ACS",
    "urgency": "IMMEDIATE",
    "first_seen": "2026-10-19T10:30",
    "location_type": "AC",
    "locode": "ghacc",
    "awb": "020-12345675",
    "narrative_public": "No plausible sender.",
    "indicators": ["INTEL", "WEIGHT"],
}


def hidden_revisions(page: Any) -> dict[str, str]:
    """What the form of a page says of the revisions that it shows."""
    return dict(re.findall(r'name="(seen|revision)" value="(\d+)"', page.content.decode()))


def test_an_incident_by_its_pages(cast: Cast) -> None:
    alice, amira = signed_in("alice@example.org"), signed_in("amira@example.org")
    wrong = alice.post("/incidents/new", ANSWERS | {"title": ""})
    assert wrong.status_code == 422
    assert "Say in a few words" in wrong.content.decode()
    assert "020-12345675" in wrong.content.decode()
    made = alice.post("/incidents/new", ANSWERS)
    assert made.status_code == 302, made.content.decode()
    address = made["Location"]
    page = alice.get(address).content.decode()
    assert "Parcel with &lt;wires&gt;" in page
    assert "GHACC" in page
    assert f"{address}/step/triaged" not in page
    assert f"{address}/step/triaged" in amira.get(address).content.decode()
    assert alice.get(f"{address}/step/triaged").status_code == 403
    assert amira.get(f"{address}/step/closed").status_code == 404
    assert amira.post(f"{address}/step/triaged", {"severity": "4"}).status_code == 422
    assert amira.post(f"{address}/step/triaged", {"severity": "4", "urgency": "FLASH"}).status_code == 302
    given = {"assigned_to": str(cast.alice.officer_id), "text": "Please <b>look</b>."}
    assert amira.post(f"{address}/step/assigned", given).status_code == 302
    assert alice.post(f"{address}/note", {"text": ""}).status_code == 422
    assert alice.post(f"{address}/note", {"text": "Looked."}).status_code == 302
    page = alice.get(address).content.decode()
    assert "Please &lt;b&gt;look" in page
    assert "Looked." in page
    listed = alice.get("/incidents").content.decode()
    assert address in listed
    assert "Alice" in listed
    seen = hidden_revisions(alice.get(f"{address}/edit"))
    edited = alice.post(f"{address}/edit", ANSWERS | seen | {"title": "Parcel", "locode": "GHTEM"})
    assert edited.status_code == 302
    assert "GHTEM" in alice.get(address).content.decode()
    assert alice.post(f"{address}/edit", ANSWERS | seen).status_code == 409


def test_referrals_by_their_pages(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    address = alice.post("/incidents/new", ANSWERS)["Location"]
    assert alice.post(f"{address}/referrals/new", {"regime": "ICS2"}).status_code == 422
    asked = {"regime": "ICS2", "referral": "RFI", "status": "7H", "due_at": "2026-10-19T12:30", "flight": "KL590"}
    assert alice.post(f"{address}/referrals/new", asked).status_code == 302
    with acting_as(cast.alice):
        referral = PlaciReferral.unguarded.get()
    assert "overdue" in alice.get(address).content.decode()
    answer_at = f"{address}/referrals/{referral.pk}"
    assert alice.post(answer_at, {"status": "7I", "answer": ""}).status_code == 422
    assert alice.post(answer_at, {"status": "7I", "answer": "The sender is a firm."}).status_code == 302
    page = alice.get(address).content.decode()
    assert "The sender is a firm." in page
    assert answer_at not in page
    assert signed_in("dora@example.org").get(f"{address}/referrals/new").status_code == 403


def test_no_incident_is_known_outside_the_administration(cast: Cast) -> None:
    address = signed_in("alice@example.org").post("/incidents/new", ANSWERS)["Location"]
    for stranger in ("mallory", "rosa", "sam", "bob"):
        client = signed_in(f"{stranger}@example.org")
        for page in ("", "/edit", "/step/triaged", "/note", "/referrals/new", "/referrals/1"):
            assert client.get(f"{address}{page}").status_code == 404, (stranger, page)
    with acting_as(cast.mallory):
        assert Incident.unguarded.count() == 0


def test_a_form_opened_before_the_triage_does_not_take_it_back(cast: Cast) -> None:
    incident = recorded(cast, urgency="ROUTINE")
    seen = incident.revision
    through(cast, incident, IncidentState.TRIAGED)
    now = stands(cast.alice, incident)
    with pytest.raises(Conflict):
        as_(cast.alice, amend_incident, now, facts(urgency="ROUTINE"), seen=seen)
    assert stands(cast.alice, incident).urgency == now.urgency
    as_(cast.alice, amend_incident, stands(cast.alice, incident), facts(title="Seen anew"), seen=now.revision)
    assert stands(cast.alice, incident).title == "Seen anew"


def test_the_page_of_a_conflict_shows_both_and_loses_nothing(cast: Cast) -> None:
    incident = recorded(cast)
    alice, address = signed_in("alice@example.org"), f"/incidents/{incident.pk}/edit"
    form = hidden_revisions(alice.get(address))
    through(cast, incident, IncidentState.TRIAGED)
    answers = form | {"title": "Typed and not lost", "incident_type": "ACS", "location_type": "AC", "locode": "GHACC"}
    stale = alice.post(address, answers)
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "Typed and not lost" in text
    assert "Parcel with wires" in text
    assert "+00:00" not in text
    again = hidden_revisions(stale)
    assert again["seen"] != form["seen"]
    assert alice.post(address, answers | again).status_code == 302


def test_further_numbers_that_the_form_does_not_show_stay(cast: Cast) -> None:
    numbers = [IdentifierEntry("awb", "020-12345675"), IdentifierEntry("awb", "057-12345675")]
    incident = as_(cast.alice, record_incident, header(identifiers=numbers), facts())[0]
    alice, address = signed_in("alice@example.org"), f"/incidents/{incident.pk}/edit"
    form = hidden_revisions(alice.get(address))
    answers = form | {"title": "Two waybills", "incident_type": "ACS", "locode": "GHACC", "awb": "020-12345675"}
    assert alice.post(address, answers).status_code == 302
    with acting_as(cast.alice):
        assert [one.raw for one in CaseIdentifier.unguarded.filter(case_id=incident.pk)] == [one.raw for one in numbers]
