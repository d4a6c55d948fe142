"""Every address of the API, asked with every key a seat of the cast could have, answers as its rule says."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from accounts.access.actions import Action
from accounts.access.checks import declared_views, third_party
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor
from accounts.refusals import Forbidden, Refusal, RulesBroken
from accounts.scopes import Scope
from tests.access.api_addresses import (
    KEEPERS,
    ROOT,
    SEALED,
    WITHOUT_ROWS,
    Address,
    Network,
    addresses,
    asked,
    calls,
    every_scope,
    machine_of,
    may_make_keys,
    one_call_each,
)
from tests.cast import SEATS, Cast

pytestmark = pytest.mark.django_db
EVERY_METHOD = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
# Parameters that no address takes, among them the words by which other systems let a caller ask for more.
UNKNOWN = (("colour", "red"), ("format", "json"), ("format", "xml"), ("expand", "party"), ("fields", "sealed"))
# Done, or the empty document was refused with what is missing.
FINE = {200, 201, 422}
HOLDERS = ("amira", "rosa", "ravi", *KEEPERS)


def says(answer: HttpResponse, refusal: Refusal | None) -> bool:
    """Whether the answer is what the rule answers: the same status, code and sentence, or no refusal at all."""
    if refusal is None:
        return answer.status_code in FINE
    told = answer.json()  # type: ignore[attr-defined]
    wanted = (refusal.status, refusal.code, str(refusal.sentence))
    return (answer.status_code, told.get("code"), told.get("title")) == wanted


class TestTheWalk:
    def test_it_finds_every_address_of_the_api(self) -> None:
        found = {address.route for address in addresses()}
        declared = {route for route, view, _ in declared_views() if route.startswith(ROOT) and not third_party(view)}
        assert found == {route for route in declared if not route.startswith(SEALED)}
        assert len(found) >= 12
        assert set(WITHOUT_ROWS) < found
        assert len([address for address in addresses() if address.lists]) >= 4
        assert len([address for address in addresses() if address.named]) >= 5

    def test_every_address_asks_for_a_scope(self) -> None:
        for address in addresses():
            for method, action in address.declaration.actions.items():
                assert policy_for(address.object).rule(action).scope, (method, address.route)

    def test_each_seat_of_the_cast_has_somebody_who_makes_its_keys(self, cast: Cast, network: Network) -> None:
        assert set(network.keepers) == set(HOLDERS)
        assert all(may_make_keys(actor) for actor in network.keepers.values())
        seats = {(one.administration_id, one.liaison_office_id) for one in cast.everybody().values()}
        assert {(one.administration_id, one.liaison_office_id) for one in network.keepers.values()} == seats

    def test_nobody_else_of_the_cast_makes_one(self, cast: Cast) -> None:
        others = {name: actor for name, actor in cast.everybody().items() if not may_make_keys(actor)}
        assert set(others) == set(SEATS) - set(HOLDERS)
        for actor in others.values():
            with pytest.raises(Forbidden), acting_as(actor):
                issue(actor, name="system", scopes=[Scope.PUBLISHED_READ])


class TestWhatAKeyOpens:
    @pytest.mark.parametrize("name", HOLDERS)
    def test_with_all_its_scopes_it_gets_for_every_object_what_the_rule_says(self, network: Network, name: str) -> None:
        machine, wrong, answers = machine_of(network.keepers[name]), [], set()
        for address, method, subject, path in calls(network):
            refusal, answer = address.refusal(machine.actor, method, subject), machine.ask(method, path)
            answers.add(answer.status_code)
            if not says(answer, refusal):
                wrong.append((method, path, answer.status_code, answer.content[:200], refusal))
        assert wrong == []
        assert answers >= {200, 404}

    @pytest.mark.parametrize("name", HOLDERS)
    def test_without_a_scope_it_is_told_which_one_and_the_rest_is_as_before(self, network: Network, name: str) -> None:
        keeper = network.keepers[name]
        told, wrong = set(), []
        asked_for = list(one_call_each(network, machine_of(keeper).actor))
        for scope in every_scope(keeper):
            machine = machine_of(keeper, set(every_scope(keeper)) - {scope})
            for address, method, subject, path in asked_for:
                refusal, answer = address.refusal(machine.actor, method, subject), machine.ask(method, path)
                if not says(answer, refusal):
                    wrong.append((scope, method, path, answer.status_code, answer.content[:200], refusal))
                if policy_for(address.object).rule(address.declaration.actions[method]).scope == scope:
                    assert answer.status_code == 403, (scope, method, path)
                    assert scope.value in answer.json()["title"], (method, path)  # type: ignore[attr-defined]
                    told.add(scope)
        assert wrong == []
        assert told == {scope for scope in scopes_in_use() if scope in every_scope(keeper)}

    def test_without_any_scope_it_opens_nothing(self, network: Network) -> None:
        for name, keeper in network.keepers.items():
            machine = machine_of(keeper, ())
            answers: list[Any] = [machine.ask(method, path) for _, method, _, path in one_call_each(network, keeper)]
            assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "scope_missing")}, name

    def test_the_scopes_of_another_kind_of_seat_are_not_given_and_open_nothing(self, network: Network) -> None:
        for keeper in network.keepers.values():
            foreign = set(Scope) - set(every_scope(keeper))
            if not foreign:
                continue
            with pytest.raises(RulesBroken), acting_as(keeper):
                issue(keeper, name="system", scopes=foreign)
            machine = machine_of(keeper, foreign)
            answers = {machine.ask(method, path).status_code for _, method, _, path in one_call_each(network)}
            assert answers == {403}


def scopes_in_use() -> set[Scope]:
    """The scopes that some address asks for."""
    rules = [policy_for(one.object).rule(action) for one in addresses() for action in one.declaration.actions.values()]
    return {rule.scope for rule in rules if rule.scope}


class TestLists:
    """A list gives exactly the rows that its rule yields."""

    def test_every_list_gives_each_seat_what_it_may_see_and_nothing_else(self, network: Network) -> None:
        given: dict[str, set[str]] = defaultdict(set)
        kept_back: dict[str, set[str]] = defaultdict(set)
        for keeper in network.keepers.values():
            machine = machine_of(keeper)
            for address in addresses():
                if not address.lists or address.impossible(machine.actor, "GET"):
                    continue
                path = str(address.path())
                shown = names_in(machine.ask("GET", path), address.object)
                assert sorted(shown) == sorted(names_of(address, machine.actor)), path
                everything = network.table[address.object]
                allowed = {
                    name_of(one)
                    for one in everything
                    if policy_for(address.object).allows(machine.actor, address.declaration.actions["GET"], one)
                }
                assert set(shown) & set(map(name_of, everything)) == allowed, path
                given[address.route] |= allowed
                kept_back[address.route] |= set(map(name_of, everything)) - allowed
        lists = {address.route for address in addresses() if address.lists}
        assert {route for route, names in given.items() if names} == lists
        assert {route for route, names in kept_back.items() if names} == lists

    def test_what_belongs_to_an_object_is_given_to_whom_its_own_rule_gives_it(self, network: Network) -> None:
        given, kept_back, asked_for = 0, 0, 0
        for keeper in network.keepers.values():
            machine = machine_of(keeper)
            for address, method, subject, path in calls(network):
                if address.named is address.object or subject is None:
                    continue
                if address.refusal(machine.actor, method, subject):
                    continue
                relation = next(one for one in address.object._meta.fields if one.related_model is address.named)
                rows = [one for one in network.table[address.object] if getattr(one, relation.attname) == subject.pk]
                allowed = [one for one in rows if policy_for(address.object).allows(machine.actor, Action.READ, one)]
                assert names_in(machine.ask(method, path), address.object) == [name_of(one) for one in allowed], path
                given += len(allowed)
                kept_back += len(rows) - len(allowed)
                asked_for += 1
        assert min(given, kept_back, asked_for) > 0

    def test_what_names_no_rows_is_the_same_for_everybody_but_for_the_own_seat(self, network: Network) -> None:
        machines = [machine_of(keeper) for keeper in network.keepers.values()]
        for route in set(WITHOUT_ROWS) - {"api/v1/whoami", "api/v1/hit-rate"}:
            [address] = [one for one in addresses() if one.route == route]
            assert len({machine.ask("GET", str(address.path())).content for machine in machines}) == 1
        seats = [machine.ask("GET", "/api/v1/whoami").json()["seat"] for machine in machines]  # type: ignore[attr-defined]
        assert {one["code"] for one in seats} == {seat for seat, _ in SEATS.values()} - {"secretariat"} | {""}


def name_field(model: Any) -> str:
    """The field by which a row of a list can be told from others."""
    fields = {one.name for one in model._meta.fields}
    return next(one for one in ("reference", "normalised", "id") if one in fields)


def name_of(row: Model) -> str:
    return str(getattr(row, name_field(type(row))))


def names_in(answer: Any, model: type[Model]) -> list[str]:
    """The names of the rows of an answer."""
    document = answer.json()
    assert document.get("next") is None, "the list has more than one page: ask for a larger one"
    return [str(one[name_field(model)]) for one in document["results"]]


def names_of(address: Address, actor: Actor) -> list[str]:
    """The names of the rows that the rule of the address yields."""
    with acting_as(actor):
        rows = policy_for(address.object).visible_to(actor, address.declaration.actions["GET"])
        return [str(one) for one in rows.values_list(name_field(address.object), flat=True)]


class TestWhatIsNotDeclared:
    def test_no_other_method_is_served(self, network: Network) -> None:
        machines, refused = [machine_of(network.keepers[name]) for name in ("amira", "gita")], 0
        for address in addresses():
            path = str(address.path(address.subjects(network.table)[0]))
            for method in sorted(EVERY_METHOD - set(address.declaration.actions)):
                assert [machine.ask(method, path).status_code for machine in machines] == [405, 405], (method, path)
                refused += 1
        assert refused > 70

    def test_no_other_method_tells_a_stranger_anything(self, network: Network) -> None:
        for address in addresses():
            path = str(address.path(address.subjects(network.table)[0]))
            assert {asked(method, path, {}).status_code for method in EVERY_METHOD} == {401}, path

    def test_an_unknown_parameter_is_refused_wherever_the_rule_would_let_one_in(self, network: Network) -> None:
        reached = set()
        for keeper in network.keepers.values():
            machine = machine_of(keeper)
            for address, method, subject, path in calls(network):
                if (method, address.route) in reached or address.refusal(machine.actor, method, subject):
                    continue
                for name, value in UNKNOWN:
                    answer: Any = machine.ask(method, f"{path}?{name}={value}")
                    assert answer.status_code == 400, (method, path, name, answer.status_code)
                    assert name in answer.json()["title"], (method, path)
                reached.add((method, address.route))
        declared = {(method, address.route) for address in addresses() for method in address.declaration.actions}
        assert reached == declared

    def test_the_description_holds_no_data_and_is_the_same_for_everybody(self, network: Network) -> None:
        open_ones = [f"/{route}" for route, view, _ in declared_views() if route.startswith(ROOT) and third_party(view)]
        assert open_ones == ["/api/v1/openapi.json"]
        machine = machine_of(network.keepers["amira"])
        assert machine.ask("GET", open_ones[0]).content == Client().get(open_ones[0]).content
