"""Recording and handling an incident. Its handling has nothing to do with the release of its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Posting
from accounts.refusals import Conflict, Finding, RulesBroken, WrongState
from audit import trail
from audit.verbs import Verb
from cen.actions.record import about, amend, record
from cen.codelists import lists
from cen.incident_facts import IncidentFacts
from cen.lifecycle import IncidentState, step_incident
from cen.models import Incident, IncidentEntry
from cen.sheet import Sheet

LONGEST_ENTRY = 4_000
# Which act of the policy a step is.
STEP = {
    IncidentState.TRIAGED: Action.DIRECT,
    IncidentState.ASSIGNED: Action.DIRECT,
    IncidentState.CLOSED: Action.DIRECT,
    IncidentState.IN_PROGRESS: Action.HANDLE,
    IncidentState.AWAITING_FEEDBACK: Action.HANDLE,
    IncidentState.RESOLVED: Action.HANDLE,
}
ENDED = frozenset({IncidentState.RESOLVED, IncidentState.CLOSED})


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of handling says; which of it is needed depends on where the step leads."""

    text: str = ""
    severity: int | None = None
    urgency: str = ""
    assigned_to: UUID | None = None
    outcome: str = ""
    false_alarm_cause: str = ""
    lessons: str = ""


def record_incident(actor: Actor, sheet: Sheet, facts: IncidentFacts) -> tuple[Incident, list[Finding]]:
    """A new incident of the actor's administration with its own record as a draft; returns the warnings.

    Raises RulesBroken for the header as `record` does, and for what the incident itself lacks.
    """
    owner: Any = actor.administration_id
    new = Incident(administration_id=owner)
    policy_for(Incident).require(actor, Action.CREATE, new)
    _require(list(facts.findings()))
    sheet.kind = "incident"
    case, warnings = record(actor, sheet)
    new.case = case
    facts.onto(new)
    new.action_deadline = facts.deadline(case.created_at)
    new.save(force_insert=True)
    return new, warnings


def amend_incident(
    actor: Actor,
    incident: Incident,
    facts: IncidentFacts,
    *,
    seen: int,
    sheet: Sheet | None = None,
    revision: int = 0,
) -> list[Finding]:
    """Replaces what the incident says; with a sheet also its header, which must be open (see `amend`).

    seen: the incident's revision that the person saw; revision: its header's. Raises Conflict where another stands.
    """
    policy_for(Incident).require(actor, Action.AMEND, incident)
    _require(list(facts.findings()))
    _take(incident, seen)
    warnings = amend(actor, incident.case, sheet, revision=revision) if sheet is not None else []
    facts.onto(incident)
    incident.save()
    if sheet is None:
        trail.record(actor.who(), Verb.CASE_AMENDED, about(incident.case), facts={"part": "incident"})
    return warnings


def move(actor: Actor, incident: Incident, to: IncidentState, said: Step) -> None:
    """One step of handling, with its line in the log.

    Raises WrongState where the step is none from the present state, RulesBroken for what the step needs.
    """
    before = incident.handling_state
    policy_for(Incident).require(actor, step_action(before, to), incident)
    _take(incident, incident.revision)
    incident.handling_state = step_incident(before, to)
    _require(list(_lacking(incident, before, to, said)))
    _say(incident, to, said)
    incident.save()
    _log(actor, incident, said.text, to)
    facts = {"from": str(before), "to": str(to)}
    trail.record(actor.who(), Verb.INCIDENT_MOVED, about(incident.case), facts=facts)


def step_action(before: str, to: IncidentState) -> Action:
    """The act of the policy that a step is; to open a closed incident again is for who closes it."""
    if to not in STEP:
        raise WrongState
    return Action.DIRECT if before == IncidentState.CLOSED else STEP[to]


def note(actor: Actor, incident: Incident, text: str) -> None:
    """A line in the log that moves nothing."""
    policy_for(Incident).require(actor, Action.NOTE, incident)
    if not text.strip():
        _require([Finding("text_missing", _("Write what happened."), "text")])
    _log(actor, incident, text)
    trail.record(actor.who(), Verb.INCIDENT_NOTED, about(incident.case))


def colleagues(administration_id: int) -> list[tuple[UUID, str]]:
    """Who may be given an incident: officers with a posting in force that handles incidents."""
    roles = ("officer", "supervisor", "ncp", "national_analyst", "investigator")
    rows = Posting.unguarded.in_force().filter(administration_id=administration_id, role__in=roles)
    found: Any = rows.order_by("officer__display_name").values_list("officer_id", "officer__display_name").distinct()
    return list(found)


def _lacking(incident: Incident, before: str, to: IncidentState, said: Step) -> Any:
    if to is IncidentState.TRIAGED:
        if not lists.is_valid("severity", str(said.severity)):
            yield Finding("severity_missing", _("Choose how severe it is."), "severity")
        if not lists.is_valid("urgency", said.urgency):
            yield Finding("urgency_missing", _("Choose how urgent it is."), "urgency")
    if to is IncidentState.ASSIGNED and said.assigned_to not in dict(colleagues(incident.administration_id)):
        yield Finding("officer_missing", _("Choose an officer of your administration."), "assigned_to")
    if to is IncidentState.RESOLVED:
        if not lists.is_valid("incident_outcome", said.outcome):
            yield Finding("outcome_missing", _("Choose how it ended."), "outcome")
        if said.outcome == "FALSEALARM" and not lists.is_valid("false_alarm_cause", said.false_alarm_cause):
            yield Finding("cause_missing", _("Choose the cause of the false alarm."), "false_alarm_cause")
    reopened = to is IncidentState.IN_PROGRESS and before in ENDED
    asked = to is IncidentState.AWAITING_FEEDBACK
    dropped = to is IncidentState.CLOSED and before == IncidentState.TRIAGED
    if (reopened or asked or dropped) and not said.text.strip():
        yield Finding("text_missing", _("Say why, or what is awaited from whom."), "text")


def _say(incident: Incident, to: IncidentState, said: Step) -> None:
    if to is IncidentState.TRIAGED:
        incident.severity, incident.urgency = said.severity, said.urgency
        facts = IncidentFacts(urgency=said.urgency, action_deadline=incident.action_deadline)
        incident.action_deadline = facts.deadline(timezone.now())
        incident.assigned_to_id = None
    elif to is IncidentState.ASSIGNED:
        incident.assigned_to_id = said.assigned_to
    elif to is IncidentState.RESOLVED:
        incident.outcome = said.outcome
        incident.false_alarm = said.outcome == "FALSEALARM"
        incident.false_alarm_cause = said.false_alarm_cause if incident.false_alarm else ""
        incident.ended_at = incident.ended_at or timezone.now()
    elif to is IncidentState.CLOSED:
        incident.lessons = said.lessons.strip()[:LONGEST_ENTRY] or incident.lessons


def _take(incident: Incident, seen: int) -> None:
    """Raises the revision, where it is still the one that was seen; the row stays locked until the end."""
    if not Incident.unguarded.filter(pk=incident.pk, revision=seen).update(revision=F("revision") + 1):
        raise Conflict(current=Incident.unguarded.select_related("case").get(pk=incident.pk))
    incident.revision = seen + 1


def _log(actor: Actor, incident: Incident, text: str, to: str = "") -> None:
    IncidentEntry.unguarded.create(
        case_id=incident.case_id,
        administration_id=incident.administration_id,
        by_id=actor.officer_id,
        text=text.strip()[:LONGEST_ENTRY],
        moved_to=to,
    )


def _require(findings: list[Finding]) -> None:
    if findings:
        raise RulesBroken(findings)
