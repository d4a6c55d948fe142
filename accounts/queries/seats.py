"""The seats at which somebody may continue, for the menu of the account."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Posting


@dataclass(frozen=True, slots=True)
class Seat:
    """key as in `Posting.seat_key`."""

    key: str
    label: str
    current: bool


def seats_of(actor: Actor) -> list[Seat]:
    """Each seat of the person once, the oldest posting first."""
    today = timezone.now().date()
    held = (
        policy_for(Posting)
        .visible_to(actor, Action.LIST)
        .filter(Q(until__isnull=True) | Q(until__gt=today), since__lte=today, officer_id__in=[actor.officer_id])
        .select_related("administration", "liaison_office")
        .order_by("since", "id")
    )
    seats: dict[str, Seat] = {}
    for one in held:
        place = one.administration or one.liaison_office
        current = (one.administration_id, one.liaison_office_id, one.secretariat) == (
            actor.administration_id,
            actor.liaison_office_id,
            actor.secretariat,
        )
        seats.setdefault(one.seat_key, Seat(one.seat_key, place.name if place else _("Secretariat"), current))
    return list(seats.values())
