"""50,000 subscriptions against a published case, and 10,000 officers told of it, each beside its bare limit."""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import accumulate
from operator import or_
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.models import Administration, Officer
from alerts import following
from alerts.fanout import deliver, fan_out_next
from alerts.matching import Index
from alerts.models import Alert, Announcement, Subscription
from alerts.outbox import next_sequence
from alerts.sources import subscribable
from benchmarks.conftest import Tell, best_of
from cen.actions.validate import Verdict, validate
from cen.models import ReleasedCase
from cen.queries import compiled_criteria
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_, released

pytestmark = pytest.mark.django_db
SUBSCRIPTIONS, OFFICERS, ROUNDS = 50_000, 10_000, 7
CATEGORIES = ["TOB", "DRG", "WPN", "CUR", "IPR", "WLD", "CUL", "WST"]
MODES = ["10", "30", "40", "50"]


def agree(one: object, other: object) -> None:
    """A figure of work that was not done is worth nothing."""
    if one != other:
        raise RuntimeError(f"{one!r:.200} is not {other!r:.200}")


def some_criteria(count: int) -> list[str]:
    """Criteria as analysts make them: a category or two, often a country, a mode, a heading or a weight."""
    chance = random.Random(4)  # noqa: S311
    codes = sorted({code[:2] for code in Administration.unguarded.values_list("code", flat=True)})
    made = []
    for _ in range(count):
        parts = [f"category={','.join(chance.sample(CATEGORIES, chance.randint(1, 2)))}"]
        if chance.random() < 0.7:
            parts.append(f"{chance.choice(['destination', 'departure', 'touches'])}={chance.choice(codes)}")
        if chance.random() < 0.4:
            parts.append(f"mode={chance.choice(MODES)}")
        if chance.random() < 0.3:
            parts.append(f"hs={chance.randint(1, 97):02}")
        if chance.random() < 0.3:
            parts.append(f"min_kg={chance.randint(1, 5_000)}")
        made.append("&".join(parts))
    return made


def follow(criteria: list[str]) -> None:
    """Subscriptions of the desks, in turn."""
    desks = list(Administration.unguarded.filter(active=True).values_list("pk", flat=True))
    with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
        Subscription.unguarded.bulk_create(
            (
                Subscription(administration_id=desks[place % len(desks)], name=f"No {place}", criteria=one)
                for place, one in enumerate(criteria)
            ),
            batch_size=5_000,
        )


def bare_kernel(criteria: list[str], facts: dict[str, Any]) -> Any:
    """The same answer by bits alone, written for this one question: what the engine can't beat."""
    compile_one = compiled_criteria.compiler()
    attributes: dict[tuple[str, str], dict[Any, int]] = {}
    asking: dict[tuple[str, str], int] = {}
    for place, one in enumerate(criteria):
        for test in compile_one(one).tests:
            key = (type(test).__name__, test.attribute)
            asking[key] = asking.get(key, 0) | 1 << place
            for value in getattr(test, "values", None) or [test.value]:  # type: ignore[union-attr]
                by_value = attributes.setdefault(key, {})
                by_value[value] = by_value.get(value, 0) | 1 << place
    every = (1 << len(criteria)) - 1
    values = [(every ^ asking[key], key[1], bits) for key, bits in attributes.items() if key[0] == "AnyOf"]
    floors = [
        (every ^ asking[key], key[1], sorted(bits.items())) for key, bits in attributes.items() if key[0] == "AtLeast"
    ]
    sums = [
        (free, name, [bound for bound, _ in bits], list(accumulate((bit for _, bit in bits), or_, initial=0)))
        for free, name, bits in floors
    ]

    def kernel() -> list[int]:
        alive = every
        for free, name, bits in values:
            for one in facts[name]:
                free |= bits.get(one, 0)
            alive &= free
        for free, name, bounds, summed in sums:
            have = facts[name]
            alive &= free | (0 if have is None else summed[bisect_right(bounds, have)])
        found, text = [], bin(alive)[:1:-1]
        place = text.find("1")
        while place >= 0:
            found.append(place)
            place = text.find("1", place + 1)
        return found

    return kernel


