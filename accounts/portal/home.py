"""The first page after signing in: who one is here, and the directory of administrations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice, LiaisonOfficeMembership, Officer
from accounts.portal.tasks_of_home import suggestions_for, tasks_for


@page(Officer, Action.VISIT, methods=("GET",))
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What needs me; where nothing does, what I could do. Name, seat and roles beside it."""
    seat: object = None
    if actor.administration_id:
        seat = policy_for(Administration).visible_to(actor).get(pk=actor.administration_id)
    elif actor.liaison_office_id:
        seat = policy_for(LiaisonOffice).visible_to(actor).get(pk=actor.liaison_office_id)
    roles = [role.label for role in sorted(actor.roles)]
    context = {"seat": seat, "roles": roles, "tasks": tasks_for(actor), "suggestions": suggestions_for(actor)}
    return render(request, "accounts/home.html", context)


@page(Administration, Action.LIST, methods=("GET",))
def directory(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All administrations by region, with the liaison office that validates for each."""
    rows = policy_for(Administration).visible_to(actor, Action.LIST).select_related("region")
    offices = {
        one.administration_id: one.liaison_office
        for one in policy_for(LiaisonOfficeMembership)
        .visible_to(actor, Action.LIST)
        .filter(second=False, until__isnull=True)
        .select_related("liaison_office")
    }
    entries = [(row, offices.get(row.pk)) for row in rows.order_by("region__name_en", "name_en")]
    return render(request, "accounts/directory.html", {"entries": entries})
