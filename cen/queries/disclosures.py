"""Lists of disclosures, and who read one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from audit.models import Event
from audit.verbs import Verb
from cen.models import Disclosure

LISTED = 200


@dataclass(frozen=True, slots=True)
class Lists:
    """asked_of_us: for those who answer; asked_by_me: for the asker."""

    asked_of_us: list[Disclosure]
    asked_by_me: list[Disclosure]


def disclosures_of(actor: Actor) -> Lists:
    """The newest disclosures that concern the actor, open ones first."""
    rows = policy_for(Disclosure).visible_to(actor, Action.LIST)
    rows = rows.select_related("released_case", "administration", "asked_by", "asking_administration")
    rows = rows.select_related("asking_liaison_office").order_by("-asked_at")
    mine = rows.filter(asked_by=actor.officer_id)[:LISTED]
    ours: Any = []
    if actor.administration_id is not None:
        ours = rows.filter(administration_id=actor.administration_id)[:LISTED]
    return Lists(sorted(ours, key=lambda one: one.state != "asked"), list(mine))


def readings(actor: Actor, disclosure: Disclosure) -> list[Event]:
    """Every reading of the granted copy, newest first. The asker sees those of his own seat, which are all."""
    policy_for(Disclosure).require(actor, Action.READ, disclosure)
    events = Event.unguarded.filter(object_kind="disclosure", object_id=str(disclosure.pk))
    return list(events.filter(verb=Verb.DISCLOSURE_READ).order_by("-occurred_at")[:LISTED])
