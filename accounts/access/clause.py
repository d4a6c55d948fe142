"""Small named facts that say themselves three ways.

A clause answers for one object (`holds`: may?), as a filter on the objects (`rows`: which?) and as a filter
on postings (`seats`: who?). The primitives derive all three from the same two words, a path on the object
and a fact of the actor, so that they cannot drift apart; `&` and `|` combine them. `possible` says whether
any object at all could satisfy the clause for this actor, which decides between an empty list and a refusal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from accounts.actor import Actor, ActorKind, SystemTask, fact_is_missing
from accounts.roles import Role

EVERY = Q()
NONE = Q(pk__in=())


def _is_none(query: Q) -> bool:
    return query == NONE


def _both(left: Q, right: Q) -> Q:
    return NONE if _is_none(left) or _is_none(right) else left & right


def _either(left: Q, right: Q) -> Q:
    if _is_none(left) or right == EVERY:
        return right
    if _is_none(right) or left == EVERY:
        return left
    return left | right


def value_at(subject: Model, path: str) -> Any:
    """Follows a Django path such as `case__administration_id` on an object in memory."""
    value: Any = subject
    for step in path.split("__"):
        if value is None:
            return None
        value = getattr(value, step)
    return value


class Clause(ABC):
    """A named condition between an actor and an object."""

    sentence: str

    @abstractmethod
    def holds(self, actor: Actor, subject: Model) -> bool: ...

    @abstractmethod
    def rows(self, actor: Actor) -> Q: ...

    @abstractmethod
    def seats(self, subject: Model) -> Q: ...

    @abstractmethod
    def possible(self, actor: Actor) -> bool: ...

    def __and__(self, other: Clause) -> Clause:
        return And(self, other)

    def __or__(self, other: Clause) -> Clause:
        return Or(self, other)


class And(Clause):
    def __init__(self, *parts: Clause) -> None:
        self.parts = parts
        self.sentence = " and ".join(f"({part.sentence})" if isinstance(part, Or) else part.sentence for part in parts)

    def holds(self, actor: Actor, subject: Model) -> bool:
        return all(part.holds(actor, subject) for part in self.parts)

    def rows(self, actor: Actor) -> Q:
        query = EVERY
        for part in self.parts:
            query = _both(query, part.rows(actor))
        return query

    def seats(self, subject: Model) -> Q:
        query = EVERY
        for part in self.parts:
            query = _both(query, part.seats(subject))
        return query

    def possible(self, actor: Actor) -> bool:
        return all(part.possible(actor) for part in self.parts)


class Or(Clause):
    def __init__(self, *parts: Clause) -> None:
        self.parts = parts
        self.sentence = ", or ".join(part.sentence for part in parts)

    def holds(self, actor: Actor, subject: Model) -> bool:
        return any(part.holds(actor, subject) for part in self.parts)

    def rows(self, actor: Actor) -> Q:
        query = NONE
        for part in self.parts:
            query = _either(query, part.rows(actor))
        return query

    def seats(self, subject: Model) -> Q:
        query = NONE
        for part in self.parts:
            query = _either(query, part.seats(subject))
        return query

    def possible(self, actor: Actor) -> bool:
        return any(part.possible(actor) for part in self.parts)


class Same(Clause):
    """The object's value at `path` is the actor's `fact` (also the name of the posting's column)."""

    def __init__(self, path: str, fact: str, sentence: str) -> None:
        self.path, self.fact, self.sentence = path, fact, sentence

    def holds(self, actor: Actor, subject: Model) -> bool:
        fact = getattr(actor, self.fact)
        return not fact_is_missing(fact) and value_at(subject, self.path) == fact

    def rows(self, actor: Actor) -> Q:
        fact = getattr(actor, self.fact)
        return NONE if fact_is_missing(fact) else Q(**{self.path: fact})

    def seats(self, subject: Model) -> Q:
        value = value_at(subject, self.path)
        return NONE if value is None else Q(**{self.fact: value})

    def possible(self, actor: Actor) -> bool:
        return not fact_is_missing(getattr(actor, self.fact))


class Differs(Clause):
    """The object's value at `path` is not the actor's `fact`: another person than the author, say."""

    def __init__(self, path: str, fact: str, sentence: str) -> None:
        self.path, self.fact, self.sentence = path, fact, sentence

    def holds(self, actor: Actor, subject: Model) -> bool:
        fact = getattr(actor, self.fact)
        return fact_is_missing(fact) or value_at(subject, self.path) != fact

    def rows(self, actor: Actor) -> Q:
        fact = getattr(actor, self.fact)
        return EVERY if fact_is_missing(fact) else ~Q(**{self.path: fact})

    def seats(self, subject: Model) -> Q:
        value = value_at(subject, self.path)
        return EVERY if value is None else ~Q(**{self.fact: value})

    def possible(self, actor: Actor) -> bool:
        return True


class Is(Clause):
    """The object's value at `path` is one of `values`, whoever asks."""

    def __init__(self, path: str, values: Iterable[Any], sentence: str) -> None:
        self.path, self.values, self.sentence = path, tuple(values), sentence

    def holds(self, actor: Actor, subject: Model) -> bool:
        return value_at(subject, self.path) in self.values

    def rows(self, actor: Actor) -> Q:
        wanted = [value for value in self.values if value is not None]
        query = Q(**{f"{self.path}__in": wanted})
        return query | Q(**{f"{self.path}__isnull": True}) if None in self.values else query

    def seats(self, subject: Model) -> Q:
        return EVERY if value_at(subject, self.path) in self.values else NONE

    def possible(self, actor: Actor) -> bool:
        return True


class Among(Clause):
    """The actor's `fact` is in the object's array at `path`."""

    def __init__(self, path: str, fact: str, sentence: str) -> None:
        self.path, self.fact, self.sentence = path, fact, sentence

    def holds(self, actor: Actor, subject: Model) -> bool:
        fact = getattr(actor, self.fact)
        return not fact_is_missing(fact) and fact in (value_at(subject, self.path) or ())

    def rows(self, actor: Actor) -> Q:
        fact = getattr(actor, self.fact)
        return NONE if fact_is_missing(fact) else Q(**{f"{self.path}__contains": [fact]})

    def seats(self, subject: Model) -> Q:
        values = value_at(subject, self.path) or ()
        return Q(**{f"{self.fact}__in": list(values)}) if values else NONE

    def possible(self, actor: Actor) -> bool:
        return not fact_is_missing(getattr(actor, self.fact))


class InForce(Clause):
    """The moment in the object's `path` has not come yet (nothing there: no end)."""

    def __init__(self, path: str, sentence: str, *, open_ended: bool = True) -> None:
        self.path, self.sentence, self.open_ended = path, sentence, open_ended

    def holds(self, actor: Actor, subject: Model) -> bool:
        until: datetime | None = value_at(subject, self.path)
        return self.open_ended if until is None else until > timezone.now()

    def rows(self, actor: Actor) -> Q:
        query = Q(**{f"{self.path}__gt": timezone.now()})
        return query | Q(**{f"{self.path}__isnull": True}) if self.open_ended else query

    def seats(self, subject: Model) -> Q:
        until: datetime | None = value_at(subject, self.path)
        in_force = self.open_ended if until is None else until > timezone.now()
        return EVERY if in_force else NONE

    def possible(self, actor: Actor) -> bool:
        return True


class Holds(Clause):
    """The actor holds one of the roles at the seat."""

    def __init__(self, *roles: Role, sentence: str = "") -> None:
        self.roles = roles
        self.sentence = sentence or "has the role " + " or ".join(str(role.label) for role in roles)

    def holds(self, actor: Actor, subject: Model) -> bool:
        return actor.holds(*self.roles)

    def rows(self, actor: Actor) -> Q:
        return EVERY if actor.holds(*self.roles) else NONE

    def seats(self, subject: Model) -> Q:
        return Q(role__in=[role for role in self.roles if role != Role.API_CLIENT])

    def possible(self, actor: Actor) -> bool:
        return actor.holds(*self.roles)


class SignedIn(Clause):
    """Any officer or client with a seat."""

    sentence = "has a seat in the network"

    def holds(self, actor: Actor, subject: Model) -> bool:
        return not actor.is_system

    def rows(self, actor: Actor) -> Q:
        return NONE if actor.is_system else EVERY

    def seats(self, subject: Model) -> Q:
        return EVERY

    def possible(self, actor: Actor) -> bool:
        return not actor.is_system


class IsPerson(SignedIn):
    """An officer, not a machine."""

    sentence = "is a person, not a machine"

    def holds(self, actor: Actor, subject: Model) -> bool:
        return actor.kind is ActorKind.OFFICER

    def rows(self, actor: Actor) -> Q:
        return EVERY if actor.kind is ActorKind.OFFICER else NONE

    def possible(self, actor: Actor) -> bool:
        return actor.kind is ActorKind.OFFICER


class AsTask(Clause):
    """A named system task."""

    def __init__(self, *tasks: SystemTask) -> None:
        self.tasks = tasks
        self.sentence = "is the system task " + " or ".join(tasks)

    def holds(self, actor: Actor, subject: Model) -> bool:
        return actor.task in self.tasks

    def rows(self, actor: Actor) -> Q:
        return EVERY if actor.task in self.tasks else NONE

    def seats(self, subject: Model) -> Q:
        return NONE

    def possible(self, actor: Actor) -> bool:
        return actor.task in self.tasks
