"""A key may only narrow: nothing that nobody at its seat may see or do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db.models import Model

from accounts.access.actions import Action
from accounts.access.registry import policies, policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor
from accounts.api.authentication import actor_of_credential
from accounts.roles import AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT
from accounts.scopes import Scope
from tests.access.api_addresses import Network, addresses, every_scope, machine_of

pytestmark = pytest.mark.django_db


def test_what_a_key_makes_of_a_machine_is_its_seat_and_its_scopes(network: Network) -> None:
    for keeper in network.keepers.values():
        for machine in (machine_of(keeper), machine_of(keeper, [Scope.ALERTS_READ]), machine_of(keeper, ())):
            assert actor_of_credential(*machine.token.split(".")) == machine.actor


def test_a_key_allows_nothing_that_nobody_at_its_seat_may_do(network: Network) -> None:
    allowed = 0
    for keeper in network.keepers.values():
        machine, colleagues = machine_of(keeper).actor, replace(keeper, roles=roles_at(keeper))
        for policy in policies():
            for action in policy.rules:
                for one in network.table.get(policy.model, ()):
                    if policy.allows(machine, action, one):
                        assert policy.allows(colleagues, action, one), (policy.model, action)
                        allowed += 1
    assert allowed > 40


def test_a_key_yields_no_row_that_nobody_at_its_seat_may_see_and_fewer_scopes_yield_no_more(network: Network) -> None:
    for keeper in network.keepers.values():
        machine, colleagues = machine_of(keeper).actor, replace(keeper, roles=roles_at(keeper))
        for address in addresses():
            action = address.declaration.actions.get("GET", Action.READ)
            full = rows_for(machine, address.object, action)
            assert full <= rows_for(colleagues, address.object, action), address.route
            for scope in every_scope(keeper):
                fewer = replace(machine, scopes=(machine.scopes or frozenset()) - {scope})
                assert rows_for(fewer, address.object, action) <= full, (address.route, scope)


def roles_at(actor: Actor) -> frozenset[Any]:
    """All roles that people can have at the actor's seat."""
    if actor.administration_id:
        return AT_ADMINISTRATION
    return AT_LIAISON_OFFICE if actor.liaison_office_id else AT_SECRETARIAT


def rows_for(actor: Actor, model: type[Model], action: Action) -> set[Any]:
    with acting_as(actor):
        return set(policy_for(model).visible_to(actor, action).values_list("pk", flat=True))
