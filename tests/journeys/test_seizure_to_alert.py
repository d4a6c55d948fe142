"""The main job: Alice records, Amira releases, Rosa validates, and other administrations are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.refusals import Absent, Conflict, Forbidden, RulesBroken
from alerts.fanout import deliver, fan_out_next
from alerts.matching import Index
from alerts.models import Alert, Announcement, Subscription
from audit.models import Event
from cen.actions.leftover_reasons import place_of
from cen.actions.record import amend, record, sheet_of, submit
from cen.actions.release import preview, release
from cen.actions.validate import Verdict, validate
from cen.lifecycle import CaseState, ReleasedState
from cen.models import Case, Goods, ReleasedCase
from cen.queries import compiled_criteria
from cen.queries.criteria import BadCriteria, Criteria
from cen.sheet import GoodsEntry, IdentifierEntry, LegEntry, Sheet
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def cigarettes(**changes: Any) -> Sheet:
    sheet = Sheet(
        seizure_date=date(2026, 10, 19),
        location_type="SP",
        place_country="GH",
        locode="GHTEM",
        direction="IM",
        narrative_public="Cartons were stowed behind a wall of used tyres.",
        goods=[GoodsEntry("TOB", "CIG-W", quantity=Decimal(500), unit="PACK20", quantity_text="500 packs")],
        legs=[LegEntry("departure", "AE"), LegEntry("transit", "MA"), LegEntry("destination", "GH")],
        identifiers=[IdentifierEntry("container", "TGHU 123456-7")],
    )
    for name, value in changes.items():
        setattr(sheet, name, value)
    return sheet


def as_(actor: Actor, act: Any, *args: Any, **kwargs: Any) -> Any:
    """The act as the portal runs it: one transaction in which the database knows the actor."""
    with transaction.atomic(), acting_as(actor):
        return act(actor, *args, **kwargs)


def recorded(cast: Cast, **changes: Any) -> Case:
    # Tests record the same seizure again and again, and mean to.
    case: Case = as_(cast.alice, record, cigarettes(**{"confirmed": ["duplicate"]} | changes))[0]
    return case


def released(cast: Cast, **changes: Any) -> ReleasedCase:
    case = recorded(cast, **changes)
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    made: ReleasedCase = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    return made


def state_of(cast: Cast, reference: str) -> str:
    with acting_as(cast.alice):
        return Case.unguarded.get(reference=reference).state


def inbox(actor: Actor) -> list[Alert]:
    with acting_as(actor):
        return list(Alert.unguarded.all())


def test_a_seizure_goes_from_the_officers_draft_to_another_administrations_inbox(cast: Cast) -> None:
    with acting_as(cast.mallory):
        Subscription.unguarded.create(
            administration_id=cast.mallory.administration_id, name="Tobacco", criteria="category=TOB&min_pieces=9000"
        )
    waiting = released(cast)
    assert state_of(cast, waiting.reference) == CaseState.RELEASED
    as_(cast.rosa, validate, waiting, Verdict.ACCEPTED, seen_hash=bytes(waiting.content_hash))
    assert state_of(cast, waiting.reference) == CaseState.PUBLISHED
    while fan_out_next():
        pass
    alert = inbox(cast.mallory)[0]
    assert alert.headline["reference"] == waiting.reference
    assert alert.reasons == [{"code": "subscription", "name": "Tobacco"}]
    with acting_as(cast.mallory):
        assert ReleasedCase.unguarded.get(reference=waiting.reference).pieces == 10_000
    assert inbox(cast.bob) == []


def test_what_the_network_sees_holds_no_identifier_and_no_foreign_field(cast: Cast) -> None:
    made = released(cast)
    text = repr(made.body)
    assert "TGHU" not in text
    assert "author" not in text
    assert made.body["goods"][0]["canonical"]["pieces"] == "10000"


def test_the_officer_never_releases_and_nobody_outside_validates(cast: Cast) -> None:
    case = recorded(cast)
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.alice, preview, case)
    with pytest.raises(Forbidden):
        as_(cast.alice, release, case, seen_hash=seen.content_hash)
    made = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    for outsider, refusal in ((cast.ravi, Absent), (cast.mallory, Absent), (cast.amira, Forbidden)):
        with pytest.raises(refusal):
            as_(outsider, validate, made, Verdict.ACCEPTED, seen_hash=seen.content_hash)


def test_a_decision_on_other_bytes_than_those_seen_is_refused(cast: Cast) -> None:
    made = released(cast)
    with pytest.raises(Conflict):
        as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=b"\1" * 32)
    case = recorded(cast)
    as_(cast.alice, submit, case, revision=case.revision)
    with pytest.raises(Conflict):
        as_(cast.amira, release, case, seen_hash=b"\1" * 32)


def test_two_people_editing_at_once_are_told_apart_and_nothing_is_lost(cast: Cast) -> None:
    case = recorded(cast)
    as_(cast.alice, amend, case, cigarettes(locode="GHTKD"), revision=1)
    with pytest.raises(Conflict) as caught:
        as_(cast.amira, amend, case, cigarettes(locode="GHACC"), revision=1)
    assert caught.value.extra["current"].locode == "GHTKD"
    with acting_as(cast.alice):
        assert sheet_of(Case.unguarded.get(pk=case.pk)).locode == "GHTKD"


def test_a_returned_record_comes_back_with_reasons_and_can_be_sent_again(cast: Cast) -> None:
    made = released(cast)
    with pytest.raises(RulesBroken):
        as_(cast.rosa, validate, made, Verdict.RETURNED, seen_hash=bytes(made.content_hash))
    as_(cast.rosa, validate, made, Verdict.RETURNED, seen_hash=bytes(made.content_hash), reasons=["route"])
    while fan_out_next():
        pass
    assert [alert.needs_me for alert in inbox(cast.amira)] == [True]
    with acting_as(cast.alice):
        case = Case.unguarded.get(reference=made.reference)
    assert case.state == CaseState.RETURNED
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    second = as_(cast.amira, release, case, seen_hash=seen.content_hash)
    assert second.edition == 2
    with acting_as(cast.amira):
        assert ReleasedCase.unguarded.get(pk=made.pk).state == ReleasedState.RETURNED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"goods": [GoodsEntry("TOB", "COC", quantity=Decimal(1), unit="KGM")]}, "type_of_other_category"),
        ({"goods": [GoodsEntry("TOB", quantity=Decimal(-1), unit="KGM")]}, "quantity_not_positive"),
        ({"goods": [GoodsEntry("TOB", quantity=Decimal(1))]}, "unit_missing"),
        ({"goods": [GoodsEntry("")]}, "category_missing"),
        ({"seizure_date": date(2999, 1, 1)}, "date_in_future"),
        ({"location_type": "nowhere"}, "code_unknown"),
        ({"identifiers": [IdentifierEntry("plate", "GR 123-20")]}, "nominal_identifier"),
    ],
)
def test_a_draft_that_breaks_a_rule_is_refused_with_its_code(cast: Cast, changes: Any, code: str) -> None:
    with pytest.raises(RulesBroken) as caught:
        recorded(cast, **changes)
    assert code in {finding.code for finding in caught.value.findings}
    assert as_(cast.alice, record, cigarettes())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"goods": []}, "goods_missing"),
        ({"goods": [GoodsEntry("TOB")]}, "quantity_missing"),
        ({"seizure_date": None}, "date_missing"),
        ({"location_type": ""}, "place_missing"),
        ({"form": "long", "legs": []}, "route_missing"),
        ({"goods": [GoodsEntry("FAU", quantity=Decimal(3), unit="LIV")]}, "species_missing"),
    ],
)
def test_an_incomplete_draft_is_kept_but_not_sent_on(cast: Cast, changes: Any, code: str) -> None:
    case = recorded(cast, **changes)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, submit, case, revision=case.revision)
    assert code in {finding.code for finding in caught.value.findings}
    assert state_of(cast, case.reference) == CaseState.DRAFT


def test_a_leftover_stops_the_release_until_it_is_justified(cast: Cast) -> None:
    case = recorded(cast, narrative_public="The driver can be reached at kwame@example.org for questions.")
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    with pytest.raises(RulesBroken) as caught:
        as_(cast.amira, release, case, seen_hash=seen.content_hash)
    assert [finding.code for finding in caught.value.findings] == ["leftover"]
    as_(
        cast.amira,
        release,
        case,
        seen_hash=seen.content_hash,
        justified={place_of(seen.leftovers[0]): "Office address"},
    )
    assert state_of(cast, case.reference) == CaseState.RELEASED


def test_an_open_controlled_delivery_does_not_leave(cast: Cast) -> None:
    case = recorded(cast, controlled_delivery=True, controlled_delivery_open=True)
    as_(cast.alice, submit, case, revision=case.revision)
    seen = as_(cast.amira, preview, case)
    with pytest.raises(RulesBroken):
        as_(cast.amira, release, case, seen_hash=seen.content_hash)


def test_each_act_left_its_event(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    with acting_as(cast.amira):
        verbs = set(Event.unguarded.values_list("verb", flat=True))
    assert {"case.recorded", "case.submitted", "case.released", "released_case.accepted"} <= verbs


def test_an_act_that_fails_leaves_neither_row_nor_event_nor_announcement(cast: Cast) -> None:
    made = released(cast)

    def validate_and_die(actor: Actor) -> None:
        validate(actor, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        as_(cast.rosa, validate_and_die)
    assert state_of(cast, made.reference) == CaseState.RELEASED
    assert Announcement.unguarded.count() == 0


def test_fan_out_repeated_or_without_its_lease_doubles_nothing(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    announcement = Announcement.unguarded.get()
    assert deliver(announcement.pk, uuid4()) == 0
    assert fan_out_next()
    Announcement.unguarded.update(done_at=None, lease_until=None)
    assert fan_out_next()
    assert len(inbox(cast.amira)) == 1


def test_an_announcement_that_never_ends_goes_to_quarantine(cast: Cast) -> None:
    made = released(cast)
    as_(cast.rosa, validate, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
    Announcement.unguarded.update(attempts=5)
    assert fan_out_next()
    assert Announcement.unguarded.get().quarantined_at is not None
    assert not fan_out_next()
    assert inbox(cast.amira) == []


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("", True),
        ("category=TOB", True),
        ("category=DRG,TOB&transit=MA", True),
        ("category=DRG", False),
        ("text=USED+tyres", True),
        ("text=bananas", False),
        ("departure=GH", False),
        ("since=2026-10-19&until=2026-10-19", True),
        ("since=2026-10-20", False),
        ("min_pieces=10000", True),
        ("min_pieces=10001", False),
        ("min_kg=1", False),
        ("route=MA,FR", True),
    ],
)
def test_a_search_and_a_subscription_with_the_same_words_agree(cast: Cast, query: str, hit: bool) -> None:
    made = released(cast)
    criteria = Criteria.read(query)
    with acting_as(cast.amira):
        row = ReleasedCase.unguarded.get(pk=made.pk)
        index = Index([compiled_criteria.compiler()(query)])
        met, undecided = index.meeting(compiled_criteria.facts(row, index.attributes))
        assert bool(met or (undecided and compiled_criteria.meeting(row, [query]))) is hit
        assert ReleasedCase.unguarded.filter(criteria.as_filter()).exists() is hit


@pytest.mark.parametrize("query", ["colour=red", "text=+", "since=yesterday", "hs=24x", "min_kg=NaN", "category=,"])
def test_a_parameter_that_means_nothing_is_refused(query: str) -> None:
    with pytest.raises(BadCriteria):
        Criteria.read(query)


def test_the_identity_comes_back_after_a_task_was_handed_the_rest(cast: Cast) -> None:
    made = released(cast)
    with transaction.atomic(), acting_as(cast.rosa):
        validate(cast.rosa, made, Verdict.ACCEPTED, seen_hash=bytes(made.content_hash))
        assert Case.unguarded.count() == 0
        assert Goods.unguarded.count() == 0
