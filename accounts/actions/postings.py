"""Giving and ending roles at a seat, and resetting the factors of somebody who lost them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actions.invitations import roles_at
from accounts.actor import Actor
from accounts.models import LetterKind, Office, Officer, Posting
from accounts.refusals import Finding, Forbidden, RulesBroken, WrongState
from accounts.roles import Role
from accounts.sign_in import factors, links
from audit import trail
from audit.verbs import Verb

ALSO_ELSEWHERE = _(
    "This person holds roles that you do not look after. Ask the contact point of the other seat, or the "
    "Secretariat, to reset the factors."
)


def grant(
    actor: Actor,
    beside: Posting,
    *,
    role: Role,
    office: Office | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Posting:
    """Gives the holder of a posting one more role at the same seat, from `since` (default: today)."""
    first = since or timezone.now().date()
    made = Posting(
        officer_id=beside.officer_id,
        administration_id=beside.administration_id,
        liaison_office_id=beside.liaison_office_id,
        secretariat=beside.secretariat,
        office=office,
        role=role,
        since=first,
        until=until,
    )
    policy_for(Posting).require(actor, Action.CREATE, made)
    held = _at_the_same_seat(beside)
    if not held:
        raise WrongState(_("This person holds no role here any more. Invite the person anew."))
    findings = []
    if role not in roles_at(
        administration=made.administration_id is not None, liaison_office=made.liaison_office_id is not None
    ):
        findings.append(Finding("ROLE-SEAT", str(_("This role does not exist at this seat. Choose another.")), "role"))
    if office is not None and office.administration_id != made.administration_id:
        findings.append(Finding("OFFICE-SEAT", str(_("This office belongs to another administration.")), "office"))
    if until is not None and until <= first:
        findings.append(Finding("POSTING-DAYS", str(_("The last day must lie after the first.")), "until"))
    if role in {one.role for one in held}:
        findings.append(Finding("POSTED", str(_("This person holds this role here already.")), "role"))
    if findings:
        raise RulesBroken(findings)
    made.save(force_insert=True)
    trail.record(actor.who(), Verb.POSTING_GRANTED, what(made), facts=_facts(made))
    return made


def end(actor: Actor, posting: Posting) -> None:
    """Ends a posting now: the person's next request finds no right from it. Ending twice is no error."""
    policy_for(Posting).require(actor, Action.REVOKE, posting)
    today = timezone.now().date()
    if posting.until is None or posting.until > today:
        posting.until = today
        posting.save(update_fields=["until"])
        trail.record(actor.who(), Verb.POSTING_ENDED, what(posting), facts=_facts(posting))


def reset_factors(actor: Actor, posting: Posting) -> str:
    """Takes all factors of the posting's holder away; returns the hand-over code, to be told by voice.

    The person gets a link by mail and needs the password too. Refused where the person holds a posting that
    the actor does not look after: one seat must not reach into another by way of a person.
    """
    policy = policy_for(Posting)
    policy.require(actor, Action.RESET_FACTOR, posting)
    officer = Officer.unguarded.select_for_update().get(pk=posting.officer_id)
    held = Posting.unguarded.in_force().filter(officer=officer)
    if not all(policy.allows(actor, Action.RESET_FACTOR, one) for one in held):
        raise Forbidden(ALSO_ELSEWHERE)
    factors.forget_all(officer)
    letters.write(LetterKind.FACTORS_RESET, officer=officer)
    trail.record(
        actor.who(),
        Verb.OFFICER_FACTOR_RESET,
        trail.What("officer", str(officer.pk), owner_administration_id=posting.administration_id),
    )
    return links.hand_over_code(officer)


def what(posting: Posting) -> trail.What:
    """The posting as the object of an event."""
    return trail.What("posting", str(posting.pk), owner_administration_id=posting.administration_id)


def _facts(posting: Posting) -> dict[str, Any]:
    return {
        "officer": str(posting.officer_id),
        "role": posting.role,
        "since": posting.since.isoformat(),
        "until": posting.until.isoformat() if posting.until else None,
    }


def _at_the_same_seat(beside: Posting) -> list[Posting]:
    held = Posting.unguarded.in_force().filter(officer_id=beside.officer_id)
    return [one for one in held if one.seat_key == beside.seat_key]
