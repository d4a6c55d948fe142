"""Instead of the release: the national check, sending back, keeping a case, and discarding a draft."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Conflict, Finding, RulesBroken, WrongState
from audit import trail
from audit.verbs import Verb
from cen.actions.editions import is_published, opened
from cen.actions.record import about, sheet_of
from cen.lifecycle import CaseState, step_case
from cen.models import Case
from cen.rules import Stage, require

SHORTEST_NOTE = 5
LONGEST_NOTE = 2_000


def check(actor: Actor, case: Case, *, revision: int) -> list[Finding]:
    """A supervisor vouches for the revision he saw; returns the warnings.

    Raises Conflict where another revision stands, RulesBroken where the contact point couldn't release it.
    """
    policy_for(Case).require(actor, Action.CHECK, case)
    if case.revision != revision:
        raise Conflict(current=sheet_of(case))
    warnings = require(sheet_of(case), Stage.SUBMIT)
    case.state = step_case(case.state, CaseState.CHECKED)
    case.checked_by_id = actor.officer_id
    case.save(update_fields=["state", "checked_by", "updated_at"])
    trail.record(actor.who(), Verb.CASE_CHECKED, about(case), facts={"revision": revision})
    return warnings


def send_back(actor: Actor, case: Case, *, note: str) -> None:
    """Gives a case that was sent back to its officer, with a note on what to do."""
    policy_for(Case).require(actor, Action.SEND_BACK, case)
    case.send_back_note = note_of(note)
    case.state = step_case(case.state, opened(case.reference, CaseState.RETURNED))
    case.checked_by_id = None
    case.save(update_fields=["state", "send_back_note", "checked_by", "updated_at"])
    # The note is for the officer and may name people; the trail holds no such text.
    trail.record(actor.who(), Verb.CASE_SENT_BACK, about(case), facts={"revision": case.revision})


def keep(actor: Actor, case: Case) -> None:
    """The contact point keeps a case that was sent to it: it does not leave, until somebody takes it up again.

    Raises WrongState for a correction: what is published is corrected or withdrawn.
    """
    policy_for(Case).require(actor, Action.KEEP, case)
    if is_published(case.reference):
        raise WrongState
    case.state = step_case(case.state, CaseState.KEPT)
    case.save(update_fields=["state", "updated_at"])
    trail.record(actor.who(), Verb.CASE_KEPT, about(case), facts={"revision": case.revision})


def discard(actor: Actor, case: Case) -> None:
    """Puts a draft aside. It can still be read; it never leaves."""
    policy_for(Case).require(actor, Action.DISCARD, case)
    case.state = step_case(case.state, CaseState.DISCARDED)
    case.save(update_fields=["state", "updated_at"])
    trail.record(actor.who(), Verb.CASE_DISCARDED, about(case))


def note_of(text: str) -> str:
    """The note without blanks at its ends; raises RulesBroken where it says nothing."""
    note = text.strip()
    if len(note) < SHORTEST_NOTE:
        sentence = _("Say in a few words what is to be done.")
        raise RulesBroken([Finding("note_missing", sentence, "note")])
    return note[:LONGEST_NOTE]
