"""For whom: administrations named one by one, those of regions and liaison offices on the day, or all."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice, LiaisonOfficeMembership
from cen.addressees import Chosen


def addressed(actor: Actor, chosen: Chosen, *, told_before: Collection[int] = ()) -> list[Administration]:
    """The active administrations it is for today, by code, without the actor's own.

    told_before: keys of those who got an earlier one; they get this one too.
    """
    wanted = Q(pk__in=chosen.administrations) | Q(region_id__in=chosen.regions) | Q(pk__in=_served_by(chosen))
    wanted |= Q(pk__in=told_before)
    rows = policy_for(Administration).visible_to(actor, Action.LIST).filter(active=True)
    if not chosen.everyone:
        rows = rows.filter(wanted)
    return list(rows.exclude(pk__in=[actor.administration_id] if actor.administration_id else []).order_by("code"))


def _served_by(chosen: Chosen) -> list[int]:
    day = timezone.now().date()
    offices = LiaisonOffice.unguarded.filter(pk__in=chosen.liaison_offices, active=True)
    today = LiaisonOfficeMembership.unguarded.filter(
        Q(since__isnull=True) | Q(since__lte=day),
        Q(until__isnull=True) | Q(until__gt=day),
        liaison_office__in=offices,
        second=False,
    )
    return list(today.values_list("administration_id", flat=True))
