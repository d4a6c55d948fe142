"""Own cases for machines: in the order in which they changed, so that a reader can follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from cen.models import Case


def changed(actor: Actor, *, states: list[str], behind: tuple[datetime, UUID] | None = None) -> QuerySet[Case]:
    """Own cases by time of their last change, oldest first, behind a place; `states` empty: in every state."""
    rows: Any = policy_for(Case).visible_to(actor, Action.LIST)
    if states:
        rows = rows.filter(state__in=states)
    if behind:
        moment, key = behind
        rows = rows.filter(Q(updated_at__gt=moment) | Q(updated_at=moment, pk__gt=key))
    return rows.order_by("updated_at", "pk")
