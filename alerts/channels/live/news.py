"""What the database has new, and who may still listen: asked for all listeners of the process at once."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.api.authentication import still_live
from accounts.sign_in.standing import still_signed_in
from alerts.channels.live.answer import Ticket
from alerts.models import Alert
from alerts.sources import Recipient


def highest() -> int:
    """The newest number of all."""
    with transaction.atomic(), acting_as(system(SystemTask.LIVE)):
        return Alert.unguarded.aggregate(highest=Max("number"))["highest"] or 0


def news_since(number: int) -> dict[Recipient, int]:
    """For each recipient that got an alert behind the number: the number of its newest.

    Runs as the system task that serves all listeners of a process; nothing of an alert but its number is read.
    """
    with transaction.atomic(), acting_as(system(SystemTask.LIVE)):
        rows = Alert.unguarded.filter(number__gt=number).order_by()
        seats = rows.values_list("administration_id", "liaison_office_id", "secretariat", "officer_id")
        return {Recipient(*seat): newest for *seat, newest in seats.annotate(newest=Max("number"))}


def listens_for(actor: Actor) -> tuple[Recipient, ...]:
    """The inboxes whose alerts the actor may list: his desk's and his own, where the policy says so."""
    policy = policy_for(Alert)
    seat = (actor.administration_id, actor.liaison_office_id, actor.secretariat)
    inboxes = dict.fromkeys((Recipient(*seat, None), Recipient(*seat, actor.officer_id)))
    return tuple(one for one in inboxes if policy.allows(actor, Action.LIST, Alert(**one._asdict())))


def still_entitled(tickets: Collection[Ticket]) -> dict[Ticket, Actor]:
    """Those who would be let in now; whoever is missing has to go."""
    sessions = still_signed_in([one.session for one in tickets if one.session])
    keys = still_live([UUID(one.key) for one in tickets if one.key])
    found = {Ticket(session=key): actor for key, actor in sessions.items()}
    found |= {Ticket(key=str(key)): actor for key, actor in keys.items()}
    policy = policy_for(Alert)
    return {ticket: actor for ticket, actor in found.items() if policy.possible(actor, Action.LIST) is None}
