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
from accounts.models import Administration, Officer
from accounts.refusals import StepUpNeeded
from alerts.models import Alert
from cen.models import Case, Disclosure, Party, ReleasedCase


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
    (_("Persons"), "search_parties", "person", "n", Party, Action.LOOK_UP),
    (_("Validation"), "queue", "validate", "v", ReleasedCase, Action.QUEUE),
    (_("Published"), "published", "search", "p", ReleasedCase, Action.LIST),
    (_("Disclosures"), "disclosures", "unlock", "x", Disclosure, Action.LIST),
    (_("Administrations"), "directory", "people", "d", Administration, Action.LIST),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/layout/page.html."""
    actor: Actor | None = getattr(request, "actor", None)
    places = []
    for label, name, icon, key, model, action in DESTINATIONS if actor else ():
        refusal = policy_for(model).possible(actor, action) if actor else None
        # What needs a fresh second factor is offered: the way there asks for it.
        if refusal is None or isinstance(refusal, StepUpNeeded):
            url = reverse(name)
            places.append(Place(label, url, icon, key, request.path == url))
    return {
        "actor": actor,
        "navigation": places,
        "demonstration": settings.DEMONSTRATION,
        "languages": settings.LANGUAGES,
    }
