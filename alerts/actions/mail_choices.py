"""An officer's choice of when mails about alerts come, for the seat he is at."""

from __future__ import annotations

from datetime import time

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from alerts.actions.webhooks import about
from alerts.models import Channel, Delivery, DeliveryState, Endpoint, Pace
from audit import trail
from audit.verbs import Verb


def mailbox_of(actor: Actor) -> Endpoint:
    """The officer's choices at this seat; where he made none, the unsaved ones that no mail comes by."""
    found: Endpoint | None = policy_for(Endpoint).visible_to(actor, Action.AMEND).filter(channel=Channel.EMAIL).first()
    return found or Endpoint(
        channel=Channel.EMAIL,
        officer_id=actor.officer_id,
        secretariat=actor.secretariat,
        made_by_id=actor.officer_id,
        needs_me=Pace.NEVER,
        information=Pace.NEVER,
        **actor.seat,
    )


def choose(
    actor: Actor,
    mailbox: Endpoint,
    *,
    needs_me: Pace,
    information: Pace,
    digest_at: time,
    quiet_from: time | None,
    quiet_until: time | None,
) -> None:
    """Keeps the choices; what waits is looked at anew under them."""
    policy_for(Endpoint).require(actor, Action.AMEND, mailbox)
    if (quiet_from is None) != (quiet_until is None):
        sentence = _("Give both ends of the quiet hours, or neither.")
        raise RulesBroken([Finding("quiet_hours_open", sentence, "quiet_until" if quiet_from else "quiet_from")])
    mailbox.needs_me, mailbox.information, mailbox.digest_at = needs_me, information, digest_at
    mailbox.quiet_from, mailbox.quiet_until = quiet_from, quiet_until
    mailbox.save()
    Delivery.unguarded.filter(
        endpoint=mailbox, state=DeliveryState.WAITING, lease_token__isnull=True, letter__isnull=True
    ).update(next_at=Now())
    facts = {"needs_me": str(needs_me), "information": str(information)}
    trail.record(actor.who(), Verb.ENDPOINT_AMENDED, about(mailbox), facts=facts)
