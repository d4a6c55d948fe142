"""Every address of the API with what may stand in its path, and the keys of the cast's seats that ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.client import ClientHandler

from accounts.access.actions import Action
from accounts.access.checks import declared_views, third_party
from accounts.access.declaration import Declaration
from accounts.access.policy import Policy
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue
from accounts.actor import Actor, ActorKind
from accounts.models import ApiCredential
from accounts.refusals import Absent, Refusal
from accounts.roles import Role
from accounts.scopes import Scope, scopes_for
from cen.models import Flash, FlashAddressee, ReleasedCase, ReleasedIdentifier
from tests.cast import Cast, seat_person

ROOT = "api/v1/"
# Its addresses carry bytes, not rows, and take a portal session too: tests/comm walks them.
SEALED = "api/v1/sealed/"
# Gives hints, each to whom they concern: tests/alerts follows it on a real server.
STREAM = "api/v1/alerts/stream"
KEYWORD = re.compile(r"<(?:\w+:)?(\w+)>")
# Addresses that give no rows of their object, and what stands in their path: the rule of the directory opens them, or
# they give figures.
WITHOUT_ROWS: dict[str, dict[str, str]] = {
    "api/v1/whoami": {},
    "api/v1/codelists": {},
    "api/v1/hit-rate": {},
    "api/v1/codelists/<str:name>": {"name": "category"},
}
# Objects that have no name of their own: the address names what they belong to.
BELONGS_TO: dict[type[Model], type[Model]] = {ReleasedIdentifier: ReleasedCase, FlashAddressee: Flash}
# Whoever looks after machines at the seats of the cast, where the cast itself has nobody who does.
KEEPERS = {
    "nora": ("NL", Role.NCP),
    "binta": ("SN", Role.NCP),
    "gita": ("secretariat", Role.SECRETARIAT_ADMINISTRATOR),
}


@dataclass(frozen=True)
class Address:
    """One address of the API, as the URL configuration and the view's declaration have it."""

    route: str
    declaration: Declaration

    @property
    def object(self) -> Any:
        """The model whose rule opens the address."""
        return self.declaration.object

    @property
    def named(self) -> Any:
        """The model of the objects that the path names; None where it names none."""
        if self.route in WITHOUT_ROWS or not KEYWORD.search(self.route):
            return None
        return BELONGS_TO.get(self.object, self.object)

    @property
    def lists(self) -> bool:
        """Whether it is the address of a whole list of rows."""
        if self.route == STREAM:
            return False
        return self.route not in WITHOUT_ROWS and not KEYWORD.search(self.route) and "GET" in self.declaration.actions

    def path(self, subject: Any = None) -> str | None:
        """The address for this object; None where it names a part that this object does not have."""
        parts = {name: self._part(name, subject) for name in KEYWORD.findall(self.route)}
        if None in parts.values():
            return None
        return "/" + KEYWORD.sub(lambda found: str(parts[found[1]]), self.route)

    def _part(self, name: str, subject: Any) -> str | None:
        if self.route in WITHOUT_ROWS:
            return WITHOUT_ROWS[self.route][name]
        if name == "sha256":
            return next((str(one["sha256"]) for one in subject.body.get("media", ())), None)
        assert hasattr(subject, name), f"/{self.route}: tests/access/api_addresses.py does not know its <{name}>"
        return str(getattr(subject, name))

    def subjects(self, table: dict[type[Model], list[Any]]) -> list[Any]:
        """Objects that the address can be asked for; a single None where it names none."""
        if self.named is None:
            return [None]
        assert self.named in table, f"/{self.route}: tests/access/objects.py has no {self.named}"
        return [one for one in table[self.named] if self.path(one)]

    def impossible(self, actor: Actor, method: str) -> Refusal | None:
        """Why the actor could do this to no object at all, by the rules of the declared and of the named model."""
        if refusal := policy_for(self.object).possible(actor, self.declaration.actions[method]):
            return refusal
        return policy_for(self.named).possible(actor, Action.READ) if self.named else None

    def refusal(self, actor: Actor, method: str, subject: Any) -> Refusal | None:
        """What the rules answer to this method for this object, or None."""
        if (refusal := self.impossible(actor, method)) or subject is None:
            return refusal
        policy, action = policy_for(self.named), self.declaration.actions[method]
        if self.named is not self.object or action is Action.LIST:
            # Named in the room of all that is published, not in its owner's.
            return None if sees(policy, actor, Action.LIST, subject) else Absent()
        if not sees(policy, actor, Action.READ, subject):
            return Absent()
        return policy.refusal(actor, action, subject)


