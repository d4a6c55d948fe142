"""Pre-loading referrals of air cargo: what a regime asks before loading, until when, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken, WrongState
from audit import trail
from audit.verbs import Verb
from cen.actions.record import about
from cen.codelists import lists
from cen.models import Incident, PlaciReferral

# Whatever was asked may end with it.
ASSESSED = "SF"
MOST = 50


@dataclass(slots=True)
class Asked:
    """A referral as it came. Shipper and consignee are parties of the case; waybills are its identifiers."""

    regime: str = ""
    referral: str = ""
    status: str = ""
    filer: str = ""
    origin_airport: str = ""
    last_departure: str = ""
    flight: str = ""
    pieces: int | None = None
    gross_kg: Decimal | None = None
    goods_description: str = ""
    asked_at: datetime | None = None
    due_at: datetime | None = None

    def findings(self) -> Iterator[Finding]:
        if not lists.is_valid("placi_regime", self.regime):
            yield Finding("regime_missing", _("Choose the regime that asks."), "regime")
        if not lists.is_valid("placi_referral", self.referral):
            yield Finding("referral_missing", _("Choose what is asked for."), "referral")
        yield from _status(self.referral, self.status)
        if self.asked_at and self.due_at and self.due_at < self.asked_at:
            yield Finding("due_before_asked", _("The answer is due before it was asked. Check both times."), "due_at")


@dataclass(slots=True)
class Answer:
    """What was answered, what was done, and where the referral stands now."""

    status: str = ""
    answer: str = ""
    screening_methods: Sequence[str] = field(default_factory=list)
    result: str = ""


def refer(actor: Actor, incident: Incident, asked: Asked) -> PlaciReferral:
    """Adds a referral to an incident; a do-not-load stands until its status says that it was lifted."""
    policy_for(Incident).require(actor, Action.HANDLE, incident)
    findings = list(asked.findings())
    number = PlaciReferral.unguarded.filter(case_id=incident.case_id).count()
    if number >= MOST:
        findings.append(Finding("too_many_referrals", _("An incident holds no more referrals. Record another one.")))
    if findings:
        raise RulesBroken(findings)
    given = {one.name: getattr(asked, one.name) for one in fields(Asked)}
    given["asked_at"] = asked.asked_at or timezone.now()
    made: PlaciReferral = PlaciReferral.unguarded.create(
        case_id=incident.case_id, administration_id=incident.administration_id, line=number, **given
    )
    facts = {"referral": made.referral, "status": made.status}
    trail.record(actor.who(), Verb.REFERRAL_RECORDED, about(incident.case), facts=facts)
    return made


def answer(actor: Actor, incident: Incident, referral: PlaciReferral, given: Answer) -> None:
    """Answers a referral; a status that lifts or ends it resolves it. A resolved one stays as it is."""
    policy_for(Incident).require(actor, Action.HANDLE, incident)
    if referral.case_id != incident.case_id or referral.resolved_at is not None:
        raise WrongState
    findings = list(_status(referral.referral, given.status))
    if len(given.answer.strip()) < 2:
        findings.append(Finding("answer_missing", _("Write the answer."), "answer"))
    if any(not lists.is_valid("detection_technique", one) for one in given.screening_methods):
        findings.append(Finding("code_unknown", _("Choose from the list."), "screening_methods"))
    if referral.referral == "RFS" and not given.screening_methods:
        findings.append(Finding("screening_missing", _("Say how the cargo was screened."), "screening_methods"))
    if findings:
        raise RulesBroken(findings)
    referral.status, referral.answer, referral.result = given.status, given.answer.strip(), given.result.strip()
    referral.screening_methods = list(given.screening_methods)
    referral.answered_at = timezone.now()
    if ends(given.status):
        referral.resolved_at = referral.answered_at
    referral.save()
    facts = {"referral": referral.referral, "status": referral.status, "resolved": referral.resolved_at is not None}
    trail.record(actor.who(), Verb.REFERRAL_ANSWERED, about(incident.case), facts=facts)


def ends(status: str) -> bool:
    """Whether the status says that the referral is over: assessed, or lifted."""
    return status == ASSESSED or status.endswith("I")


def statuses(referral: str) -> list[str]:
    """The codes that a referral of this kind may stand at."""
    return [one.code for one in lists.codes("placi_status") if one.parent in ("", referral)]


def _status(referral: str, status: str) -> Iterator[Finding]:
    if status not in statuses(referral):
        yield Finding("status_missing", _("Choose a status that belongs to what is asked."), "status")
