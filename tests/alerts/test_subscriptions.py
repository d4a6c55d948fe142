"""Following: for oneself and for the desk, from a search, tried out before."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, Forbidden, RulesBroken
from accounts.roles import Role
from alerts.actions import subscribe
from alerts.models import Subscription
from alerts.sources import NotSubscribable, subscribable
from cen.actions.validate import Verdict, validate
from cen.queries.criteria import DIMENSIONS, BadCriteria
from tests.access.test_urls import signed_in
from tests.alerts.inboxes import fan_out_all, inbox
from tests.cast import Cast, seat_person
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db


def followed(
    actor: Actor, *, desk: bool = False, criteria: str = "category=TOB", name: str = "Tobacco"
) -> Subscription:
    made: Subscription = as_(actor, subscribe.follow, source="case.published", name=name, criteria=criteria, desk=desk)
    return made


def published(cast: Cast) -> str:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    return made.reference


def kept(actor: Actor) -> list[Subscription]:
    with transaction.atomic(), acting_as(actor):
        return list(Subscription.unguarded.filter(initial=False))


@pytest.mark.parametrize("person", ["alice", "amira", "bob", "rosa", "ravi", "sam", "mallory"])
def test_everybody_with_an_inbox_follows_for_himself(cast: Cast, person: str) -> None:
    actor = getattr(cast, person)
    assert followed(actor).officer_id == actor.officer_id


def test_the_data_protection_officer_has_no_inbox_and_follows_nothing(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        followed(cast.dora)
    assert signed_in("dora@example.org").get("/subscriptions").status_code == 403


@pytest.mark.parametrize(
    ("person", "may"),
    [("amira", True), ("rosa", True), ("sam", True), ("alice", False), ("bob", False), ("mallory", False)],
)
def test_the_desk_is_kept_by_contact_point_and_analysts(cast: Cast, person: str, may: bool) -> None:
    actor = getattr(cast, person)
    if may:
        assert followed(actor, desk=True).officer_id is None
    else:
        with pytest.raises(Forbidden):
            followed(actor, desk=True)


def test_a_national_analyst_edits_what_the_contact_point_made_for_the_desk(cast: Cast) -> None:
    analyst = seat_person("naa", "GH", Role.NATIONAL_ANALYST)
    made = followed(cast.amira, desk=True)
    as_(analyst, subscribe.amend, made, name="Cigarettes", criteria="category=TOB")
    with pytest.raises(Forbidden):
        as_(cast.alice, subscribe.amend, made, name="Mine now", criteria="")
    with pytest.raises(Forbidden):
        as_(cast.alice, subscribe.end, made)
    assert [one.name for one in kept(cast.alice)] == ["Cigarettes"]


def test_nobody_reads_or_changes_a_colleagues_or_another_seats(cast: Cast) -> None:
    own, desk = followed(cast.alice), followed(cast.amira, desk=True)
    policy = policy_for(Subscription)
    for stranger, one in ((cast.amira, own), (cast.bob, own), (cast.mallory, desk), (cast.rosa, desk)):
        assert not policy.allows(stranger, Action.READ, one)
        with pytest.raises(Absent):
            as_(stranger, subscribe.end, one)
        email = f"{stranger.display_name.lower()}@example.org"
        for page in (f"/subscriptions/{one.pk}", f"/subscriptions/{one.pk}/delete"):
            assert signed_in(email).get(page).status_code == 404
            assert signed_in(email).post(page).status_code == 404
        assert signed_in(email).post(f"/subscriptions/{one.pk}/switch").status_code == 404
    assert kept(cast.mallory) == []


@pytest.mark.parametrize(
    "criteria",
    [
        *(
            "colour=red",
            "since=yesterday",
            "region=MARS",
            "hs=24x",
            "category=TOB&category=DRG",
            "category",
            "min_kg=NaN",
        ),
        *(
            "min_kg=1e99",
            "since=2026-02-30",
            "text=%00",
            "kind=%00",
            "region=,",
            "TOB=category",
            "hs=2",
            "text=" + "x" * 201,
        ),
    ],
)
def test_criteria_that_mean_nothing_are_refused_with_the_word(cast: Cast, criteria: str) -> None:
    with pytest.raises(BadCriteria) as caught:
        followed(cast.alice, criteria=criteria)
    assert criteria.partition("=")[0] in str(caught.value)
    assert signed_in("alice@example.org").get("/subscriptions/new", {"criteria": criteria}).status_code == 400
    assert kept(cast.alice) == []


def test_criteria_that_are_too_long_or_numbers_at_the_edge_are_answered(cast: Cast) -> None:
    with pytest.raises(RulesBroken) as caught:
        followed(cast.alice, criteria="touches=" + ",".join(["GH"] * 700))
    assert caught.value.findings[0].code == "criteria_too_long"
    made = followed(cast.alice, criteria="min_kg=1e20&max_kg=0.00000000000000000001")
    page = signed_in("alice@example.org").get(f"/subscriptions/{made.pk}")
    assert page.status_code == 200
    assert "No published case" in page.content.decode() or "0 published cases" in page.content.decode()
    published(cast)
    fan_out_all()
    assert inbox(cast.alice) != []
    assert all(reason["code"] != "subscription" for one in inbox(cast.alice) for reason in one.reasons)


def test_what_can_not_be_followed_and_what_has_no_name_is_refused(cast: Cast) -> None:
    with pytest.raises(NotSubscribable):
        as_(cast.alice, subscribe.follow, source="case.decided", name="x", criteria="")
    with pytest.raises(RulesBroken):
        followed(cast.alice, name="  ")


def test_nobody_follows_without_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribe, "MOST", 2)
    followed(cast.alice), followed(cast.alice)
    with pytest.raises(RulesBroken):
        followed(cast.alice)
    assert followed(cast.bob)


def test_the_try_out_counts_what_was_published_lately_and_only_that(cast: Cast) -> None:
    reference = published(cast)
    source, today = subscribable("case.published"), timezone.now().date()
    with transaction.atomic(), acting_as(cast.mallory):
        hit = source.try_out(cast.mallory, "category=TOB", today - timedelta(days=30))
        miss = source.try_out(cast.mallory, "category=DRG", today - timedelta(days=30))
        later = source.try_out(cast.mallory, "category=TOB", today + timedelta(days=1))
    assert (hit.count, [one["reference"] for one in hit.headlines]) == (1, [reference])
    assert (miss.count, later.count) == (0, 0)


def test_a_paused_one_brings_nothing_and_goes_on_later(cast: Cast) -> None:
    mine = followed(cast.mallory)
    as_(cast.mallory, subscribe.switch, mine, active=False)
    published(cast)
    fan_out_all()
    assert inbox(cast.mallory) == []
    as_(cast.mallory, subscribe.switch, mine, active=True)
    published(cast)
    fan_out_all()
    assert [one.officer_id for one in inbox(cast.mallory)] == [cast.mallory.officer_id]


def test_from_a_search_to_a_subscription_by_pages_alone(cast: Cast) -> None:
    published(cast)
    mallory = signed_in("mallory@example.org")
    found = mallory.get("/published?category=TOB&since=2026-01-01").content.decode()
    link = re.search(r'href="(/subscriptions/new\?criteria=[^"]+)"', found)
    assert link
    form = mallory.get(link[1].replace("&amp;", "&")).content.decode()
    assert "1 published case would have come" in form
    assert re.search(r'name="category" value="TOB"[^>]* checked', form)
    answers = {"name": "Tobacco", "category": "TOB", "since": "2026-01-01", "act": "try"}
    tried = mallory.post("/subscriptions/new", answers).content.decode()
    assert "1 published case would have come" in tried
    assert kept(cast.mallory) == []
    assert mallory.post("/subscriptions/new", answers | {"act": "save"}).status_code == 302
    assert [(one.criteria, one.officer_id) for one in kept(cast.mallory)] == [
        ("category=TOB&since=2026-01-01", cast.mallory.officer_id)
    ]
    key = kept(cast.mallory)[0].pk
    page = mallory.get("/subscriptions").content.decode()
    assert "Tobacco" in page
    assert "Category of goods: Tobacco" in page
    assert mallory.post(f"/subscriptions/{key}/switch", {"active": "no"}).status_code == 302
    assert "Paused" in mallory.get(f"/subscriptions/{key}").content.decode()
    assert mallory.post(f"/subscriptions/{key}/delete").status_code == 302
    assert mallory.get(f"/subscriptions/{key}").status_code == 404


def test_a_wrong_answer_stands_at_its_field_and_nothing_typed_is_lost(cast: Cast) -> None:
    alice = signed_in("alice@example.org")
    answers = {"name": "Mine", "departure": "NL, QQ", "min_kg": "much", "category": ["TOB", "DRG"], "act": "save"}
    page = alice.post("/subscriptions/new", answers).content.decode()
    assert "There is no country with the code QQ." in page
    assert 'value="NL, QQ"' in page
    assert len(re.findall(r'name="category" value="(?:TOB|DRG)"[^>]* checked', page)) == 2
    assert "The value of min_kg" in alice.post("/subscriptions/new", answers | {"departure": "nl gh"}).content.decode()
    assert kept(cast.alice) == []


def test_an_officer_sees_but_does_not_change_what_his_desk_follows(cast: Cast) -> None:
    desk = followed(cast.amira, desk=True)
    alice = signed_in("alice@example.org")
    page = alice.get(f"/subscriptions/{desk.pk}").content.decode()
    assert "Category of goods" in page
    assert 'name="act"' not in page
    assert alice.post(f"/subscriptions/{desk.pk}", {"name": "x", "act": "save"}).status_code == 403
    assert 'value="desk"' not in alice.get("/subscriptions/new").content.decode()
    assert 'value="desk"' in signed_in("amira@example.org").get("/subscriptions/new").content.decode()


def test_every_word_of_a_search_has_its_field(cast: Cast) -> None:
    page = signed_in("alice@example.org").get("/subscriptions/new").content.decode()
    assert {name for name in DIMENSIONS if f'name="{name}"' not in page} == set()
    assert len(DIMENSIONS) > 25


def test_a_word_that_searches_no_longer_know_is_told_and_left_out_on_saving(cast: Cast) -> None:
    with transaction.atomic(), acting_as(cast.alice):
        old = Subscription.unguarded.create(
            administration_id=cast.alice.administration_id,
            officer_id=cast.alice.officer_id,
            name="Old",
            criteria="category=TOB&colour=red",
        )
    alice = signed_in("alice@example.org")
    assert "colour" in alice.get(f"/subscriptions/{old.pk}").content.decode()
    assert alice.post(f"/subscriptions/{old.pk}", {"name": "Old", "category": "TOB", "act": "save"}).status_code == 302
    assert [one.criteria for one in kept(cast.alice)] == ["category=TOB"]
