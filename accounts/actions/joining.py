"""Accepting an invitation: one transaction makes the person, the factor, the codes and the posting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor, ActorKind
from accounts.letters import hash_of
from accounts.middleware import actor_of_officer
from accounts.models import Invitation, Officer, Posting
from accounts.refusals import Refusal
from accounts.sign_in import recovery_codes
from audit import trail
from audit.verbs import Verb


class LinkIsOver(Refusal):
    """The link was used, withdrawn, replaced, has expired, or never was one."""

    status = 410
    code = "link_over"
    sentence = _("This link no longer works. Ask whoever sent it for a new one.")


USED = _("This invitation was accepted already. Sign in with your address and password.")
WITHDRAWN = _("This invitation was withdrawn. Ask whoever invited you.")
EXPIRED = _("This invitation has expired. Ask whoever invited you to send it again.")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is joining: what was proved so far. `enrol` stores the factor for the officer, once there is one."""

    officer_id: UUID
    password_hash: str
    enrol: Callable[[Officer], None]
    factor: str


def invitation_of(secret: str) -> Invitation:
    """The open invitation of a link; raises LinkIsOver, which says why."""
    rows = Invitation.unguarded.select_related("administration", "liaison_office", "office", "invited_by")
    found = rows.filter(secret_hash=hash_of(secret)).first()
    if found is None:
        raise LinkIsOver
    _refuse_unless_open(found)
    return found


def officer_invited(invitation: Invitation) -> Officer | None:
    """The officer who has an account under the invitation's address already."""
    return Officer.unguarded.filter(email=invitation.email).first()


def join(invitation_id: UUID, secret_hash: bytes, newcomer: Newcomer) -> tuple[Officer, list[str]]:
    """Makes the officer with factor, recovery codes and posting; raises LinkIsOver where another was faster."""
    with transaction.atomic():
        invitation = _locked(invitation_id, secret_hash)
        if officer_invited(invitation) is not None:
            raise LinkIsOver(USED)
        officer = Officer(
            id=newcomer.officer_id,
            email=invitation.email,
            display_name=invitation.display_name,
            language=invitation.language,
            password=newcomer.password_hash,
        )
        if invitation.administration:
            officer.time_zone = invitation.administration.time_zone
        officer.save(force_insert=True)
        newcomer.enrol(officer)
        codes = recovery_codes.make(officer)
        who = _who(officer)
        trail.record(who, Verb.OFFICER_ENROLLED, _officer(officer), facts={"factor": newcomer.factor})
        _accept(invitation, officer)
    return officer, codes


def join_as_known(officer: Officer, secret: str) -> Posting:
    """Adds the invitation's posting to an officer who is signed in; raises LinkIsOver for somebody else's."""
    with transaction.atomic():
        invitation = _locked(invitation_of(secret).pk, hash_of(secret))
        if invitation.email != officer.email or not officer.is_active:
            raise LinkIsOver
        return _accept(invitation, officer)


def _accept(invitation: Invitation, officer: Officer) -> Posting:
    _refuse_unless_still_meant(invitation, officer)
    posting = Posting.unguarded.create(
        officer=officer,
        office_id=invitation.office_id,
        role=invitation.role,
        since=invitation.posting_since or timezone.now().date(),
        until=invitation.posting_until,
        **invitation.seat,
    )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), officer
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    facts: dict[str, Any] = {"officer": str(officer.pk), "role": posting.role, "invitation": str(invitation.pk)}
    what = trail.What("posting", str(posting.pk), owner_administration_id=posting.administration_id)
    trail.record(_who(officer), Verb.POSTING_GRANTED, what, facts=facts)
    return posting


def _refuse_unless_still_meant(invitation: Invitation, officer: Officer) -> None:
    """The link is over where its inviter may no longer invite to this, or would be giving himself a role."""
    if invitation.invited_by_id is None:
        return
    if invitation.invited_by_id == officer.pk:
        raise LinkIsOver(WITHDRAWN)
    rule = policy_for(Invitation).rule(Action.CREATE)
    inviter = invitation.invited_by
    seats = {posting.seat_key for posting in Posting.unguarded.in_force().filter(officer=inviter)}
    actors = [actor_of_officer(inviter, seat) for seat in seats] if inviter else []
    if not any(actor and rule.clause.holds(actor, invitation) for actor in actors):
        raise LinkIsOver(WITHDRAWN)


def _locked(invitation_id: UUID, secret_hash: bytes) -> Invitation:
    found = (
        Invitation.unguarded.select_for_update(of=("self",))
        .select_related("administration")
        .filter(pk=invitation_id, secret_hash=secret_hash)
        .first()
    )
    if found is None:
        raise LinkIsOver
    _refuse_unless_open(found)
    return found


def _refuse_unless_open(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise LinkIsOver(USED)
    if invitation.withdrawn_at:
        raise LinkIsOver(WITHDRAWN)
    if not invitation.is_open:
        raise LinkIsOver(EXPIRED)


def _who(officer: Officer) -> trail.Who:
    return Actor(kind=ActorKind.OFFICER, officer_id=officer.pk).who()


def _officer(officer: Officer) -> trail.What:
    return trail.What("officer", str(officer.pk))
