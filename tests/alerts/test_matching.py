"""Matching in the process finds what the search's own query finds, and never with yesterday's subscriptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from alerts import following
from alerts.matching import AnyOf, AtLeast, AtMost, Compiled, Index
from alerts.models import Subscription, SubscriptionVersion
from alerts.sources import subscribable
from cen.models import ReleasedCase
from cen.queries import compiled_criteria
from cen.queries.criteria import DIMENSIONS, BadCriteria
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import released

pytestmark = pytest.mark.django_db
SOURCE = "case.published"

# Small alphabets, so that criteria and cases meet often.
CODES = ["GH", "NL", "SN", "MA", "FR"]
LISTS = ["TOB", "DRG", "10"]
WORDS = ["tyres", "TYRES", "ß", "İ", "é", "100%", "a_b", "\\", "behind tyres"]
NUMBERS = ["0", "1", "1.5", "12", "1e9", "-3", "0.0000000001"]
DAYS = ["2026-10-18", "2026-10-19", "2026-10-20", "0001-01-01", "9999-12-31"]
HEADINGS = ["24", "2402", "240220", "30"]
REGIONS = ["EUR", "WCA", "eur", "ESA"]


def values_of(name: str) -> st.SearchStrategy[str]:
    dimension = DIMENSIONS[name]
    if name == "text":
        return st.sampled_from(WORDS)
    if dimension.lookup in {"gte", "lte"}:
        return st.sampled_from(DAYS if dimension.column == "seized_on" else NUMBERS)
    options = {"hs": HEADINGS, "region": REGIONS, "kind": ["seizure", "incident"]}.get(name, CODES + LISTS)
    return st.lists(st.sampled_from(options), min_size=1, max_size=3).map(",".join)


queries = st.lists(st.sampled_from(sorted(DIMENSIONS)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: values_of(name) for name in names}).map(urlencode)
)
several = st.lists(st.sampled_from(CODES + LISTS), max_size=3)
arrays = {one.column: several for one in DIMENSIONS.values() if one.lookup == "overlap"}
arrays["hs_codes"] = st.lists(st.sampled_from(HEADINGS), max_size=3)
scalars = {one.column: st.sampled_from(["", *CODES, *LISTS]) for one in DIMENSIONS.values() if one.lookup == "in"}
# Country columns hold two letters, whatever a search asks for.
countries = {name: st.lists(st.sampled_from(CODES), max_size=3) for name in arrays if name.endswith("_countries")}
numbers = st.none() | st.sampled_from([Decimal("0"), Decimal("1"), Decimal("1.5"), Decimal("12.000000001")])
cases = st.fixed_dictionaries(
    arrays
    | countries
    | scalars
    | {
        "modes": st.lists(st.sampled_from(["10", "30"]), max_size=2),
        "kind": st.sampled_from(["seizure", "incident"]),
        "place_country": st.sampled_from(["", *CODES]),
        "seized_on": st.none() | st.sampled_from([date(2026, 10, 18), date(2026, 10, 19), date(2026, 10, 20)]),
        "kg": numbers,
        "pieces": numbers,
        "litres": numbers,
        "search_text": st.sampled_from(["", "Behind tyres", "STRASSE", "straße", "İ i", "É", "100 %", "100%", "aXb"]),
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=cases, asked=st.lists(queries, min_size=1, max_size=12, unique=True))
def test_the_index_finds_what_the_query_finds(
    cast: Cast, a_case: ReleasedCase, columns: dict[str, Any], asked: list[str]
) -> None:
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        ReleasedCase.unguarded.filter(pk=a_case.pk).update(**columns)
        now = ReleasedCase.unguarded.get(pk=a_case.pk)
        compile_one = compiled_criteria.compiler()
        index = Index([compile_one(one) for one in asked])
        met, undecided = index.meeting(compiled_criteria.facts(now, index.attributes))
        found = {asked[place] for place in met}
        found |= compiled_criteria.meeting(now, [asked[place] for place in undecided])
        assert found == compiled_criteria.meeting(now, asked)


@pytest.fixture
def a_case(cast: Cast) -> ReleasedCase:
    return released(cast)


def test_the_property_meets_both_answers(cast: Cast, a_case: ReleasedCase) -> None:
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        asked = ["category=TOB", "category=DRG", "text=tyres", "text=bananas", "region=WCA", "region=AMC", ""]
        assert compiled_criteria.meeting(a_case, asked) == {"category=TOB", "text=tyres", "region=WCA", ""}


bounds = st.integers(0, 40)
TESTS = st.one_of(
    st.builds(AnyOf, st.just("word"), st.frozensets(bounds, min_size=1, max_size=3)),
    st.builds(AtLeast, st.just("size"), bounds),
    st.builds(AtMost, st.just("size"), bounds),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(TESTS, max_size=3, unique_by=lambda one: (type(one), one.attribute)), max_size=90),
    st.sets(bounds, max_size=3),
    st.none() | bounds,
    st.integers(1, 20),
)
def test_bits_say_what_each_test_says_alone(
    asked: list[list[Any]], words: set[int], size: int | None, stretches: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alerts.matching.STRETCHES", stretches)
        index = Index([Compiled(tuple(tests), place % 5 == 0) for place, tests in enumerate(asked)])

    def holds(test: Any) -> bool:
        if isinstance(test, AnyOf):
            return not words.isdisjoint(test.values)
        if size is None:
            return False
        return bool(size >= test.value if isinstance(test, AtLeast) else size <= test.value)

    meeting = [place for place, tests in enumerate(asked) if all(holds(test) for test in tests)]
    met, undecided = index.meeting({"word": words, "size": size})
    assert (met, undecided) == (
        [place for place in meeting if place % 5],
        [place for place in meeting if place % 5 == 0],
    )


@pytest.mark.parametrize("query", ["colour=red", "region=MARS", "region=EUR,MARS", "region=,", "since=soon"])
def test_what_a_search_refuses_does_not_compile(cast: Cast, query: str) -> None:
    with pytest.raises(BadCriteria):
        compiled_criteria.compiler()(query)


def follows(actor: Actor, name: str, criteria: str = "") -> Subscription:
    with transaction.atomic(), acting_as(actor):
        return Subscription.unguarded.create(
            **actor.seat, secretariat=actor.secretariat, officer_id=actor.officer_id, name=name, criteria=criteria
        )


def told(case: ReleasedCase) -> list[str]:
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        notices = following.followers(subscribable(SOURCE), case)
    return sorted(str(reason.facts["name"]) for one in notices for reason in one.reasons)


def change(actor: Actor, subscription: Subscription, **values: Any) -> None:
    with transaction.atomic(), acting_as(actor):
        assert Subscription.unguarded.filter(pk=subscription.pk).update(**values) == 1


@pytest.mark.parametrize("lately", [0, 2, 1_000])
def test_every_change_is_seen_by_the_next_match(
    cast: Cast, a_case: ReleasedCase, lately: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LATELY", lately)
    assert told(a_case) == []
    one = follows(cast.bob, "Mine", "category=TOB")
    assert told(a_case) == ["Mine"]
    other = follows(cast.mallory, "Other", "category=DRG")
    assert told(a_case) == ["Mine"]
    change(cast.mallory, other, criteria="text=tyres")
    change(cast.bob, one, name="Renamed")
    assert told(a_case) == ["Other", "Renamed"]
    change(cast.bob, one, active=False)
    assert told(a_case) == ["Other"]
    change(cast.bob, one, active=True)
    assert told(a_case) == ["Other", "Renamed"]
    with transaction.atomic(), acting_as(cast.mallory):
        other.delete()
    assert told(a_case) == ["Renamed"]


def test_what_did_not_change_is_not_read_again(cast: Cast, a_case: ReleasedCase) -> None:
    follows(cast.bob, "Mine", "category=TOB")
    told(a_case)
    with CaptureQueriesContext(connection) as asked:
        assert told(a_case) == ["Mine"]
    assert not [one for one in asked if 'from "alerts_subscription"' in one["sql"].lower()]


def test_a_change_that_was_taken_back_leaves_no_version_behind(cast: Cast, a_case: ReleasedCase) -> None:
    before = version()
    with transaction.atomic():
        follows(cast.bob, "Mine")
        assert version() > before
        transaction.set_rollback(True)
    assert version() == before
    follows(cast.bob, "Kept")
    assert version() > before + 1
    assert told(a_case) == ["Kept"]


def version() -> int:
    with transaction.atomic(), acting_as(system(SystemTask.FAN_OUT)):
        return SubscriptionVersion.unguarded.values_list("version", flat=True).get()


def test_versions_rise_by_every_way_of_changing(cast: Cast) -> None:
    seen = [version()]
    one = follows(cast.bob, "Mine")
    seen.append(version())
    change(cast.bob, one, name="Still mine")
    seen.append(version())
    with transaction.atomic(), acting_as(cast.bob):
        rows = [Subscription(**cast.bob.seat, name=name, officer_id=cast.bob.officer_id) for name in "ab"]
        Subscription.unguarded.bulk_create(rows)
        Subscription.unguarded.filter(name="a").delete()
    seen.append(version())
    assert seen == sorted(set(seen))


def test_a_region_is_read_as_it_is_today(cast: Cast, a_case: ReleasedCase) -> None:
    from accounts.models import Administration, Region

    follows(cast.bob, "Americas", "region=AMC")
    assert told(a_case) == []
    country = a_case.route_countries[0]
    home = Administration.unguarded.get(code=country)
    Administration.unguarded.filter(pk=home.pk).update(region=Region.unguarded.get(code="AMC"))
    assert told(a_case) == ["Americas"]
