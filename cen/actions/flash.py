"""Flashes: look at what would leave, issue it with its alerts at once, say that it was seen, acknowledge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.models import Administration, LiaisonOffice
from accounts.refusals import Conflict, RulesBroken, WrongState
from alerts.actions.reading import let_go, settle
from alerts.at_once import announce_at_once
from audit import trail
from audit.uuid7 import uuid7
from audit.verbs import Verb
from cen.actions.addressing import addressed
from cen.actions.leftover_reasons import justified
from cen.flash_draft import NUMBERS, FlashDraft
from cen.identifiers.reading import read
from cen.leftovers import Leftover, find_leftovers
from cen.models import DRILL, Flash, FlashAddressee, FlashEscalation, FlashFollow
from cen.models.numbering import next_reference
from cen.non_nominal import content_hash
from cen.rules.flash import NAMING, flash_findings, names_finding

KIND, ESCALATED, OVERDUE = "flash.issued", "flash.escalated", "flash.overdue"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave: the document with its hash, for whom, and leftovers in its texts."""

    document: dict[str, Any]
    content_hash: bytes
    addressees: list[Administration]
    leftovers: list[Leftover]


def about(flash: Flash) -> trail.What:
    """The flash as facts of the audit trail."""
    return trail.What("flash", str(flash.pk), flash.reference, flash.administration_id)


def preview(actor: Actor, draft: FlashDraft) -> Preview:
    """Builds what would be issued, and changes nothing. Raises RulesBroken where something is wrong."""
    _require_issuer(actor, draft)
    _spell(draft)
    told_before = draft.follows.addressee_ids if draft.follows else ()
    addressees = addressed(actor, draft.chosen, told_before=told_before)
    found = flash_findings(draft, addressees=len(addressees), now=timezone.now())
    leftovers = find_leftovers(draft.texts())
    found += [names_finding(one.excerpt, one.field) for one in leftovers if one.kind in NAMING]
    if found:
        raise RulesBroken(found)
    document = {
        "kind": draft.kind,
        "drill": draft.drill,
        "title": draft.full_title,
        "tlp": draft.tlp,
        "acknowledge_within": draft.acknowledge_within if draft.asks else None,
        "addressees": [one.code for one in addressees],
        "follows": str(draft.follows.pk) if draft.follows else None,
        "follow_kind": draft.follow_kind,
        "body": draft.body(),
    }
    return Preview(document, content_hash(document), addressees, leftovers)


def issue(actor: Actor, draft: FlashDraft, *, seen_hash: bytes, reasons: Mapping[str, str]) -> Flash:
    """Issues what was previewed: flash, standing of each addressee, alerts and event in this transaction.

    seen_hash binds the act to what the issuer saw; Conflict where content or addressees changed since.
    reasons: why a leftover may stay, by its place; RulesBroken where one is missing or repeats such detail.
    """
    seen = preview(actor, draft)
    if seen.content_hash != seen_hash:
        raise Conflict
    kept = justified(seen.leftovers, reasons)
    old = draft.follows
    if old is not None:
        _hold(old)
    # Taking the number makes others of the seat wait, so that a form sent twice finds what the first one made.
    reference = next_reference(_series(actor, drill=draft.drill)) if old is None else old.reference
    _refuse_twin(actor, seen, old)
    key = uuid7()
    now = database_now()
    deadline = now + timedelta(minutes=draft.acknowledge_within) if draft.asks and draft.acknowledge_within else None
    issuer: Any = actor.officer_id
    flash = Flash(
        id=key,
        thread=old.thread if old else key,
        reference=reference,
        edition=old.edition + 1 if old else 1,
        **_seat(actor),
        issued_by_id=issuer,
        issued_at=now,
        kind=draft.kind,
        drill=draft.drill,
        title=draft.full_title,
        body=draft.body(),
        tlp=draft.tlp,
        addressee_ids=[one.pk for one in seen.addressees],
        acknowledge_by=deadline,
        content_hash=seen.content_hash,
        follows=old,
        follow_kind=draft.follow_kind,
    )
    flash.save(force_insert=True)
    with handed_to(SystemTask.ESCALATION):
        FlashAddressee.unguarded.bulk_create(
            FlashAddressee(flash=flash, administration=one, acknowledge_by=deadline, next_step_at=deadline)
            for one in seen.addressees
        )
    if old is not None:
        _end(actor, old)
    facts = {
        "hash": seen.content_hash.hex(),
        "kind": draft.kind,
        "drill": draft.drill,
        "edition": flash.edition,
        "addressees": len(seen.addressees),
        "follow_kind": str(draft.follow_kind),
        "justified": kept,
    }
    trail.record(actor.who(), Verb.FLASH_ISSUED, about(flash), facts=facts)
    announce_at_once(actor, KIND, flash.pk)
    return flash


