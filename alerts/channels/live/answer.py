"""How a request for the stream is answered: checked like any other page, then handed to the front that keeps it open.

Where no such front serves (a plain WSGI server), the answer is the first event alone, and the browser comes again after
a while: a slow stream, but a right one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Refusal
from alerts.models import Alert

CONTENT_TYPE = "text/event-stream"
# After a cut the browser comes again after three seconds; without the front it would otherwise come all the time.
RETRY, RETRY_WITHOUT_FRONT = 3_000, 30_000
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Ticket:
    """How the listener was let in, so that it can be asked again: a session's key, or an API key's id."""

    session: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who listens, from where (`after`: the number it knows; None: nothing yet), and the newest it may read."""

    actor: Actor
    ticket: Ticket
    after: int | None
    newest: int

    @property
    def behind(self) -> bool:
        """Whether there is something to look at already. A number from the future is of another database: look."""
        return self.newest != self.after if self.after is not None else self.newest > 0


class LiveAnswer(HttpResponse):
    """Carries what the front needs to keep the stream open."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(
            retry(RETRY_WITHOUT_FRONT) + event(opening.newest, look=opening.behind), content_type=CONTENT_TYPE
        )
        self.opening = opening
        # A proxy in between must pass each event on at once.
        self["X-Accel-Buffering"] = "no"
        self["Cache-Control"] = "no-store"


def live_answer(request: HttpRequest, actor: Actor, ticket: Ticket) -> LiveAnswer:
    """Opens the stream of the actor's alerts, inside the transaction in which the database knows him."""
    newest = policy_for(Alert).visible_to(actor, Action.LIST).aggregate(newest=Max("number"))["newest"]
    return LiveAnswer(Opening(actor, ticket, _after(request), newest or 0))


def event(number: int, *, look: bool) -> bytes:
    """One event: `look` where something is new, `at` where it only says how far the listener is."""
    return f"id: {number}\nevent: {'look' if look else 'at'}\ndata: {number}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """When a browser that was cut off comes again."""
    return f"retry: {milliseconds}\n".encode()


def _after(request: HttpRequest) -> int | None:
    """What a browser sends after a cut wins over what the address said at first."""
    raw = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    if not raw:
        return None
    if not raw.isascii() or not raw.isdecimal() or int(raw[:20]) > LARGEST:
        raise Refusal(_("after is the number of an alert."), code="parameter_unreadable")
    return int(raw)
