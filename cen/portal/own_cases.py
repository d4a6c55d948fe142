"""Pages of an administration's own cases: list, record, read, send, release."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from accounts.refusals import Conflict, RulesBroken
from cen.actions.record import amend, before_sending, record, sheet_of, submit
from cen.actions.release import preview, release
from cen.lifecycle import CaseState
from cen.models import Case, CaseIdentifier
from cen.portal import posted
from cen.portal.alike import ToConfirm, confirmed_onto, to_confirm
from cen.portal.case_acts import acts_for
from cen.portal.full_cases import conflict_context, first_sheet, seen_revision
from cen.portal.leftover_form import LeftoverForm
from cen.portal.links import linked_with, perhaps_the_same
from cen.portal.short_form import ShortForm, answers_of
from cen.quality import Missing, Quality
from cen.queries.history import decisions_of, editions_of, history_of, what_to_answer

LISTED = 100
# States in which somebody of the administration has something to do, and the one that all work leads to.
TABS = (CaseState.DRAFT, CaseState.SUBMITTED, CaseState.RETURNED, CaseState.CORRECTING, CaseState.PUBLISHED)


@page(Case, Action.LIST, methods=("GET",))
def own_cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The latest cases of the administration, of one state where the address names it."""
    rows = policy_for(Case).visible_to(actor, Action.LIST).order_by("-updated_at")
    state = request.GET.get("state", "")
    if state in CaseState.values:
        rows = rows.filter(state=state)
    context = {
        "cases": rows[:LISTED],
        "tabs": [("", _("All")), *((one.value, one.label) for one in TABS)],
        "state": state if state in CaseState.values else "",
        "may_record": policy_for(Case).possible(actor, Action.CREATE) is None,
    }
    return render(request, "cen/own_cases.html", context)


@page(Case, Action.CREATE)
def new_case(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The short form, empty."""
    home = policy_for(Administration).visible_to(actor).get(pk__in=[actor.administration_id])
    form = ShortForm(request.POST or None)
    asked: list[ToConfirm] = []
    if request.method == "POST" and form.is_valid():
        try:
            case, _warnings = record(actor, confirmed_onto(request, form.onto(first_sheet(home))))
            return redirect("own_case", case.pk)
        except RulesBroken as refusal:
            asked, others = to_confirm(actor, refusal.findings)
            form.show(others)
    return render(request, "cen/short_form.html", {"form": form, "case": None, "to_confirm": asked})


@page(Case, Action.READ, load="case_id", by="pk", post=Action.AMEND)
def edit_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The short form of a case that may be edited; the revision seen travels with it."""
    sheet = sheet_of(case)
    if request.method != "POST" and sheet.form == "long":
        return redirect("edit_full_case", case.pk)
    form = ShortForm(request.POST or None, initial=answers_of(sheet))
    context: dict[str, Any] = {"form": form, "case": case, "revision": seen_revision(request, case)}
    if request.method == "POST" and form.is_valid():
        new = confirmed_onto(request, form.onto(sheet))
        try:
            amend(actor, case, new, revision=context["revision"])
            return redirect("own_case", case.pk)
        except RulesBroken as refusal:
            context["to_confirm"], others = to_confirm(actor, refusal.findings)
            form.show(others)
        except Conflict as refusal:
            context |= conflict_context(case, refusal, new)
            return render(request, "cen/short_form.html", context, status=Conflict.status)
    return render(request, "cen/short_form.html", context)


@page(Case, Action.READ, load="case_id", by="pk", methods=("GET",))
def own_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The case, and what this person may do with it."""
    editions = editions_of(actor, case)
    decisions = decisions_of(actor, editions)
    sheet, linked = sheet_of(case), linked_with(actor, case)
    context = {
        "case": case,
        "sheet": sheet,
        "linked": linked,
        "alike": perhaps_the_same(actor, case, sheet, linked),
        "quality": Quality(case.quality_score, tuple(Missing(code, 0) for code in case.missing_fields)),
        "may_link": policy_for(Case).allows(actor, Action.LINK, case),
        "identifiers": policy_for(CaseIdentifier).visible_to(actor).filter(case=case),
        "acts": acts_for(actor, case),
        "editions": editions,
        "decision": what_to_answer(case, editions, decisions),
        "history": history_of(actor, case, editions, decisions),
        "may_read_nominal": policy_for(Case).allows(actor, Action.READ_NOMINAL, case),
    }
    return render(request, "cen/own_case.html", context)


@page(Case, Action.READ, load="case_id", by="pk", post=Action.SUBMIT)
def send_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Check your answers, then send them to the contact point."""
    findings: Any = before_sending(actor, case) if request.method == "GET" else ()
    if request.method == "POST":
        try:
            submit(actor, case, revision=posted.number(request.POST.get("revision")))
            return redirect("own_case", case.pk)
        except RulesBroken as refusal:
            findings = refusal.findings
    context = {"case": case, "sheet": sheet_of(case), "findings": findings}
    return render(request, "cen/send_case.html", context, status=422 if request.method == "POST" else 200)


@page(Case, Action.RELEASE, load="case_id", by="pk")
def release_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Exactly what leaves, field by field; leftovers must be resolved or justified."""
    seen = preview(actor, case)
    form, findings = LeftoverForm(request.POST or None, seen.leftovers), seen.findings
    if request.method == "POST" and form.is_valid():
        try:
            release(
                actor,
                case,
                seen_hash=posted.digest(request.POST.get("seen_hash")),
                justified=form.cleaned_data,
            )
            return redirect("own_case", case.pk)
        except RulesBroken as refusal:
            findings = form.show(refusal.findings)
    context = {
        "case": case,
        "body": seen.body,
        "seen_hash": seen.content_hash.hex(),
        "leftovers": seen.leftovers,
        "form": form,
        "findings": findings,
    }
    return render(request, "cen/release.html", context, status=422 if request.method == "POST" else 200)
