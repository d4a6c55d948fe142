"""What became of a warning: answered by the addressed, counted for its issuer, reminded of where nobody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.test import Client

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue as issue_key
from accounts.actor import Actor, SystemTask, system
from accounts.refusals import Absent, Forbidden, RulesBroken
from accounts.roles import Role
from accounts.scopes import Scope
from cen.actions.ask import remind_next
from cen.actions.feedback import give_feedback
from cen.feedback_draft import FeedbackDraft
from cen.models import FollowKind, WarningFeedback, WarningNotice, WarningRequest
from cen.queries.hit_rate import hit_rate
from cen.queries.warnings import request_of
from cen.warning_draft import draft_following
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import inbox
from tests.cast import Cast, seat_person
from tests.cen.warned import draft_to, issued, tomorrow
from tests.journeys.test_seizure_to_alert import as_

pytestmark = pytest.mark.django_db


def asked(issuer: Actor, *to: Actor, **changes: Any) -> WarningNotice:
    known = {"answer_by": tomorrow() + timedelta(days=3), "indicators": ["NEWTRADER", "WEIGHT"], "destination": ["GH"]}
    return issued(issuer, draft_to(*to, **(known | changes)))


def seized(**changes: Any) -> FeedbackDraft:
    return FeedbackDraft(**({"control_done": "INSPECTED", "result": "SEIZED"} | changes))


def time_passes(notice: WarningNotice, **span: int) -> None:
    with transaction.atomic(), acting_as(system(SystemTask.ESCALATION)):
        moved = timedelta(**span)
        WarningRequest.unguarded.filter(warning=notice).update(
            next_step_at=F("next_step_at") - moved, answer_by=F("answer_by") - moved
        )


def remind_all() -> int:
    sent = 0
    while remind_next():
        sent += 1
    return sent


def reminders(actor: Actor) -> list[str]:
    return [one.kind for one in inbox(actor) if one.kind != "warning.issued"]


def state(actor: Actor, notice: WarningNotice) -> dict[str, int]:
    with transaction.atomic(), acting_as(actor):
        return request_of(actor, notice)


def test_before_and_after_the_deadline_once_then_the_contact_point_alone(cast: Cast) -> None:
    ncp = seat_person("binta", "SN", Role.NCP)
    notice = asked(cast.rosa, cast.bob, cast.mallory)
    as_(cast.mallory, give_feedback, notice, seized())
    assert remind_all() == 0
    time_passes(notice, days=3)
    assert (remind_all(), remind_all()) == (1, 0)
    assert reminders(cast.bob) == reminders(ncp) == ["warning.due_soon"]
    time_passes(notice, days=1)
    assert (remind_all(), remind_all()) == (1, 0)
    assert reminders(cast.bob) == ["warning.due_soon", "warning.unanswered"]
    assert state(cast.rosa, notice) == {"asked": 2, "answered": 1, "late": 1}
    time_passes(notice, days=1)
    assert (remind_all(), remind_all()) == (1, 0)
    assert reminders(cast.bob) == ["warning.due_soon", "warning.unanswered"]
    assert reminders(ncp) == ["warning.due_soon", "warning.unanswered", "warning.unanswered_still"]
    assert reminders(cast.mallory) == []
    as_(cast.bob, give_feedback, notice, seized())
    assert not any(one.needs_me for one in inbox(ncp) if one.kind != "warning.issued")
    assert state(cast.rosa, notice) == {"asked": 2, "answered": 2, "late": 0}


def test_a_later_notice_ends_the_requests_of_the_older(cast: Cast) -> None:
    notice = asked(cast.rosa, cast.bob)
    draft = draft_following(notice, FollowKind.WITHDRAWAL)
    draft.what, draft.acknowledge_by = "Found clean.", tomorrow()
    issued(cast.rosa, draft)
    time_passes(notice, days=30)
    assert remind_all() == 0


def test_without_a_deadline_nobody_is_reminded(cast: Cast) -> None:
    asked(cast.rosa, cast.bob, answer_by=None)
    with transaction.atomic(), acting_as(cast.rosa):
        assert not WarningRequest.unguarded.exists()


def test_a_deadline_to_answer_needs_an_action_and_comes_after_the_one_to_acknowledge(cast: Cast) -> None:
    for changes, code in (
        ({"answer_by": datetime(2020, 1, 1, tzinfo=UTC)}, "answer_too_early"),
        ({"answer_by": datetime(2999, 1, 1, tzinfo=UTC)}, "deadline_far"),
        ({"requested_actions": []}, "action_missing"),
    ):
        with pytest.raises(RulesBroken) as caught:
            asked(cast.rosa, cast.bob, **changes)
        assert code in {finding.code for finding in caught.value.findings}


def test_an_answer_is_kept_in_editions_and_the_same_once_more_is_none(cast: Cast) -> None:
    notice = asked(cast.rosa, cast.bob)
    first = as_(cast.bob, give_feedback, notice, seized(result="PENDING", control_done="SAMPLED"))
    second = as_(cast.bob, give_feedback, notice, seized())
    again = as_(cast.bob, give_feedback, notice, seized())
    assert (first.edition, second.edition, again.pk) == (1, 2, second.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.bob):
        WarningFeedback.unguarded.update(result="CONFORM")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"control_done": ""}, "answer_missing"),
        ({"result": "GUILTY"}, "code_unknown"),
        ({"control_done": "NOTARRIVED"}, "result_does_not_fit"),
        ({"result": "NORESULT"}, "result_does_not_fit"),
        ({"control_done": "IMPOSSIBLE", "result": "NORESULT"}, "why_missing"),
        ({"indicators_confirmed": ["VALUE"]}, "indicator_not_given"),
        ({"techniques": ["MAGIC"]}, "code_unknown"),
        ({"usefulness": 6}, "usefulness_unreadable"),
        ({"controlled_at": datetime(2999, 1, 1, tzinfo=UTC)}, "moment_ahead"),
        ({"case_reference": "GH-2026-999999"}, "case_unknown"),
        ({"comment": "Mr Mensah was questioned."}, "names_somebody"),
        ({"comment": "Write to ama@example.org."}, "leftover"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused_with_its_code(cast: Cast, changes: dict[str, Any], code: str) -> None:
    notice = asked(cast.rosa, cast.bob)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.bob, give_feedback, notice, seized(**changes))
    assert code in {finding.code for finding in caught.value.findings}


def test_only_addressed_administrations_answer_and_only_the_issuer_sees_all(cast: Cast) -> None:
    notice = asked(cast.rosa, cast.bob, cast.mallory)
    as_(cast.bob, give_feedback, notice, seized())
    with pytest.raises(Forbidden):
        as_(cast.rosa, give_feedback, notice, seized())
    for actor in (cast.alice, cast.sam, cast.ravi):
        with pytest.raises(Absent):
            as_(actor, give_feedback, notice, seized())
    seen = {}
    for name, actor in cast.everybody().items():
        with transaction.atomic(), acting_as(actor):
            seen[name] = WarningFeedback.unguarded.count()
    assert {name for name, number in seen.items() if number} == {"bob", "rosa"}


def test_the_hit_rate_counts_controls_and_shows_no_share_of_a_few(cast: Cast) -> None:
    for number in range(5):
        notice = asked(cast.rosa, cast.bob, title=f"Cartons {number}")
        result = "SEIZED" if number < 2 else "CONFORM"
        confirmed = ["WEIGHT"] if result == "SEIZED" else []
        as_(cast.bob, give_feedback, notice, seized(result=result, indicators_confirmed=confirmed))
    gone = asked(cast.rosa, cast.bob, title="Cartons gone", indicators=["VALUE"])
    as_(cast.bob, give_feedback, gone, seized(control_done="GONE", result="NORESULT"))
    with transaction.atomic(), acting_as(cast.rosa):
        found = {one.key: one for one in hit_rate(cast.rosa, "indicator").lines}
        routes = [(one.key, one.controls, one.share) for one in hit_rate(cast.rosa, "route").lines]
        senders = [one.key for one in hit_rate(cast.rosa, "sender").lines]
    line = found["WEIGHT"]
    assert (len(line.warnings), line.answers, line.controls, line.hits, line.confirmed, line.share) == (
        *(5, 5, 5, 2, 2),
        0.4,
    )
    assert (found["VALUE"].answers, found["VALUE"].controls, found["VALUE"].share) == (1, 0, None)
    assert routes == [("AE>GH", 5, 0.4)]
    assert senders == ["liaison_office:WA"]
    with transaction.atomic(), acting_as(cast.mallory):
        assert hit_rate(cast.mallory, "indicator").lines == []
    page = signed_in("rosa@example.org").get("/warnings/hit-rate").content.decode()
    assert "40 %" in page
    assert "too few" in page
    assert signed_in("rosa@example.org").get("/warnings/hit-rate?by=person").status_code == 400


def test_by_the_pages_an_answer_reaches_the_issuer(cast: Cast) -> None:
    notice = asked(cast.rosa, cast.bob)
    bob = signed_in("bob@example.org")
    assert "Give feedback" in bob.get(f"/warnings/{notice.pk}").content.decode()
    wrong = bob.post(f"/warnings/{notice.pk}/feedback", {"control_done": "NOTARRIVED", "result": "SEIZED"})
    assert wrong.status_code == 422
    answers = {"control_done": "INSPECTED", "result": "SEIZED", "usefulness": "4", "indicators_confirmed": ["WEIGHT"]}
    assert bob.post(f"/warnings/{notice.pk}/feedback", answers).status_code == 302
    shown = signed_in("rosa@example.org").get(f"/warnings/{notice.pk}").content.decode()
    assert "1 of 1 answered." in shown
    assert "usefulness 4 of 5" in shown
    assert signed_in("rosa@example.org").get(f"/warnings/{notice.pk}/feedback").status_code == 403
    assert signed_in("alice@example.org").get(f"/warnings/{notice.pk}/feedback").status_code == 404


def test_a_machine_of_the_addressed_answers_and_reads_its_own(cast: Cast) -> None:
    notice = asked(cast.rosa, cast.amira, cast.mallory)
    as_(cast.mallory, give_feedback, notice, seized())
    with transaction.atomic(), acting_as(cast.amira):
        both = issue_key(cast.amira, name="system", scopes=[Scope.ALERTS_READ, Scope.ALERTS_WRITE])[1]
        reads = issue_key(cast.amira, name="reader", scopes=[Scope.ALERTS_READ])[1]

    def post(key: str, document: dict[str, Any]) -> Any:
        return Client().post(
            f"/api/v1/warnings/{notice.reference}/feedback",
            document,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

    given = {"control_done": "SCANNED", "result": "CONFORM", "hours": "1.5"}
    assert post(reads, given).status_code == 403
    refused = post(both, given | {"colour": "red", "usefulness": "much"})
    assert refused.status_code == 422
    assert {one["code"] for one in refused.json()["errors"]} == {"member_unknown", "member_unreadable"}
    made = post(both, given)
    assert (made.status_code, made.json()["administration"], made.json()["edition"]) == (201, "GH", 1)
    assert post(both, given).json()["edition"] == 1
    headers = {"Authorization": f"Bearer {both}"}
    listed = Client().get(f"/api/v1/warnings/{notice.reference}/feedback", headers=headers).json()
    assert [one["administration"] for one in listed["results"]] == ["GH"]
    figures = Client().get("/api/v1/hit-rate?by=sender", headers=headers).json()
    assert [(one["key"], one["controls"], one["share"]) for one in figures["lines"]] == [("liaison_office:WA", 1, None)]
    assert Client().get("/api/v1/hit-rate?by=person", headers=headers).status_code == 400
