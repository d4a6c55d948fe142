"""The small cast every test speaks of: who is who, at which seat, with which role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.middleware import actor_of_officer
from accounts.models import Administration, LiaisonOffice, Officer, Posting
from accounts.roles import Role
from alerts.models import Subscription

LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True)
class Cast:
    """Actors with a fresh second factor. A and B share Rosa's liaison office; C has Ravi's; D has none."""

    alice: Actor
    amira: Actor
    bob: Actor
    rosa: Actor
    ravi: Actor
    sam: Actor
    dora: Actor
    mallory: Actor

    def everybody(self) -> dict[str, Actor]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


# name: (two letters of the administration, or the liaison office's code, or "secretariat"; role)
SEATS = {
    "alice": ("GH", Role.OFFICER),
    "amira": ("GH", Role.NCP),
    "bob": ("SN", Role.OFFICER),
    "rosa": ("WA", Role.LIAISON_ANALYST),
    "ravi": ("AP", Role.LIAISON_ANALYST),
    "sam": ("secretariat", Role.SECRETARIAT_ANALYST),
    "dora": ("GH", Role.DATA_PROTECTION),
    "mallory": ("NL", Role.OFFICER),
}


def seat_cast(*, desks: bool = False) -> Cast:
    """Makes the officers and their postings; returns them as actors.

    Unless desks are wanted, what the desks of the network follow from the beginning is paused, so that an
    inbox holds what the test itself speaks of.
    """
    if not desks:
        with transaction.atomic(), acting_as(system(SystemTask.REFERENCE)):
            Subscription.unguarded.filter(initial=True).update(active=False)
    return Cast(**{name: seat_person(name, seat, role) for name, (seat, role) in SEATS.items()})


def seat_person(name: str, seat: str, role: Role) -> Actor:
    """One officer at one seat, stepped up."""
    officer = Officer.unguarded.create_user(f"{name}@example.org", display_name=name.title())
    Posting.unguarded.create(officer=officer, role=role, since=LONG_AGO, **seat_of(seat))
    actor = actor_of_officer(officer, stepped_up=timezone.now().timestamp())
    assert actor is not None
    return actor


def posting_of(actor: Actor) -> Posting:
    """The actor's only posting."""
    found: Posting = Posting.unguarded.get(officer_id__in=[actor.officer_id])
    return found


def postings_of(actor: Actor) -> QuerySet[Posting]:
    """All postings of the actor."""
    found: QuerySet[Posting] = Posting.unguarded.filter(officer_id__in=[actor.officer_id])
    return found


def post(actor: Actor, role: Role, seat: str, since: date = LONG_AGO) -> Posting:
    """One more posting for the actor's officer."""
    assert actor.officer_id is not None
    made: Posting = Posting.unguarded.create(officer_id=actor.officer_id, role=role, since=since, **seat_of(seat))
    return made


def seat_of(seat: str) -> dict[str, object]:
    if seat == "secretariat":
        return {"secretariat": True}
    if seat in {"WA", "AP"}:
        return {"liaison_office": LiaisonOffice.unguarded.get(code=seat)}
    return {"administration": Administration.unguarded.get(code=seat)}
