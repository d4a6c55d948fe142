"""The live stream of the inbox for browsers, and the number that they show."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Refusal
from alerts.channels.live.answer import Ticket, live_answer
from alerts.models import Alert

# Beyond this nobody counts along; the badge says "99+".
COUNTED = 99


@page(Alert, Action.LIST, methods=("GET",))
def live(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Says "look" whenever the desk or the officer gets an alert, until the session or the right ends."""
    if unknown := set(request.GET) - {"after"}:
        raise Refusal(_("There is no parameter of this name: %s") % min(unknown)[:40], code="parameter_unknown")
    return live_answer(request, actor, Ticket(session=request.session.session_key or ""))


@page(Alert, Action.LIST, methods=("GET",))
def unread(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How many alerts wait unread, as the bell shows it and as it is read out."""
    rows = policy_for(Alert).visible_to(actor, Action.LIST).filter(read_at__isnull=True).order_by()
    number = rows[: COUNTED + 1].count()
    text = ngettext("%(number)s unread alert", "%(number)s unread alerts", number) % {"number": number}
    return JsonResponse({"badge": f"{COUNTED}+" if number > COUNTED else str(number or ""), "text": text})
