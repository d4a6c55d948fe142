"""Following: for oneself, or for the desk. The criteria are the words of a search."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from alerts.models import Subscription
from alerts.sources import subscribable
from audit import trail
from audit.verbs import Verb

# What one person, or one desk, can follow at once: more would be asked at every publication.
MOST = 50
LONGEST_CRITERIA = 2_000


def about(subscription: Subscription) -> trail.What:
    """The subscription as facts of the audit trail."""
    return trail.What("subscription", str(subscription.pk), "", subscription.administration_id)


def follow(actor: Actor, *, source: str, name: str, criteria: str, desk: bool = False) -> Subscription:
    """Makes a subscription of the actor, or of his desk. Raises a Refusal where the criteria mean nothing."""
    new = Subscription(
        **actor.seat,
        secretariat=actor.secretariat,
        officer_id=None if desk else actor.officer_id,
        source=source,
        made_by_id=actor.officer_id,
    )
    policy_for(Subscription).require(actor, Action.CREATE, new)
    _fill(new, name, criteria)
    beside = Subscription.unguarded.filter(
        administration_id=new.administration_id,
        liaison_office_id=new.liaison_office_id,
        secretariat=new.secretariat,
        officer_id=new.officer_id,
        ended_at__isnull=True,
    )
    if beside.count() >= MOST:
        sentence = _("There are %(most)s subscriptions already. Delete one you no longer need.") % {"most": MOST}
        raise RulesBroken([Finding("too_many_subscriptions", sentence)])
    new.save(force_insert=True)
    trail.record(actor.who(), Verb.SUBSCRIPTION_MADE, about(new), facts={"source": source, "desk": desk})
    return new


def amend(actor: Actor, subscription: Subscription, *, name: str, criteria: str) -> None:
    """Changes name and criteria; alerts that came before stay."""
    policy_for(Subscription).require(actor, Action.AMEND, subscription)
    _fill(subscription, name, criteria)
    subscription.save(update_fields=["name", "criteria"])
    trail.record(actor.who(), Verb.SUBSCRIPTION_AMENDED, about(subscription))


def switch(actor: Actor, subscription: Subscription, *, active: bool) -> None:
    """Pauses the subscription, or lets it go on."""
    policy_for(Subscription).require(actor, Action.AMEND, subscription)
    if subscription.ended_at is not None or subscription.active is active:
        return
    subscription.active = active
    subscription.save(update_fields=["active"])
    trail.record(actor.who(), Verb.SUBSCRIPTION_AMENDED, about(subscription), facts={"active": active})


def end(actor: Actor, subscription: Subscription) -> None:
    """Deletes the subscription for good; what it brought stays in the inbox."""
    policy_for(Subscription).require(actor, Action.DISCARD, subscription)
    if subscription.ended_at is not None:
        return
    subscription.active, subscription.ended_at = False, timezone.now()
    subscription.save(update_fields=["active", "ended_at"])
    trail.record(actor.who(), Verb.SUBSCRIPTION_ENDED, about(subscription))


def _fill(subscription: Subscription, name: str, criteria: str) -> None:
    kept = subscribable(subscription.source).check(criteria)
    if len(kept) > LONGEST_CRITERIA:
        raise RulesBroken([Finding("criteria_too_long", _("These criteria are too long. Choose fewer values."))])
    given = " ".join(name.split())
    if not given or len(given) > 100:
        raise RulesBroken([Finding("name_missing", _("Give a name of at most 100 characters."), "name")])
    subscription.name, subscription.criteria = given, kept
