"""Pages of incidents: list, record, read, change, the steps of handling, and referrals of air cargo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Case as When
from django.db.models import IntegerField, Value
from django.db.models import When as Then
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import load_visible, page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration
from accounts.refusals import Absent, Conflict, Finding, RulesBroken
from cen.actions.incident import ENDED, amend_incident, move, note, record_incident, step_action
from cen.actions.referrals import answer, refer
from cen.identifiers.kinds import KINDS
from cen.lifecycle import EDITABLE, IncidentState, next_incident_states
from cen.models import CaseIdentifier, Incident, IncidentEntry, PlaciReferral
from cen.portal import posted
from cen.portal.alike import confirmed_onto, to_confirm
from cen.portal.incident_forms import AnswerForm, IncidentForm, NoteForm, ReferralForm, StepForm, answers_of
from cen.sheet import Sheet
from cen.sheet_rows import sheet_of

LISTED = 200
STEPS: dict[IncidentState, Any] = {
    IncidentState.TRIAGED: _("Triage"),
    IncidentState.ASSIGNED: _("Assign"),
    IncidentState.IN_PROGRESS: _("Work on it"),
    IncidentState.AWAITING_FEEDBACK: _("Wait for feedback"),
    IncidentState.RESOLVED: _("Resolve"),
    IncidentState.CLOSED: _("Close"),
}


@page(Incident, Action.LIST, methods=("GET",))
def incidents(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those that are still open first, the most urgent deadline at the top."""
    ended = When(Then(handling_state__in=sorted(ENDED), then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = policy_for(Incident).visible_to(actor, Action.LIST).select_related("case", "assigned_to")
    context = {
        "incidents": rows.annotate(ended=ended).order_by("ended", "action_deadline", "-case__created_at")[:LISTED],
        "may_record": policy_for(Incident).possible(actor, Action.CREATE) is None,
        "now": timezone.now(),
        "ended": ENDED,
    }
    return render(request, "cen/incidents/list.html", context)


@page(Incident, Action.CREATE)
def new_incident(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records an incident."""
    home = policy_for(Administration).visible_to(actor).get(pk__in=[actor.administration_id])
    form = IncidentForm(request.POST if request.method == "POST" else None)

    def act() -> Incident:
        sheet = form.onto(Sheet(kind="incident", place_country=home.code[:2], time_zone=home.time_zone))
        return record_incident(actor, confirmed_onto(request, sheet), form.facts())[0]

    title = _("Record an incident")
    return _asked(request, actor, form, act, {"title": title, "button": _("Save"), "back": "incidents"})


@page(Incident, Action.READ, load="case_id", by="pk", methods=("GET",))
def incident(request: HttpRequest, actor: Actor, incident: Incident) -> HttpResponse:
    """The incident, its log, its referrals, and what this person may do with it."""
    policy = policy_for(Incident)
    entries = policy_for(IncidentEntry).visible_to(actor).filter(case_id=incident.pk).select_related("by")
    referrals = policy_for(PlaciReferral).visible_to(actor).filter(case_id=incident.pk).order_by("line")
    steps = [
        (to, STEPS[to])
        for to in next_incident_states(incident.handling_state)
        if policy.allows(actor, step_action(incident.handling_state, to), incident)
    ]
    context = {
        "incident": incident,
        "case": incident.case,
        "identifiers": [
            (KINDS[one.kind].label if one.kind in KINDS else one.kind, one)
            for one in policy_for(CaseIdentifier).visible_to(actor).filter(case_id=incident.pk)
        ],
        "entries": entries.order_by("-at", "-pk")[:LISTED],
        "referrals": referrals,
        "steps": steps,
        "may_amend": policy.allows(actor, Action.AMEND, incident),
        "may_note": policy.allows(actor, Action.NOTE, incident),
        "may_handle": policy.allows(actor, Action.HANDLE, incident),
        "note_form": NoteForm(),
        "overdue": _overdue(incident),
        "now": timezone.now(),
    }
    return render(request, "cen/incidents/one.html", context)


@page(Incident, Action.AMEND, load="case_id", by="pk")
def edit_incident(request: HttpRequest, actor: Actor, incident: Incident) -> HttpResponse:
    """Changes the incident; its header too, as long as the record is open."""
    sheet = sheet_of(incident.case)
    form = IncidentForm(request.POST if request.method == "POST" else None, initial=answers_of(incident, sheet))
    is_open = incident.case.state in EDITABLE
    form = form if is_open else form.without_header()
    seen = {"seen": incident.revision, "revision": incident.case.revision}
    if request.method == "POST":
        # However often the page is sent: what counts is what the person saw when it was opened.
        seen = {name: posted.number(request.POST.get(name)) for name in seen}

    def act() -> Incident:
        new = confirmed_onto(request, form.onto(sheet)) if is_open else None
        amend_incident(actor, incident, form.facts(), sheet=new, **seen)
        return incident

    words = {"title": _("Change the incident"), "button": _("Save"), "case": incident.case, "incident": incident}
    return _asked(request, actor, form, act, words | seen)


@page(Incident, Action.READ, load="case_id", by="pk", post=Action.READ)
def step_incident(request: HttpRequest, actor: Actor, incident: Incident, to: str) -> HttpResponse:
    """One step of handling; a step that is none from here, or not this person's, is refused."""
    state = next((one for one in next_incident_states(incident.handling_state) if one == to), None)
    if state is None:
        raise Absent
    policy_for(Incident).require(actor, step_action(incident.handling_state, state), incident)
    form = StepForm(request.POST if request.method == "POST" else None, incident, state)

    def act() -> Incident:
        move(actor, incident, state, form.step())
        return incident

    words = {"title": STEPS[state], "button": STEPS[state], "case": incident.case, "incident": incident}
    return _asked(request, actor, form, act, words)


@page(Incident, Action.NOTE, load="case_id", by="pk")
def note_incident(request: HttpRequest, actor: Actor, incident: Incident) -> HttpResponse:
    """A line for the log."""
    form = NoteForm(request.POST if request.method == "POST" else None)

    def act() -> Incident:
        note(actor, incident, form.cleaned_data["text"])
        return incident

    words = {"title": _("Add a line to the log"), "button": _("Add"), "case": incident.case, "incident": incident}
    return _asked(request, actor, form, act, words)


@page(Incident, Action.HANDLE, load="case_id", by="pk")
def new_referral(request: HttpRequest, actor: Actor, incident: Incident) -> HttpResponse:
    """What a pre-loading regime asks for."""
    form = ReferralForm(request.POST if request.method == "POST" else None)

    def act() -> Incident:
        refer(actor, incident, form.asked())
        return incident

    words = {"title": _("Add a referral"), "button": _("Add"), "case": incident.case, "incident": incident}
    return _asked(request, actor, form, act, words)


@page(Incident, Action.HANDLE, load="case_id", by="pk")
def answer_referral(request: HttpRequest, actor: Actor, incident: Incident, referral_id: int) -> HttpResponse:
    """The answer to one referral."""
    referral = load_visible(actor, PlaciReferral, {"pk": referral_id})
    if referral.case_id != incident.pk:
        raise Absent
    form = AnswerForm(request.POST if request.method == "POST" else None, referral.referral)

    def act() -> Incident:
        answer(actor, incident, referral, form.given())
        return incident

    words = {"title": _("Answer the referral"), "button": _("Answer"), "case": incident.case, "incident": incident}
    return _asked(request, actor, form, act, words | {"referral": referral})


def _overdue(incident: Incident) -> bool:
    deadline = incident.action_deadline
    return deadline is not None and deadline < timezone.now() and incident.handling_state not in ENDED


def _asked(
    request: HttpRequest, actor: Actor, form: forms.Form, act: Callable[[], Incident], words: dict[str, Any]
) -> HttpResponse:
    """A page with one form; on POST the act, then the incident, or the page again with what is missing."""
    others: list[Finding] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                return redirect("incident", act().pk)
        except RulesBroken as refusal:
            words["to_confirm"], found = to_confirm(actor, refusal.findings)
            for finding in found:
                name = finding.pointer.rsplit("/", maxsplit=1)[-1]
                if name in form.fields and finding.severity == "error":
                    form.add_error(name, forms.ValidationError(finding.sentence, code=finding.code))
                else:
                    others.append(finding)
            status = 422
        except Conflict:
            words |= _standing(actor, words["incident"], form)
            status = Conflict.status
    if form.errors:
        status = 422
    return render(request, "cen/incidents/form.html", {"form": form, "findings": others} | words, status=status)


def _standing(actor: Actor, incident: Incident, form: forms.Form) -> dict[str, Any]:
    """What stands now where it differs from the answers; whoever saves again from this page has seen it."""
    now = load_visible(actor, Incident, {"pk": incident.pk})
    standing = answers_of(now, sheet_of(now.case))
    differences = [
        {"label": field.label, "now": _shown(field, standing.get(name)), "mine": _shown(field, form.cleaned_data[name])}
        for name, field in form.fields.items()
        if name in form.cleaned_data and (standing.get(name) or None) != (form.cleaned_data[name] or None)
    ]
    return {"conflict": True, "differences": differences, "seen": now.revision, "revision": now.case.revision}


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y, H:i")
    labels = dict(getattr(field, "choices", ()))
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(labels.get(str(one), one)) for one in values if one not in (None, "")) or "–"