def sees(policy: Policy[Any], actor: Actor, action: Action, subject: Model) -> bool:
    """Whether the object is among those that the rule yields; the rule's word on the object must agree."""
    with acting_as(actor):
        found = policy.visible_to(actor, action).filter(pk=subject.pk).exists()
    assert found == policy.allows(actor, action, subject), f"{policy.model.__name__}: which and may disagree"
    return bool(found)


@cache
def addresses() -> tuple[Address, ...]:
    """All declared addresses of the API."""
    return tuple(_addresses())


def _addresses() -> Iterator[Address]:
    for route, view, declaration in declared_views():
        if route.startswith(ROOT) and not route.startswith(SEALED) and not third_party(view):
            assert declaration, f"/{route} declares nothing"
            assert declaration.object, f"/{route} declares no object"
            yield Address(route, declaration)


@dataclass(frozen=True)
class Machine:
    """A machine of a seat with a key; `actor` is what the key should make of it, told from the seat alone."""

    actor: Actor
    credential: ApiCredential
    token: str

    def ask(self, method: str, path: str, client: Client | None = None) -> HttpResponse:
        """The answer; what it changed is taken back."""
        return asked(method, path, {"Authorization": f"Bearer {self.token}"}, client)


def asked(method: str, path: str, headers: dict[str, str], client: Client | None = None) -> HttpResponse:
    """The answer to an empty document, sent as one that saw the first revision; what it changed is taken back."""
    asker = client or Client()
    asker.handler = _handler()
    with transaction.atomic():
        answer: Any = asker.generic(
            method, path, "{}", content_type="application/json", headers={"If-Match": '"1"', **headers}
        )
        transaction.set_rollback(True)
    return answer


@cache
def _handler() -> ClientHandler:
    """All of the middleware but the files of the portal, loaded once: that alone is most of a test's request."""
    handler = ClientHandler(enforce_csrf_checks=False)
    with override_settings(MIDDLEWARE=[one for one in settings.MIDDLEWARE if "servestatic" not in one]):
        handler.load_middleware()
    return handler


def keepers(cast: Cast) -> dict[str, Actor]:
    """For every seat of the cast somebody who may make its keys: of the cast, as the rule says, or a newcomer."""
    ours = {name: actor for name, actor in cast.everybody().items() if may_make_keys(actor)}
    return ours | {name: seat_person(name, seat, role) for name, (seat, role) in KEEPERS.items()}


def may_make_keys(actor: Actor) -> bool:
    """Whether the rule lets this person make a key of the own seat."""
    key = ApiCredential(
        administration_id=actor.administration_id,
        liaison_office_id=actor.liaison_office_id,
        secretariat=actor.secretariat,
    )
    return policy_for(ApiCredential).refusal(actor, Action.CREATE, key) is None


def every_scope(actor: Actor) -> tuple[Scope, ...]:
    """All that a key of the seat may carry."""
    return scopes_for(administration=actor.administration_id is not None)


def machine_of(keeper: Actor, scopes: Iterable[Scope] | None = None) -> Machine:
    """A machine with a key of the keeper's seat; without scopes given, with all that a key of it may carry.

    Scopes that nobody would give it (none at all, another seat's) are written past the keeper.
    """
    wanted, usual = frozenset(every_scope(keeper) if scopes is None else scopes), every_scope(keeper)
    with transaction.atomic(), acting_as(keeper):
        credential, token = issue(keeper, name="system", scopes=usual)
    if wanted != frozenset(usual):
        ApiCredential.unguarded.filter(pk=credential.pk).update(scopes=sorted(wanted))
    actor = Actor(
        kind=ActorKind.CLIENT,
        client_id=credential.pk,
        administration_id=keeper.administration_id,
        liaison_office_id=keeper.liaison_office_id,
        secretariat=keeper.secretariat,
        roles=frozenset({Role.API_CLIENT}),
        scopes=wanted,
    )
    return Machine(actor, credential, token)


class Network(NamedTuple):
    """Objects of every kind, and somebody at every seat of the cast who makes its keys."""

    table: dict[type[Model], list[Any]]
    keepers: dict[str, Actor]


def calls(network: Network) -> Iterator[tuple[Address, str, Any, str]]:
    """Every declared method of every address for every object that it can name."""
    for address in addresses():
        for subject in address.subjects(network.table):
            for method in address.declaration.actions:
                yield address, method, subject, str(address.path(subject))


def one_call_each(network: Network, welcome: Actor | None = None) -> Iterator[tuple[Address, str, Any, str]]:
    """Every declared method of every address, for one object: where there is one, for which `welcome` is let in."""
    for address in addresses():
        subjects = address.subjects(network.table)
        for method in address.declaration.actions:
            open_ones = (one for one in subjects if welcome and not address.refusal(welcome, method, one))
            subject = next(open_ones, subjects[0])
            yield address, method, subject, str(address.path(subject))
