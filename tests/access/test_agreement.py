"""May, which and who are one sentence: they agree for every person, object and action."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.access.actions import Action
from accounts.access.clause import Differs, Holds, InForce, Is, Same, SignedIn
from accounts.access.policy import UndeclaredAction
from accounts.access.registry import policies, policy_for
from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.roles import Role
from cen.lifecycle import CaseState, ReleasedState
from cen.models import Case, ReleasedCase
from tests.access.objects import one_of_each
from tests.cast import Cast
from tests.records import a_case, a_released_case

pytestmark = pytest.mark.django_db


def every_object(cast: Cast) -> list[Any]:
    """Cases in every state, of two administrations and several authors, and released ones in every state."""
    objects: list[Any] = [
        a_case(author, state) for author in (cast.alice, cast.amira, cast.mallory) for state in CaseState
    ]
    for owner, office in (
        (cast.amira, cast.rosa.liaison_office_id),
        (cast.mallory, cast.ravi.liaison_office_id),
        (cast.mallory, None),
    ):
        objects += [a_released_case(owner, office, state) for state in ReleasedState]
    return objects


def test_may_and_which_agree_for_everybody_and_everything(cast: Cast) -> None:
    objects = every_object(cast)
    checked = 0
    for actor in cast.everybody().values():
        for model in (Case, ReleasedCase):
            policy = policy_for(model)
            mine = [one for one in objects if isinstance(one, model)]
            keys = [one.pk for one in mine]
            for action in policy.rules:
                if action is Action.CREATE:
                    continue
                clause = policy.rule(action).clause
                with acting_as(system(SystemTask.FAN_OUT)):
                    seen = set(policy.visible_to(actor, action).filter(pk__in=keys).values_list("pk", flat=True))
                may = {one.pk for one in mine if clause.holds(actor, one)}
                assert seen == may, (actor.display_name, action)
                checked += len(mine)
    assert checked > 1_000


def test_may_and_who_agree_for_everybody_and_everything(cast: Cast) -> None:
    people = {actor.officer_id: actor for actor in cast.everybody().values()}
    for one in every_object(cast):
        policy = policy_for(type(one))
        for action in policy.rules:
            clause = policy.rule(action).clause
            audience = {posting.officer_id for posting in policy.audience(one, action)}
            assert audience == {key for key, actor in people.items() if clause.holds(actor, one)}, action


def test_the_audience_of_a_published_case_is_everybody_with_a_seat(cast: Cast) -> None:
    published = a_released_case(cast.amira, cast.rosa.liaison_office_id, ReleasedState.PUBLISHED)
    audience = policy_for(ReleasedCase).audience(published, Action.LIST)
    assert audience.count() == len(cast.everybody())


def test_nobody_validates_what_he_released_or_wrote(cast: Cast) -> None:
    waiting = a_released_case(cast.amira, cast.rosa.liaison_office_id)
    policy = policy_for(ReleasedCase)
    assert policy.allows(cast.rosa, Action.VALIDATE, waiting)
    waiting.released_by_id = cast.rosa.officer_id
    assert not policy.allows(cast.rosa, Action.VALIDATE, waiting)


def test_an_action_without_a_rule_is_a_defect_and_not_a_yes(cast: Cast) -> None:
    case = a_case(cast.alice)
    with pytest.raises(UndeclaredAction):
        policy_for(Case).allows(cast.alice, Action.VALIDATE, case)


def test_every_model_with_guarded_rows_has_a_policy() -> None:
    from django.apps import apps

    from accounts.access.guarded import GuardedModel

    guarded = {model for model in apps.get_models() if issubclass(model, GuardedModel)}
    assert guarded - {policy.model for policy in policies()} == set()


@pytest.mark.parametrize(
    "clause",
    [
        Same("administration_id", "administration_id", "same"),
        Differs("author_id", "officer_id", "differs"),
        Is("state", [CaseState.DRAFT], "draft"),
        Is("office_id", [None], "no office"),
        InForce("submitted_at", "in force"),
        Holds(Role.NCP),
        SignedIn(),
        Same("administration_id", "administration_id", "same") & Holds(Role.OFFICER),
        Holds(Role.NCP) | Is("state", [CaseState.DRAFT], "draft"),
    ],
    ids=lambda clause: clause.sentence,
)
def test_each_clause_says_the_same_as_test_and_as_filter(cast: Cast, clause: Any) -> None:
    cases = [a_case(cast.alice), a_case(cast.amira, CaseState.PUBLISHED), a_case(cast.mallory)]
    for actor in cast.everybody().values():
        with acting_as(system(SystemTask.FAN_OUT)):
            found = set(Case.unguarded.filter(clause.rows(actor)).values_list("pk", flat=True))
        assert found == {case.pk for case in cases if clause.holds(actor, case)}
        assert clause.possible(actor) or not found


def test_may_which_and_who_agree_for_every_kind_of_object_there_is(cast: Cast) -> None:
    people = {actor.officer_id: actor for actor in cast.everybody().values()}
    checked = 0
    for model, subjects in one_of_each(cast).items():
        policy = policy_for(model)
        for action, rule in policy.rules.items():
            may = {
                (actor.officer_id, one.pk)
                for actor in people.values()
                for one in subjects
                if rule.clause.holds(actor, one)
            }
            if action is not Action.CREATE:
                assert rows_seen(people.values(), model, action, subjects) <= may, (model, action)
            for one in subjects:
                audience = {posting.officer_id for posting in policy.audience(one, action)} & set(people)
                assert audience == {officer for officer, key in may if key == one.pk}, (model, action)
            checked += len(subjects) * len(people)
    assert checked > 2_000


def rows_seen(actors: Any, model: Any, action: Action, subjects: list[Any]) -> set[tuple[Any, Any]]:
    """Officer and key of what the policy yields, each as its own person behind the second wall."""
    found = set()
    for actor in actors:
        with acting_as(actor):
            rows = policy_for(model).visible_to(actor, action).filter(pk__in=[one.pk for one in subjects])
            found |= {(actor.officer_id, key) for key in rows.values_list("pk", flat=True)}
    return found
