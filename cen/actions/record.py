"""Recording and amending an own case. Nothing is overwritten unseen: every change names the revision it saw."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Conflict, Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.actions.case_lines import write_lines
from cen.actions.duplicates import require_looked_at
from cen.actions.quality import rate
from cen.actions.surroundings import around
from cen.actions.thresholds import below_threshold
from cen.goods_blocks import tidied
from cen.lifecycle import EDITABLE, CaseState, step_case
from cen.models import Case, CaseIdentifier
from cen.models.numbering import next_reference
from cen.rules import Stage, check, require
from cen.rules.media import NOT_ACCEPTED
from cen.sheet import MediaEntry, Sheet, header_of
from cen.sheet_rows import LINE_MODELS, sheet_of

__all__ = ["about", "amend", "before_sending", "record", "rewrite", "sheet_of", "submit"]


def about(case: Case) -> trail.What:
    """The case as facts of the audit trail."""
    return trail.What("case", str(case.pk), case.reference, case.administration_id)


def record(actor: Actor, sheet: Sheet) -> tuple[Case, list[Finding]]:
    """A new draft of the actor's administration; returns it with the warnings.

    Raises RulesBroken where a rule of stage draft is broken, and the policy's refusal.
    """
    owner: Any = actor.administration_id
    case = Case(
        administration_id=owner,
        office_id=actor.office_id,
        author_id=actor.officer_id,
        edited_by_id=actor.officer_id,
        author_client_id=actor.client_id,
    )
    policy_for(Case).require(actor, Action.CREATE, case)
    refuse_media(sheet, [])
    warnings = _checked(case, sheet)
    case.reference = next_reference(f"{case.administration.code}-{timezone.now().year}")
    _fill(case, sheet)
    rate(case, sheet)
    case.save(force_insert=True)
    write_lines([(case, sheet)])
    trail.record(actor.who(), Verb.CASE_RECORDED, about(case))
    return case, warnings


def amend(actor: Actor, case: Case, sheet: Sheet, *, revision: int) -> list[Finding]:
    """Replaces the content of a case that may be edited; returns the warnings.

    `revision` is the one the person saw; raises Conflict where another stands now (with that sheet).
    """
    policy_for(Case).require(actor, Action.AMEND, case)
    standing = sheet_of(case).media
    refuse_media(sheet, standing)
    sheet.media = standing
    warnings = _checked(case, sheet)
    # Asked of the row itself: a case that was sent meanwhile is not changed any more, whatever was read before.
    standing_so = Case.unguarded.filter(pk=case.pk, revision=revision, state__in=EDITABLE)
    if not standing_so.update(revision=F("revision") + 1, edited_by=actor.officer_id):
        raise Conflict(current=sheet_of(case))
    case.refresh_from_db()
    rewrite(case, sheet)
    trail.record(actor.who(), Verb.CASE_AMENDED, about(case), facts={"revision": case.revision})
    return warnings


def before_sending(actor: Actor, case: Case) -> list[Finding]:
    """What the rules would say if the case were sent now, and whether it lies below the thresholds."""
    policy_for(Case).require(actor, Action.READ, case)
    sheet = sheet_of(case)
    return check(sheet, Stage.SUBMIT, around(case, sheet)) + below_threshold(case, sheet)


def submit(actor: Actor, case: Case, *, revision: int) -> list[Finding]:
    """Sends a draft to the contact point; the rules of stage submit must hold."""
    policy_for(Case).require(actor, Action.SUBMIT, case)
    if case.revision != revision:
        raise Conflict(current=sheet_of(case))
    sheet = sheet_of(case)
    warnings = require(sheet, Stage.SUBMIT, around(case, sheet)) + below_threshold(case, sheet)
    rate(case, sheet)
    case.state = step_case(case.state, CaseState.SUBMITTED)
    case.submitted_at, case.send_back_note = timezone.now(), ""
    rated = ("quality_score", "missing_fields")
    case.save(update_fields=["state", "submitted_at", "send_back_note", "updated_at", *rated])
    trail.record(actor.who(), Verb.CASE_SUBMITTED, about(case), facts={"revision": revision})
    return warnings


def rewrite(case: Case, sheet: Sheet) -> None:
    """Saves the case with this content in the place of what it held; for acts that were allowed already.

    Raises RulesBroken where the content may not stand beside the images of the case, which stay.
    """
    sheet.media = sheet_of(case).media
    if found := list(NOT_ACCEPTED().findings(sheet)):
        raise RulesBroken(found)
    _fill(case, sheet)
    rate(case, sheet)
    case.save()
    for _name, model, _entry in LINE_MODELS:
        model.unguarded.filter(case=case).delete()
    CaseIdentifier.unguarded.filter(case=case).delete()
    write_lines([(case, sheet)])


def _checked(case: Case, sheet: Sheet) -> list[Finding]:
    """The warnings about what is to be saved; raises RulesBroken where something must be put right or confirmed."""
    tidy(sheet)
    warnings = require(sheet, Stage.DRAFT, around(case, sheet))
    return warnings + require_looked_at(case, sheet, warnings)


def tidy(sheet: Sheet) -> None:
    """Brings the blocks of goods into their one shape; every door ends here before its rules are asked."""
    for line in sheet.goods:
        line.block = tidied(line.category, line.block)


def refuse_media(sheet: Sheet, standing: list[MediaEntry]) -> None:
    """A sheet may repeat the images that stand, or leave them out; it can't bring others."""
    if any(one not in standing for one in sheet.media):
        sentence = _("Images are uploaded to a case that is recorded already. Leave them out here.")
        raise RulesBroken([Finding("media_by_upload_only", sentence, "media")])


def _fill(case: Case, sheet: Sheet) -> None:
    for name, value in header_of(sheet).items():
        setattr(case, name, value)
