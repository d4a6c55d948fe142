"""The liaison office decides on one released version, by its hash; acceptance publishes the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.refusals import Conflict, Finding, RulesBroken
from alerts.outbox import announce, next_sequence
from audit import trail
from audit.verbs import Verb
from cen.actions.editions import opened
from cen.codelists import lists
from cen.lifecycle import CaseState, ReleasedState, step_released
from cen.models import Case, Decision, ReleasedCase


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"


_OUTCOME = {
    Verdict.ACCEPTED: (ReleasedState.PUBLISHED, Verb.RELEASED_ACCEPTED),
    Verdict.RETURNED: (ReleasedState.RETURNED, Verb.RELEASED_RETURNED),
    Verdict.REJECTED: (ReleasedState.REJECTED, Verb.RELEASED_REJECTED),
}
# What becomes of the owner's own case, which the deciding office may not see.
OWNER_STATE = {
    ReleasedState.PUBLISHED: CaseState.PUBLISHED,
    ReleasedState.RETURNED: CaseState.RETURNED,
    ReleasedState.REJECTED: CaseState.REJECTED,
}


def about(released: ReleasedCase) -> trail.What:
    """The version as facts of the audit trail."""
    return trail.What("released_case", str(released.pk), str(released), released.administration_id)


def validate(
    actor: Actor,
    released: ReleasedCase,
    verdict: Verdict,
    *,
    seen_hash: bytes,
    reasons: Sequence[str] = (),
    text: str = "",
) -> None:
    """Accepts (and publishes), returns or rejects. Returning and rejecting need a reason of the list.

    Raises Conflict where the hash is not the version's, WrongState where it was decided already.
    """
    policy_for(ReleasedCase).require(actor, Action.VALIDATE, released)
    if bytes(released.content_hash) != seen_hash:
        raise Conflict
    known = lists.entries("return_reason")
    if verdict is not Verdict.ACCEPTED and (not reasons or any(reason not in known for reason in reasons)):
        raise RulesBroken([Finding("reason_missing", _("Choose at least one reason of the list."), "reasons")])
    state, verb = _OUTCOME[verdict]
    Decision.unguarded.create(
        released_case=released,
        administration_id=released.administration_id,
        liaison_office_id=released.liaison_office_id,
        verdict=verdict,
        reasons=list(reasons),
        text=text,
        content_hash=seen_hash,
        decided_by_id=actor.officer_id,
    )
    released.decided_at = timezone.now()
    if state is ReleasedState.PUBLISHED:
        released.published_at = released.decided_at
        released.sequence = next_sequence()
    with handed_to(SystemTask.DECISION):
        superseded = _follow(released, state)
    released.state = step_released(released.state, state)
    released.save(update_fields=["state", "decided_at", "published_at", "sequence"])
    trail.record(actor.who(), verb, about(released), facts={"hash": seen_hash.hex(), "reasons": list(reasons)})
    announce("case.published" if state is ReleasedState.PUBLISHED else "case.decided", released.pk)
    if superseded:
        announce("case.corrected", released.pk)


def _follow(released: ReleasedCase, state: ReleasedState) -> bool:
    """Moves the owner's case and, on publication, the version before; whether there was one.

    Another office may have been in charge of the version before: neither row is the deciding office's.
    """
    case = Case.unguarded.filter(pk=released.case_id)
    if state is not ReleasedState.PUBLISHED:
        case.update(state=opened(released.reference, OWNER_STATE[state]))
        return False
    reason = case.values_list("correction_reason", flat=True).get()
    earlier = ReleasedCase.unguarded.filter(reference=released.reference, state=ReleasedState.PUBLISHED)
    superseded = earlier.update(state=ReleasedState.SUPERSEDED, ended_at=released.decided_at, end_reason=reason)
    case.update(state=CaseState.PUBLISHED, before_correction=None, correction_reason="")
    return bool(superseded)
