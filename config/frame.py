"""What every page's frame shows: who is signed in and where one can go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, ApiCredential, Invitation, Officer
from accounts.queries.seats import seats_of
from accounts.refusals import StepUpNeeded
from alerts.models import Alert, PeriodicTask
from cen.models import Case, Disclosure, Flash, ImportBatch, Incident, Party, ReleasedCase, WarningNotice, WatchEntry
from comm.models import DirectoryLink


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the side bar; `key` is pressed after `g`."""

    label: Any
    url: str
    icon: str
    key: str
    current: bool
    count: Any = 0


DESTINATIONS: tuple[tuple[Any, str, str, str, type[Model], Action], ...] = (
    (_("Home"), "home", "home", "h", Officer, Action.VISIT),
    (_("Inbox"), "inbox", "bell", "i", Alert, Action.LIST),
    (_("Own cases"), "own_cases", "case", "c", Case, Action.LIST),
    (_("Persons"), "search_parties", "person", "n", Party, Action.LOOK_UP),
    (_("Incidents"), "incidents", "incident", "e", Incident, Action.LIST),
    (_("Validation"), "queue", "validate", "v", ReleasedCase, Action.QUEUE),
    (_("Imports"), "imports", "upload", "m", ImportBatch, Action.LIST),
    (_("Published"), "published", "search", "p", ReleasedCase, Action.LIST),
    (_("Disclosures"), "disclosures", "unlock", "x", Disclosure, Action.LIST),
    (_("Flashes"), "flashes", "incident", "f", Flash, Action.LIST),
    (_("Warnings"), "warnings", "warning", "w", WarningNotice, Action.LIST),
    (_("Watch-list"), "watch_list", "eye", "y", WatchEntry, Action.LIST),
    (_("Sealed groups"), "sealed", "lock", "l", DirectoryLink, Action.LIST),
    (_("Administrations"), "directory", "people", "d", Administration, Action.LIST),
    (_("People"), "people", "person", "o", Invitation, Action.LIST),
    (_("API keys"), "credentials", "key", "k", ApiCredential, Action.LIST),
    (_("Workers and queues"), "operations", "settings", "q", PeriodicTask, Action.LIST),
)


# Beyond this nobody counts along; the badge says "99+".
COUNTED = 99


class Unread:
    """How many alerts wait unread: counted once, and only where a template asks for it.

    Pages without the frame never ask. Outside a page's transaction, where the database knows no actor, it is 0.
    """

    def __init__(self, actor: Actor | None) -> None:
        self.actor = actor
        self._number: int | None = None

    def number(self) -> int:
        """The number, at most COUNTED + 1."""
        if self._number is None:
            self._number = self._count()
        return self._number

    def badge(self) -> str:
        """The number as the badge shows it; blank for none."""
        number = self.number()
        return f"{COUNTED}+" if number > COUNTED else str(number or "")

    def _count(self) -> int:
        actor = self.actor
        if actor is None or getattr(connection, "opencen_actor", None) is None:
            return 0
        policy = policy_for(Alert)
        if policy.possible(actor, Action.LIST) is not None:
            return 0
        unread = policy.visible_to(actor, Action.LIST).filter(read_at__isnull=True).order_by()
        return unread[: COUNTED + 1].count()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/layout/page.html."""
    actor: Actor | None = getattr(request, "actor", None)
    unread = Unread(actor)
    places = []
    for label, name, icon, key, model, action in DESTINATIONS if actor else ():
        refusal = policy_for(model).possible(actor, action) if actor else None
        # What needs a fresh second factor is offered: the way there asks for it.
        if refusal is None or isinstance(refusal, StepUpNeeded):
            url = reverse(name)
            count: Any = unread.badge if name == "inbox" else 0
            places.append(Place(label, url, icon, key, request.path == url, count))
    seats = seats_of(actor) if actor else []
    return {
        "actor": actor,
        "navigation": places,
        "unread_alerts": unread.number,
        "unread_badge": unread.badge,
        "follows_alerts": actor is not None and policy_for(Alert).possible(actor, Action.LIST) is None,
        "seats": seats,
        "seat_name": next((seat.label for seat in seats if seat.current), ""),
        "demonstration": settings.DEMONSTRATION,
        "languages": settings.LANGUAGES,
    }
