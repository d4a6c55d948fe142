"""What a person's browser can do for sealed messages: to be looked at before the first one, and by support."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actor import Actor
from accounts.models import Officer

# As the browser's own interface names them, in the order of the page.
WITH_STAND_IN = (
    ("MLKEM768-X25519", _("Receives keys that a quantum computer can't open")),
    ("ML-DSA-65", _("Signs so that a quantum computer can't forge it")),
)
WITHOUT_STAND_IN = (("Ed25519", _("Signs")),)


@page(Officer, Action.VISIT, methods=("GET",), sealed=True)
def abilities(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The empty table; the browser fills it."""
    context = {"with_stand_in": WITH_STAND_IN, "without_stand_in": WITHOUT_STAND_IN}
    return render(request, "comm/abilities.html", context)
