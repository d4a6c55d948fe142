"""After the release: taking back what waits, correcting what is published, and withdrawing it."""

from __future__ import annotations

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Conflict, Finding, RulesBroken, WrongState
from alerts.outbox import announce, next_sequence
from audit import trail
from audit.verbs import Verb
from cen.actions.disclosures import end_with_case
from cen.actions.editions import opened
from cen.actions.record import about, rewrite, sheet_of
from cen.codelists import lists
from cen.lifecycle import CaseState, ReleasedState, step_case, step_released
from cen.models import Case, ReleasedCase
from cen.sheet_document import document_of, sheet_of_document


def recall(actor: Actor, case: Case) -> None:
    """Takes the waiting version back before the liaison office decided; the case is open again.

    Raises Conflict where the office decides at this moment, WrongState where it has decided.
    """
    policy_for(Case).require(actor, Action.RECALL, case)
    waiting = _waiting(case)
    waiting.state = step_released(waiting.state, ReleasedState.RECALLED)
    waiting.ended_at = timezone.now()
    waiting.save(update_fields=["state", "ended_at"])
    case.state = step_case(case.state, opened(case.reference, CaseState.DRAFT))
    case.checked_by_id = None
    case.save(update_fields=["state", "checked_by", "updated_at"])
    trail.record(actor.who(), Verb.CASE_RECALLED, about(case), facts={"edition": waiting.edition})


def correct(actor: Actor, case: Case, *, reason: str) -> None:
    """Opens a published or rejected case for its next version; the network keeps the published one meanwhile."""
    policy_for(Case).require(actor, Action.CORRECT, case)
    case.correction_reason = reason_of(reason)
    if case.state == CaseState.PUBLISHED:
        case.before_correction = document_of(sheet_of(case))
        case.state = step_case(case.state, CaseState.CORRECTING)
    else:
        case.state = step_case(case.state, CaseState.DRAFT)
    case.checked_by_id = None
    case.save(update_fields=["state", "checked_by", "correction_reason", "before_correction", "updated_at"])
    facts = {"edition": case.edition, "reason": reason}
    trail.record(actor.who(), Verb.CASE_CORRECTED, about(case), facts=facts)


def abandon(actor: Actor, case: Case, *, revision: int) -> None:
    """Gives a correction up: the record is again what it was when its published version left.

    Persons, companies and images that were linked meanwhile stay. Raises Conflict where somebody changed the
    record since it was looked at.
    """
    policy_for(Case).require(actor, Action.ABANDON, case)
    if case.revision != revision:
        raise Conflict(current=sheet_of(case))
    if case.before_correction is not None:
        rewrite(case, sheet_of_document(case.before_correction))
    case.revision += 1
    case.state = step_case(case.state, CaseState.PUBLISHED)
    case.correction_reason, case.before_correction, case.send_back_note = "", None, ""
    case.save()
    trail.record(actor.who(), Verb.CASE_CORRECTION_ABANDONED, about(case), facts={"revision": case.revision})


def withdraw(actor: Actor, case: Case, *, reason: str) -> ReleasedCase:
    """Takes the published version out of the network, and tells everybody who had been alerted; for good.

    Nominal detail that was granted of it ends with it.
    """
    policy_for(Case).require(actor, Action.WITHDRAW, case)
    found = ReleasedCase.unguarded.select_for_update().filter(reference=case.reference, state=ReleasedState.PUBLISHED)
    published = found.first()
    if published is None:
        raise WrongState
    published.state = step_released(published.state, ReleasedState.WITHDRAWN)
    published.ended_at, published.end_reason = timezone.now(), reason_of(reason)
    published.sequence = next_sequence()
    published.save(update_fields=["state", "ended_at", "end_reason", "sequence"])
    case.state = step_case(case.state, CaseState.WITHDRAWN)
    case.save(update_fields=["state", "updated_at"])
    what = trail.What("released_case", str(published.pk), str(published), published.administration_id)
    trail.record(actor.who(), Verb.RELEASED_WITHDRAWN, what, facts={"reason": reason})
    announce("case.withdrawn", published.pk)
    end_with_case(actor, case.reference)
    return published


def reason_of(code: str) -> str:
    """The code where it is one of the list of reasons; raises RulesBroken otherwise."""
    if not lists.is_valid("correction_reason", code):
        raise RulesBroken([Finding("reason_missing", _("Choose a reason of the list."), "reason")])
    return code


def _waiting(case: Case) -> ReleasedCase:
    rows = ReleasedCase.unguarded.filter(case_id=case.pk, edition=case.edition)
    try:
        # The office locks its version first and this case after it: waiting here would be waiting for ever.
        with transaction.atomic():
            return rows.select_for_update(nowait=True).get()
    except OperationalError:
        raise Conflict(_("The liaison office is deciding at this moment. Look again in a minute.")) from None
