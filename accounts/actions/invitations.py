"""Inviting somebody to a posting, sending the link again, withdrawing it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, Invitation, LetterKind, LiaisonOffice, Office, Officer, Posting
from accounts.models.officer import plain_address
from accounts.refusals import Finding, RulesBroken, WrongState
from accounts.roles import AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT, Role
from audit import trail
from audit.verbs import Verb

NOT_OPEN = _("This invitation was accepted, withdrawn or has expired. Invite the person anew.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be invited to what. Exactly one of the three seats is given."""

    email: str
    display_name: str
    role: Role
    administration: Administration | None = None
    liaison_office: LiaisonOffice | None = None
    secretariat: bool | None = None
    office: Office | None = None
    since: date | None = None
    until: date | None = None
    language: str = "en"


def invite(actor: Actor, wanted: Wanted) -> Invitation:
    """Invites a person; a worker mails the link. Raises RulesBroken for what does not fit together."""
    invitation = _made(wanted, invited_by_id=actor.officer_id)
    policy_for(Invitation).require(actor, Action.CREATE, invitation)
    if Officer.unguarded.filter(pk__in=[actor.officer_id], email=invitation.email).exists():
        sentence = _("Nobody gives himself a role. Ask somebody else who looks after people.")
        raise RulesBroken([Finding("ONESELF", str(sentence), "email")])
    return _kept(actor.who(), invitation)


def invite_first(who: trail.Who, wanted: Wanted) -> Invitation:
    """Invites in the name of the installation's operator, who has the database anyway."""
    return _kept(who, _made(wanted, invited_by_id=None))


def send_again(actor: Actor, invitation: Invitation) -> None:
    """Mails a new link, which lasts anew; the earlier one stops working when the new one leaves."""
    policy_for(Invitation).require(actor, Action.CREATE, invitation)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise WrongState(NOT_OPEN)
    invitation.expires_at = timezone.now() + settings.INVITATION_LASTS
    invitation.mailed_at = None
    invitation.save(update_fields=["expires_at", "mailed_at"])
    letters.write(LetterKind.INVITATION, invitation=invitation)
    trail.record(actor.who(), Verb.OFFICER_INVITED, what(invitation), facts={"again": True})


def withdraw(actor: Actor, invitation: Invitation) -> None:
    """Ends the link at once; withdrawing twice is no error."""
    policy_for(Invitation).require(actor, Action.REVOKE, invitation)
    if invitation.accepted_at:
        raise WrongState(_("This invitation was accepted already: end the posting instead."))
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        trail.record(actor.who(), Verb.INVITATION_WITHDRAWN, what(invitation))


def what(invitation: Invitation) -> trail.What:
    """The invitation as the object of an event."""
    return trail.What("invitation", str(invitation.pk), owner_administration_id=invitation.administration_id)


def _made(wanted: Wanted, *, invited_by_id: Any) -> Invitation:
    return Invitation(
        email=plain_address(wanted.email),
        display_name=wanted.display_name.strip(),
        language=wanted.language,
        administration=wanted.administration,
        liaison_office=wanted.liaison_office,
        secretariat=wanted.secretariat,
        office=wanted.office,
        role=wanted.role,
        posting_since=wanted.since,
        posting_until=wanted.until,
        # No link exists before a worker makes one; until then nothing matches.
        secret_hash=secrets.token_bytes(32),
        invited_by_id=invited_by_id,
        expires_at=timezone.now() + settings.INVITATION_LASTS,
    )


def _kept(who: trail.Who, invitation: Invitation) -> Invitation:
    if findings := list(_findings(invitation)):
        raise RulesBroken(findings)
    invitation.save(force_insert=True)
    letters.write(LetterKind.INVITATION, invitation=invitation)
    trail.record(who, Verb.OFFICER_INVITED, what(invitation), facts={"role": invitation.role})
    return invitation


def roles_at(*, administration: bool, liaison_office: bool) -> frozenset[Role]:
    """The roles that exist at a kind of seat."""
    if administration:
        return AT_ADMINISTRATION
    return AT_LIAISON_OFFICE if liaison_office else AT_SECRETARIAT


def _findings(one: Invitation) -> Any:
    fitting = roles_at(
        administration=one.administration_id is not None, liaison_office=one.liaison_office_id is not None
    )
    if one.role not in fitting:
        yield Finding("ROLE-SEAT", str(_("This role does not exist at this seat. Choose another.")), "role")
    if one.office is not None and one.office.administration_id != one.administration_id:
        yield Finding("OFFICE-SEAT", str(_("This office belongs to another administration.")), "office")
    first = one.posting_since or timezone.now().date()
    if one.posting_until is not None and one.posting_until <= max(first, timezone.now().date()):
        yield Finding("POSTING-DAYS", str(_("The last day must lie after the first, and after today.")), "until")
    same_seat = {key: value for key, value in one.seat.items() if value is not None}
    waiting = Invitation.unguarded.filter(
        email=one.email, role=one.role, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now(), **same_seat
    )
    if waiting.exists():
        sentence = _("This person was invited to this role already. Send the link again, or withdraw it first.")
        yield Finding("INVITED", str(sentence), "email")
    if Posting.unguarded.in_force().filter(officer__email=one.email, role=one.role, **same_seat).exists():
        yield Finding("POSTED", str(_("This person holds this role here already.")), "email")
