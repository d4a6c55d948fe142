"""Pages of the full form: a new case, and one that may be edited; what was typed is never lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from accounts.refusals import Conflict, RulesBroken
from cen.actions.record import amend, record, sheet_of
from cen.models import Case
from cen.portal import posted
from cen.portal.alike import confirmed_onto, to_confirm
from cen.portal.differences import differences
from cen.portal.full_form import FullForm
from cen.portal.full_form.typed import typed_of, with_short_answers
from cen.portal.full_form.whole import ADD, CHOOSE, MORE, REMOVE
from cen.sheet import Sheet

TEMPLATE = "cen/full_form/form.html"


@page(Case, Action.CREATE)
def new_full_case(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new case by the full form; the short form's "More fields" leads here with its answers."""
    home = policy_for(Administration).visible_to(actor).get(pk__in=[actor.administration_id])
    return _answered(request, actor, None, first_sheet(home), lambda new, _revision: record(actor, new)[0])


@page(Case, Action.READ, load="case_id", by="pk", post=Action.AMEND)
def edit_full_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The full form of a case that may be edited; the revision seen travels with it."""

    def save(new: Sheet, revision: int) -> Case:
        amend(actor, case, new, revision=revision)
        return case

    return _answered(request, actor, case, sheet_of(case), save)


def _answered(
    request: HttpRequest, actor: Actor, case: Case | None, sheet: Sheet, save: Callable[[Sheet, int], Case]
) -> HttpResponse:
    """Draws, re-draws or saves, by the button that was pressed."""
    context: dict[str, Any] = {"case": case, "revision": seen_revision(request, case)}
    if request.method != "POST":
        return render(request, TEMPLATE, context | {"form": FullForm.of(sheet)})
    given = request.POST
    if MORE in given:
        typed = with_short_answers(typed_of(sheet), given.dict())
        return render(request, TEMPLATE, context | {"form": FullForm.drawn(typed)})
    form = FullForm.sent(given, sheet)
    if any(button in given for button in (ADD, REMOVE, CHOOSE)):
        return render(request, TEMPLATE, context | {"form": form.changed_by(given)})
    if form.needs_another_look:
        note = _("The category has changed, and with it the fields. Look at them, then save. Nothing is saved yet.")
        return render(request, TEMPLATE, context | {"form": FullForm.drawn(form.typed()), "note": note})
    if form.is_valid():
        new = confirmed_onto(request, form.onto(sheet))
        try:
            return redirect("own_case", save(new, context["revision"]).pk)
        except RulesBroken as refusal:
            context["to_confirm"], others = to_confirm(actor, refusal.findings)
            form.show(others)
        except Conflict as refusal:
            assert case is not None  # noqa: S101  (a new case has nothing to collide with)
            context |= conflict_context(case, refusal, new)
            return render(request, TEMPLATE, context | {"form": form}, status=Conflict.status)
    return render(request, TEMPLATE, context | {"form": form})


def first_sheet(home: Administration) -> Sheet:
    """An empty sheet, with what is known of any case of the administration."""
    return Sheet(place_country=home.code[:2], time_zone=home.time_zone)


def seen_revision(request: HttpRequest, case: Case | None) -> int:
    """The revision that the person saw when the form was opened; it stays the same however often it is sent."""
    if request.method == "POST":
        return posted.number(request.POST.get("revision"))
    return case.revision if case else 0


def conflict_context(case: Case, refusal: Conflict, mine: Sheet) -> dict[str, Any]:
    """What the page of a conflict shows; whoever saves again from it has seen what stands now."""
    return {"differences": differences(refusal.extra["current"], mine), "revision": case.revision, "conflict": True}
