"""What every page's frame shows: who is signed in and where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, ApiCredential, Invitation, Officer
from accounts.queries.seats import seats_of
from alerts.models import Alert
from cen.models import Case, ReleasedCase


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the side bar; `key` is pressed after `g`."""

    label: Any
    url: str
    icon: str
    key: str
    current: bool
    count: int = 0


DESTINATIONS: tuple[tuple[Any, str, str, str, type[Model], Action], ...] = (
    (_("Home"), "home", "home", "h", Officer, Action.VISIT),
    (_("Inbox"), "inbox", "bell", "i", Alert, Action.LIST),
    (_("Own cases"), "own_cases", "case", "c", Case, Action.LIST),
    (_("Validation"), "queue", "validate", "v", ReleasedCase, Action.QUEUE),
    (_("Published"), "published", "search", "p", ReleasedCase, Action.LIST),
    (_("Administrations"), "directory", "people", "d", Administration, Action.LIST),
    (_("People"), "people", "person", "o", Invitation, Action.LIST),
    (_("API keys"), "credentials", "key", "k", ApiCredential, Action.LIST),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/layout/page.html."""
    actor: Actor | None = getattr(request, "actor", None)
    places = []
    for label, name, icon, key, model, action in DESTINATIONS if actor else ():
        if actor and policy_for(model).possible(actor, action) is None:
            url = reverse(name)
            places.append(Place(label, url, icon, key, request.path == url))
    seats = seats_of(actor) if actor else []
    return {
        "actor": actor,
        "navigation": places,
        "seats": seats,
        "seat_name": next((seat.label for seat in seats if seat.current), ""),
        "demonstration": settings.DEMONSTRATION,
        "languages": settings.LANGUAGES,
    }
