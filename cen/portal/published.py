"""Pages of published cases: find and read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from alerts.models import Subscription
from audit import trail
from audit.verbs import Verb
from cen.codelists import lists
from cen.models import ReleasedCase
from cen.queries.published import search

LISTED = 100


@page(ReleasedCase, Action.LIST, methods=("GET",))
def published(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest published cases that meet the criteria in the address."""
    given = {name: text for name, text in request.GET.dict().items() if text}
    rows = search(actor, given)
    context = {
        "cases": rows[:LISTED],
        "given": given,
        "categories": lists.choices("category"),
        "may_follow": policy_for(Subscription).possible(actor, Action.CREATE) is None,
    }
    return render(request, "cen/published.html", context)


@page(ReleasedCase, Action.LIST, load="reference", within=Action.LIST, methods=("GET",))
def published_case(request: HttpRequest, actor: Actor, released: ReleasedCase) -> HttpResponse:
    """One published case."""
    what = trail.What("released_case", str(released.pk), str(released), released.administration_id)
    trail.record(actor.who(), Verb.RELEASED_READ, what)
    may_ask = policy_for(ReleasedCase).allows(actor, Action.ASK, released)
    context = {"released": released, "body": released.body, "may_ask": may_ask}
    return render(request, "cen/published_case.html", context)
