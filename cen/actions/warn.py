"""Warning notices: look at what would leave, issue it to whom it concerns, follow it up, acknowledge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice
from accounts.refusals import Conflict, Finding, RulesBroken, WrongState
from alerts.actions.reading import let_go, settle
from alerts.outbox import announce
from audit import trail
from audit.verbs import Verb
from cen.actions.addressing import addressed
from cen.actions.ask import ask, end_requests
from cen.actions.leftover_reasons import justified
from cen.leftovers import Leftover, find_leftovers
from cen.models import ReleasedCase, WarningAcknowledgement, WarningNotice
from cen.models.numbering import next_reference
from cen.non_nominal import content_hash
from cen.rules.warning import warning_findings
from cen.warning_draft import WarningDraft

KIND = "warning.issued"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave: the document with its hash, for whom, and leftovers in its texts."""

    document: dict[str, Any]
    content_hash: bytes
    addressees: list[Administration]
    leftovers: list[Leftover]


def about(notice: WarningNotice) -> trail.What:
    """The notice as facts of the audit trail."""
    return trail.What("warning_notice", str(notice.pk), notice.reference, notice.administration_id)


def preview(actor: Actor, draft: WarningDraft) -> Preview:
    """Builds what would be issued, and changes nothing. Raises RulesBroken where something is wrong."""
    _require_issuer(actor, draft)
    told_before = draft.follows.addressee_ids if draft.follows else ()
    addressees = addressed(actor, draft.chosen, told_before=told_before)
    found = warning_findings(draft, addressees=len(addressees), now=timezone.now())
    found += _unpublished(actor, draft)
    if found:
        raise RulesBroken(found)
    document = {
        "title": draft.title,
        "tlp": draft.tlp,
        "acknowledge_by": draft.acknowledge_by.isoformat() if draft.acknowledge_by else None,
        "answer_by": draft.answer_by.isoformat() if draft.answer_by else None,
        "addressees": [one.code for one in addressees],
        "follows": draft.follows.reference if draft.follows else None,
        "follow_kind": draft.follow_kind,
        "body": draft.body(),
    }
    return Preview(document, content_hash(document), addressees, find_leftovers(draft.texts()))


def issue(actor: Actor, draft: WarningDraft, *, seen_hash: bytes, reasons: Mapping[str, str]) -> WarningNotice:
    """Issues what was previewed; its addressees are told.

    seen_hash binds the act to what the issuer saw; Conflict where content or addressees changed since.
    reasons: why a leftover may stay, by its place; RulesBroken where one is missing or repeats such detail.
    """
    seen = preview(actor, draft)
    if seen.content_hash != seen_hash:
        raise Conflict
    kept = justified(seen.leftovers, reasons)
    if draft.follows is not None:
        _hold(draft.follows)
    issuer: Any = actor.officer_id
    # Taking the number makes others of the seat wait, so that a form sent twice finds what the first one made.
    reference = next_reference(_series(actor))
    day_ago = timezone.now() - timedelta(days=1)
    if twin := WarningNotice.unguarded.filter(
        **_seat(actor), content_hash=seen.content_hash, issued_at__gte=day_ago
    ).first():
        raise WrongState(_("This very notice was issued already, as %s.") % twin.reference)
    notice = WarningNotice(
        **_seat(actor),
        reference=reference,
        issued_by_id=issuer,
        title=draft.title,
        body=draft.body(),
        tlp=draft.tlp,
        addressee_ids=[one.pk for one in seen.addressees],
        acknowledge_by=draft.acknowledge_by,
        answer_by=draft.answer_by,
        content_hash=seen.content_hash,
        follows=draft.follows,
        follow_kind=draft.follow_kind,
    )
    notice.save(force_insert=True)
    ask(notice)
    if draft.follows is not None:
        end_requests(actor, draft.follows)
        # Nobody need acknowledge what no longer stands.
        let_go(actor, KIND, draft.follows.pk)
    facts = {
        "hash": seen.content_hash.hex(),
        "addressees": len(seen.addressees),
        "follows": draft.follows.reference if draft.follows else "",
        "follow_kind": str(draft.follow_kind),
        "justified": kept,
    }
    trail.record(actor.who(), Verb.WARNING_ISSUED, about(notice), facts=facts)
    announce(KIND, notice.pk)
    return notice


def acknowledge(actor: Actor, notice: WarningNotice) -> WarningAcknowledgement:
    """Says for the actor's administration that it took note. The first to say so stays; the rest changes nothing.

    Raises WrongState where a later notice took the place of this one.
    """
    policy_for(WarningNotice).require(actor, Action.ACKNOWLEDGE, notice)
    if WarningNotice.unguarded.filter(follows=notice).exists():
        raise WrongState(_("A later notice took the place of this one. Acknowledge that."))
    administration: Any = actor.administration_id
    said, new = WarningAcknowledgement.unguarded.get_or_create(
        warning=notice, administration_id=administration, defaults={"acknowledged_by_id": actor.officer_id}
    )
    if new:
        trail.record(actor.who(), Verb.WARNING_ACKNOWLEDGED, about(notice))
        settle(actor, KIND, notice.pk)
    acknowledged: WarningAcknowledgement = said
    return acknowledged


def _seat(actor: Actor) -> dict[str, Any]:
    return {**actor.seat, "secretariat": actor.secretariat}


def _require_issuer(actor: Actor, draft: WarningDraft) -> None:
    policy = policy_for(WarningNotice)
    policy.require(actor, Action.ISSUE, WarningNotice(**_seat(actor), addressee_ids=[]))
    if draft.follows is not None:
        policy.require(actor, Action.ISSUE, draft.follows)


def _hold(old: WarningNotice) -> None:
    """Locks the older notice; one notice is followed by one only."""
    WarningNotice.unguarded.select_for_update(of=("self",)).get(pk=old.pk)
    if WarningNotice.unguarded.filter(follows=old).exists():
        raise WrongState(_("A later notice follows this one already. Follow up that."))


def _unpublished(actor: Actor, draft: WarningDraft) -> list[Finding]:
    rows = policy_for(ReleasedCase).visible_to(actor, Action.LIST).filter(reference__in=draft.based_on)
    known = set(rows.values_list("reference", flat=True))
    sentence = _("%s is not the reference of a published case.")
    return [
        Finding("case_not_published", sentence % reference[:24], "based_on")
        for reference in draft.based_on
        if reference not in known
    ]


def _series(actor: Actor) -> str:
    """Of administrations W-GH-2026, of liaison offices WL-WA-2026, of the Secretariat WS-2026."""
    year = timezone.now().year
    if actor.administration_id:
        return f"W-{Administration.unguarded.values_list('code', flat=True).get(pk=actor.administration_id)}-{year}"
    if actor.liaison_office_id:
        return f"WL-{LiaisonOffice.unguarded.values_list('code', flat=True).get(pk=actor.liaison_office_id)}-{year}"
    return f"WS-{year}"
