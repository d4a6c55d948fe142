"""Watch-lists: whose they are, what hits them, who learns of it and how much."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, Forbidden, RulesBroken
from alerts.models import Alert
from audit.models import Event
from cen.actions import watch
from cen.actions.validate import Verdict, validate
from cen.actions.watch import Watch
from cen.identifiers.kinds import NOMINAL_KINDS
from cen.models import ReleasedCase, ReleasedIdentifier, WatchEntry
from cen.models.watch import HitPolicy
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import fan_out_all, inbox
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def held(cast: Cast, case: ReleasedCase) -> ReleasedIdentifier:
    """An identifier of the version, as its owner knows it."""
    with transaction.atomic(), acting_as(cast.amira):
        found = ReleasedIdentifier.unguarded.filter(released_case=case).first()
        assert found is not None
        return found


def publish(cast: Cast, case: ReleasedCase) -> None:
    as_(cast.rosa, validate, case, Verdict.ACCEPTED, seen_hash=bytes(case.content_hash))
    fan_out_all()


def watches(actor: Actor, one: ReleasedIdentifier, **facts: Any) -> WatchEntry:
    shared = Watch(kind=one.kind, **({"reason": "Seen twice", "action": "Call us"} | facts))
    made, refused = as_(actor, watch.enter, shared, one.normalised)
    assert not refused
    entry: WatchEntry = made[0]
    return entry


def reasons(actor: Actor, code: str) -> list[dict[str, Any]]:
    return [reason for alert in inbox(actor) for reason in alert.reasons if reason["code"] == code]


def test_a_hit_tells_the_owner_of_the_entry_why_and_the_owner_of_the_case_nothing(cast: Cast) -> None:
    case = released(cast)
    one = held(cast, case)
    entry = watches(cast.mallory, one)
    publish(cast, case)
    (reason,) = reasons(cast.mallory, "watch_hit")
    assert (reason["entry"], reason["why"], reason["action"]) == (str(entry.pk), "Seen twice", "Call us")
    (alert,) = inbox(cast.mallory)
    assert alert.needs_me
    assert one.normalised not in str([alert.headline, alert.reasons])
    assert "on your watch-list" in signed_in("mallory@example.org").get("/inbox").content.decode()
    assert reasons(cast.amira, "watched_elsewhere") == []
    assert inbox(cast.bob) == []
    with transaction.atomic(), acting_as(cast.mallory):
        assert not ReleasedIdentifier.unguarded.exists()


def test_told_both_the_owner_of_the_case_learns_no_more_than_that(cast: Cast) -> None:
    case = released(cast)
    watches(cast.mallory, held(cast, case), hit_policy=HitPolicy.BOTH, reason="Informant said so")
    publish(cast, case)
    (reason,) = reasons(cast.amira, "watched_elsewhere")
    assert set(reason) == {"code", "kind"}
    page = signed_in("amira@example.org").get("/inbox").content.decode()
    assert "stands on somebody" in page
    assert "Informant" not in page


def test_a_liaison_office_watches_too_and_two_entries_make_one_alert(cast: Cast) -> None:
    case = released(cast)
    one = held(cast, case)
    watches(cast.ravi, one)
    watches(cast.mallory, one, hit_policy=HitPolicy.BOTH)
    publish(cast, case)
    assert len(reasons(cast.ravi, "watch_hit")) == 1
    assert (len(inbox(cast.ravi)), len(inbox(cast.mallory))) == (1, 1)


@pytest.mark.parametrize(
    ("first", "last", "hit"), [(0, None, True), (0, 0, True), (-3, None, True), (1, None, False), (1, 9, False)]
)
def test_an_entry_holds_on_its_days(cast: Cast, first: int, last: int | None, hit: bool) -> None:
    case = released(cast)
    days = {"valid_from": TODAY + timedelta(first)}
    until = None if last is None else TODAY + timedelta(last)
    watches(cast.mallory, held(cast, case), **days, valid_until=until)
    publish(cast, case)
    assert bool(reasons(cast.mallory, "watch_hit")) is hit


def test_what_ran_out_or_was_ended_or_is_of_another_kind_is_not_hit(cast: Cast) -> None:
    case = released(cast)
    one = held(cast, case)
    ended, late = watches(cast.mallory, one), watches(cast.bob, one)
    as_(cast.mallory, watch.end, ended)
    other = "seal" if one.kind != "seal" else "container"
    as_(cast.mallory, watch.enter, Watch(kind=other, reason="Other kind"), one.normalised)
    with transaction.atomic(), acting_as(cast.bob):
        yesterday = TODAY - timedelta(1)
        WatchEntry.unguarded.filter(pk=late.pk).update(valid_from=yesterday, valid_until=yesterday)
    publish(cast, case)
    assert inbox(cast.mallory) == inbox(cast.bob) == []
    assert watches(cast.mallory, one).pk != ended.pk


@pytest.mark.parametrize(
    ("person", "may"),
    [*((one, True) for one in ("alice", "amira", "bob", "rosa", "ravi", "mallory")), ("dora", False), ("sam", False)],
)
def test_officers_and_liaison_analysts_watch_for_their_seat(cast: Cast, person: str, may: bool) -> None:
    actor = getattr(cast, person)
    if may:
        as_(actor, watch.enter, Watch(kind="seal", reason="x"), "AB12345")
    else:
        with pytest.raises((Forbidden, Absent)):
            as_(actor, watch.enter, Watch(kind="seal", reason="x"), "AB12345")


def test_nobody_sees_or_ends_another_seats_entry(cast: Cast) -> None:
    (entry,), _ = as_(cast.alice, watch.enter, Watch(kind="seal", reason="Ours alone"), "AB12345")
    for stranger in (cast.bob, cast.mallory, cast.rosa, cast.ravi):
        with pytest.raises(Absent):
            as_(stranger, watch.end, entry)
        with transaction.atomic(), acting_as(stranger):
            assert not WatchEntry.unguarded.exists()
        page = signed_in(f"{stranger.display_name.lower()}@example.org").get("/watch-list").content.decode()
        assert "Ours alone" not in page
    assert "Ours alone" in signed_in("amira@example.org").get("/watch-list").content.decode()
    as_(cast.amira, watch.end, entry)


def test_each_line_of_a_list_is_judged_and_the_good_ones_are_entered(cast: Cast) -> None:
    as_(cast.mallory, watch.enter, Watch(kind="imo", reason="Known"), "9074729")
    lines = "IMO 9074729\n\n 9321483 \n9321483\n---\n1234568\n"
    made, refused = as_(cast.mallory, watch.enter, Watch(kind="imo", reason="List"), lines)
    assert [one.normalised for one in made] == ["9321483", "1234568"]
    assert [one.line for one in refused] == [1, 4, 5]
    assert all(one.refused for one in refused)


@pytest.mark.parametrize("kind", sorted(NOMINAL_KINDS))
def test_what_points_to_a_person_is_never_asked_of_the_network(cast: Cast, kind: str) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.mallory, watch.try_out, Watch(kind=kind, reason="x"), "AB12345")
    assert caught.value.findings[0].code == "kind_nominal"


@pytest.mark.parametrize(
    ("facts", "lines", "code"),
    [
        ({"kind": "magic"}, "A1", "kind_unknown"),
        ({"reason": "  "}, "A1", "reason_missing"),
        ({"action": "x" * 201}, "A1", "action_too_long"),
        ({"hit_policy": "all"}, "A1", "hit_policy_unknown"),
        ({"valid_until": TODAY - timedelta(1)}, "A1", "ends_before"),
        ({}, " \n ", "identifiers_missing"),
        ({}, "A1\n" * 5_001, "too_many_lines"),
    ],
)
def test_what_can_not_be_entered_is_told(cast: Cast, facts: dict[str, Any], lines: str, code: str) -> None:
    with pytest.raises(RulesBroken) as caught:
        as_(cast.mallory, watch.enter, Watch(**({"kind": "seal", "reason": "x"} | facts)), lines)
    assert caught.value.findings[0].code == code


def test_the_try_out_counts_the_last_days_keeps_nothing_and_warns_of_too_many(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = released(cast)
    one = held(cast, case)
    shared = Watch(kind=one.kind, reason="x")
    assert [line.hits for line in as_(cast.mallory, watch.try_out, shared, one.normalised)] == [0]
    publish(cast, case)
    monkeypatch.setattr(watch, "TOO_MANY", 1)
    (line,) = as_(cast.mallory, watch.try_out, shared, one.normalised)
    assert (line.hits, line.too_many) == (1, True)
    with transaction.atomic(), acting_as(cast.mallory):
        assert not WatchEntry.unguarded.exists()
        asked = Event.unguarded.filter(verb="watch.tried").order_by("occurred_at")
        assert [event.facts["hits"] for event in asked] == [0, 1]
        assert one.normalised not in str([event.facts for event in asked])
    monkeypatch.setattr(watch, "DAYS", -1)
    assert as_(cast.mallory, watch.try_out, shared, one.normalised)[0].hits == 0


def test_by_pages_alone(cast: Cast) -> None:
    case = released(cast)
    one = held(cast, case)
    publish(cast, case)
    client = signed_in("mallory@example.org")
    answers = {
        "kind": one.kind,
        "lines": f"{one.normalised}\n---",
        "reason": "Seen twice",
        "hit_policy": "owner",
        "valid_from": TODAY.isoformat(),
    }
    tried = client.post("/watch-list/new", answers | {"act": "try"}).content.decode()
    assert "1 hit would have come" in tried
    assert "No letter or digit is here" in tried
    saved = client.post("/watch-list/new", answers | {"act": "save"})
    page = saved.content.decode()
    assert "1 identifier is watched for." in page
    assert ">---</textarea>" in page.replace("\n", "").replace("\r", "")
    assert one.normalised in client.get("/watch-list").content.decode()
    with transaction.atomic(), acting_as(cast.mallory):
        entry = WatchEntry.unguarded.get()
    assert client.post(f"/watch-list/{entry.pk}/end").status_code == 302
    assert client.post(f"/watch-list/{entry.pk}/end").status_code == 404
    assert client.post("/watch-list/new", {"act": "save"}).status_code == 422
    assert signed_in("dora@example.org").get("/watch-list").status_code == 403
    with transaction.atomic(), acting_as(cast.mallory):
        assert Alert.unguarded.count() == 0
