"""Saying what became of a warning: an answer for the administration, and later editions of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.actions.ask import answered
from cen.feedback_draft import FeedbackDraft
from cen.models import Case, ReleasedCase, WarningFeedback, WarningNotice
from cen.rules.feedback import feedback_findings


def give_feedback(actor: Actor, notice: WarningNotice, draft: FeedbackDraft) -> WarningFeedback:
    """Writes the administration's answer as a new edition; the same answer once more is the one that stands.

    Answers after the deadline and on a notice that was followed up are taken: what was found out counts. Raises
    RulesBroken where something is wrong.
    """
    policy_for(WarningNotice).require(actor, Action.ANSWER, notice)
    draft.comment = draft.comment.strip()
    found = feedback_findings(draft, indicators=notice.body.get("indicators") or (), now=timezone.now())
    found += _case(actor, draft)
    if found:
        raise RulesBroken(found)
    here: Any = actor.administration_id
    latest = WarningFeedback.unguarded.filter(warning=notice, administration_id=here).order_by("-edition").first()
    answers = asdict(draft)
    if latest is not None and all(getattr(latest, name) == value for name, value in answers.items()):
        return latest
    made = WarningFeedback(
        warning=notice,
        administration_id=here,
        edition=latest.edition + 1 if latest else 1,
        given_by_id=actor.officer_id,
        client_id=actor.client_id,
        **answers,
    )
    made.save(force_insert=True)
    facts = {"result": draft.result, "control_done": draft.control_done, "edition": made.edition}
    what = trail.What("warning_notice", str(notice.pk), notice.reference, notice.administration_id)
    trail.record(actor.who(), Verb.WARNING_ANSWERED, what, facts=facts)
    if latest is None:
        answered(actor, notice)
    made.refresh_from_db()
    return made


def _case(actor: Actor, draft: FeedbackDraft) -> list[Finding]:
    """The case it led to: an own one, or a published one."""
    if not draft.case_reference:
        return []
    known = policy_for(ReleasedCase).visible_to(actor, Action.LIST).filter(reference=draft.case_reference).exists()
    if not known and policy_for(Case).possible(actor, Action.LIST) is None:
        known = policy_for(Case).visible_to(actor, Action.LIST).filter(reference=draft.case_reference).exists()
    sentence = _("%s is not the reference of an own or of a published case.") % draft.case_reference[:24]
    return [] if known else [Finding("case_unknown", sentence, "case_reference")]
