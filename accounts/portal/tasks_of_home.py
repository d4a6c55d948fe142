"""What needs somebody, gathered from the rooms: each registers a function, and this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from accounts.actor import Actor


class Urgency(IntEnum):
    """How loud a task is: late, waiting for an act, or for information."""

    LATE = 1
    WAITING = 2
    INFORMATION = 3


@dataclass(frozen=True, slots=True)
class HomeTask:
    """One line of "what needs me".

    label says what to do, in the reader's language; count is how many there are, counted within the policies,
    and capped where `more` says so; oldest is the moment since when the oldest waits; due the next deadline.
    """

    label: Any
    count: int
    url: str
    icon: str
    urgency: Urgency = Urgency.WAITING
    more: bool = False
    oldest: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something the actor could do though nothing asks for it."""

    label: Any
    text: Any
    url: str
    icon: str


type TasksOf = Callable[[Actor], Iterable[HomeTask]]
type SuggestionsFor = Callable[[Actor], Iterable[Suggestion]]

_tasks: list[TasksOf] = []
_suggestions: list[SuggestionsFor] = []


def register_tasks(function: TasksOf) -> TasksOf:
    """Adds a room's answer. It reads through policies only, and costs a query or two."""
    if function not in _tasks:
        _tasks.append(function)
    return function


def register_suggestions(function: SuggestionsFor) -> SuggestionsFor:
    """Adds what a room offers where nothing waits; it asks the database nothing."""
    if function not in _suggestions:
        _suggestions.append(function)
    return function


def tasks_for(actor: Actor) -> list[HomeTask]:
    """Everything that needs the actor, the most urgent first; what is at zero is left out."""
    found = [task for function in _tasks for task in function(actor) if task.count]
    return sorted(found, key=lambda task: task.urgency)


def suggestions_for(actor: Actor) -> list[Suggestion]:
    """What the actor could do."""
    return [one for function in _suggestions for one in function(actor)]