def mark_seen(actor: Actor, flash: Flash) -> None:
    """Notes that somebody of an addressed administration opened it; the first stays."""
    policy_for(Flash).require(actor, Action.READ, flash)
    if actor.administration_id in flash.addressee_ids and actor.officer_id:
        with handed_to(SystemTask.ESCALATION):
            FlashAddressee.unguarded.filter(
                flash=flash, administration_id=actor.administration_id, seen_at__isnull=True
            ).update(seen_at=Now(), seen_by=actor.officer_id)


def acknowledge(actor: Actor, flash: Flash) -> bool:
    """Says for the actor's administration that it took note; False where it had already, which stays.

    Ends its escalation and settles every alert of it there. Raises WrongState where a later edition stands.
    """
    policy_for(Flash).require(actor, Action.ACKNOWLEDGE, flash)
    if Flash.unguarded.filter(follows=flash).exists():
        raise WrongState(_("A later edition took the place of this one. Acknowledge that."))
    if flash.acknowledge_by is None:
        raise WrongState(_("Nothing is asked of you here."))
    with handed_to(SystemTask.ESCALATION):
        open_ones = FlashAddressee.unguarded.filter(
            flash=flash, administration_id=actor.administration_id, acknowledged_at__isnull=True, ended_at__isnull=True
        )
        new = open_ones.update(
            acknowledged_at=Now(),
            acknowledged_by=actor.officer_id,
            next_step_at=None,
            seen_at=Coalesce("seen_at", Now()),
        )
        steps = list(
            FlashEscalation.unguarded.filter(flash=flash, administration_id=actor.administration_id).values_list(
                "pk", flat=True
            )
        )
        missing = FlashAddressee.unguarded.filter(flash=flash, acknowledged_at__isnull=True).exists()
    if new:
        trail.record(actor.who(), Verb.FLASH_ACKNOWLEDGED, about(flash), facts={"drill": flash.drill})
        settle(actor, KIND, flash.pk)
        for step in steps:
            settle(actor, ESCALATED, step)
        if not missing:
            let_go(actor, OVERDUE, flash.pk)
    return bool(new)


def database_now() -> datetime:
    """The moment by the database's clock, by which deadlines run."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _seat(actor: Actor) -> dict[str, Any]:
    return {**actor.seat, "secretariat": actor.secretariat}


def _require_issuer(actor: Actor, draft: FlashDraft) -> None:
    policy = policy_for(Flash)
    policy.require(actor, Action.ISSUE, Flash(**_seat(actor), addressee_ids=[]))
    if draft.follows is not None:
        policy.require(actor, Action.ISSUE, draft.follows)
        if draft.follows.follow_kind == FlashFollow.ALL_CLEAR:
            raise WrongState(_("All is clear already. Issue a new flash."))
        if draft.drill != draft.follows.drill:
            raise WrongState(_("A drill stays a drill, and a real flash a real one. Issue a new one."))


def _spell(draft: FlashDraft) -> None:
    """Numbers as they are compared, each once."""
    for name, kind in NUMBERS.items():
        read_ones = [read(kind, raw) for raw in getattr(draft, name)]
        setattr(draft, name, list(dict.fromkeys(one.normalised or one.raw for one in read_ones)))


def _hold(old: Flash) -> None:
    """Locks the older edition; one edition is followed by one only."""
    Flash.unguarded.select_for_update(of=("self",)).get(pk=old.pk)
    if Flash.unguarded.filter(follows=old).exists():
        raise WrongState(_("A later edition follows this one already. Follow up that."))


def _refuse_twin(actor: Actor, seen: Preview, old: Flash | None) -> None:
    day_ago = timezone.now() - timedelta(days=1)
    same = Flash.unguarded.filter(**_seat(actor), content_hash=seen.content_hash, issued_at__gte=day_ago)
    if old is None and (twin := same.first()):
        raise WrongState(_("This very flash was issued already, as %s.") % twin.reference)


def _end(actor: Actor, old: Flash) -> None:
    """Nobody need acknowledge what no longer stands, and nobody is called because of it."""
    with handed_to(SystemTask.ESCALATION):
        FlashAddressee.unguarded.filter(flash=old, ended_at__isnull=True).update(ended_at=Now(), next_step_at=None)
        steps = list(FlashEscalation.unguarded.filter(flash=old).values_list("pk", flat=True))
    let_go(actor, KIND, old.pk)
    let_go(actor, OVERDUE, old.pk)
    for step in steps:
        let_go(actor, ESCALATED, step)


def _series(actor: Actor, *, drill: bool) -> str:
    """Of administrations F-GH-2026, of liaison offices FL-WA-2026, of the Secretariat FS-2026; drills DRILL-…."""
    year = timezone.now().year
    if actor.administration_id:
        code = Administration.unguarded.values_list("code", flat=True).get(pk=actor.administration_id)
        series = f"F-{code}-{year}"
    elif actor.liaison_office_id:
        code = LiaisonOffice.unguarded.values_list("code", flat=True).get(pk=actor.liaison_office_id)
        series = f"FL-{code}-{year}"
    else:
        series = f"FS-{year}"
    return f"{DRILL}-{series}" if drill else series