def test_matching(cast: Cast, figure: Tell) -> None:
    case = released(cast)
    criteria = some_criteria(SUBSCRIPTIONS)
    follow(criteria)
    source = subscribable("case.published")
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        case = ReleasedCase.unguarded.get(pk=case.pk)
        began = perf_counter()
        following.followers(source, case)
        first = perf_counter() - began
        compile_one = compiled_criteria.compiler()
        distinct = list(dict.fromkeys(criteria))
        index = Index([compile_one(one) for one in distinct])
        facts = dict(compiled_criteria.facts(case, index.attributes))
        kernel = bare_kernel(distinct, facts)
        ours, bare = [], []
        agree(index.meeting(facts)[0], kernel())
        for _ in range(ROUNDS):
            ours.append(best_of(20, lambda: index.meeting(facts)))
            bare.append(best_of(20, kernel))
        whole = best_of(20, lambda: following.followers(source, case))
        found = len(following.followers(source, case))
    middle, limit = sorted(ours)[ROUNDS // 2], sorted(bare)[ROUNDS // 2]
    figure("match 50,000 subscriptions, bits alone", middle * 1_000, "ms", at_most=1.5 * 0.11)
    figure("the same, against a bare kernel of this run", middle / limit, "times", at_most=1.5)
    figure(f"with version, facts and {found} notices", whole * 1_000, "ms", at_most=2)
    figure("reading and compiling all 50,000", first, "s", at_most=5)


def told_by(cast: Cast) -> Announcement:
    case = released(cast)
    as_(cast.rosa, validate, case, Verdict.ACCEPTED, seen_hash=bytes(case.content_hash))
    found: Announcement = Announcement.unguarded.order_by("-sequence")[0]
    return found


_BARE = """
    insert into alerts_alert (
        id, announcement_id, kind, subject_id, administration_id, officer_id, headline, reasons, needs_me,
        needs_acknowledgement, made_at
    )
    select gen_random_uuid(), %s, kind, subject_id, administration_id, officer_id, headline, reasons, needs_me,
        needs_acknowledgement, made_at
    from alerts_alert where announcement_id = %s
    on conflict do nothing
"""


def test_ten_thousand_officers(cast: Cast, figure: Tell) -> None:
    desks = list(Administration.unguarded.filter(active=True).values_list("pk", flat=True))
    officers = Officer.unguarded.bulk_create(
        [Officer(email=f"officer{place}@example.org", display_name=f"Officer {place}") for place in range(OFFICERS)]
    )
    with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
        Subscription.unguarded.bulk_create(
            [
                Subscription(
                    administration_id=desks[place % len(desks)],
                    officer=one,
                    name=f"No {place}",
                    criteria="category=TOB",
                )
                for place, one in enumerate(officers)
            ]
        )
    ours, bare = [], []
    for _ in range(ROUNDS):
        held = told_by(cast)
        token = uuid4()
        Announcement.unguarded.filter(pk=held.pk).update(lease_token=token)
        began = perf_counter()
        made = deliver(held.pk, token)
        ours.append(perf_counter() - began)
        with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)), connection.cursor() as cursor:
            copy = Announcement.unguarded.create(
                sequence=next_sequence(), kind="case.published", subject_id=str(uuid4())
            )
            began = perf_counter()
            cursor.execute(_BARE, [copy.pk, held.pk])
            agree(cursor.rowcount, made)
            bare.append(perf_counter() - began)
    agree(made >= OFFICERS, True)
    middle, limit = sorted(ours)[ROUNDS // 2], sorted(bare)[ROUNDS // 2]
    figure(f"fan out to {made:,} inboxes", middle * 1_000, "ms", at_most=limit * 1_000 * 1.5)
    figure("the same, times the bare INSERT … SELECT", middle / limit, "times", at_most=1.5)


def test_publishing_to_the_inboxes_of_the_network(cast: Cast, figure: Tell) -> None:
    with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
        Subscription.unguarded.filter(initial=True).update(active=True)
    taken = []
    for _ in range(20):
        case = released(cast)
        began = perf_counter()
        as_(cast.rosa, validate, case, Verdict.ACCEPTED, seen_hash=bytes(case.content_hash))
        fan_out_next()
        taken.append(perf_counter() - began)
        with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
            agree(Alert.unguarded.filter(subject_id=str(case.pk)).count() > 180, True)
    figure("publishing to the inboxes of all desks, p95", sorted(taken)[18], "s", at_most=1)
