"""A seat's webhooks: made, tried, given a new secret, switched off and on, and what was given up sent again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken, WrongState
from alerts.claims import let_go
from alerts.deliveries import hint_after_commit
from alerts.models import Channel, Delivery, DeliveryState, Ended, Endpoint
from alerts.outgoing.addresses import AddressRefused
from alerts.outgoing.creation import vet
from alerts.outgoing.sealing import new_secret, seal, shown
from audit import trail
from audit.verbs import Verb

# Enough for an agent, a risk engine and the next one of each; every alert goes to all of them.
MOST = 10
# Time to put the new secret into the receiver while both sign.
ROTATION = timedelta(hours=24)
# What one click replays at most; the next click goes on.
AT_ONCE = 1_000


def about(endpoint: Endpoint) -> trail.What:
    """The endpoint as facts of the audit trail."""
    return trail.What("endpoint", str(endpoint.pk), "", endpoint.administration_id)


def make(actor: Actor, *, name: str, url: str) -> tuple[Endpoint, str]:
    """A webhook of the actor's seat; the second value is its secret, which is shown once.

    Raises RulesBroken where the address can't be used, with the sentence that says why.
    """
    endpoint = Endpoint(
        channel=Channel.WEBHOOK,
        secretariat=actor.secretariat,
        name=" ".join(name.split()),
        url=url.strip(),
        made_by_id=actor.officer_id,
        **actor.seat,
    )
    policy_for(Endpoint).require(actor, Action.CREATE, endpoint)
    if not endpoint.name or len(endpoint.name) > 100:
        raise RulesBroken([Finding("name_missing", _("Give a name of at most 100 characters."), "name")])
    beside = policy_for(Endpoint).visible_to(actor, Action.LIST).filter(disabled_at__isnull=True)
    if beside.count() >= MOST:
        sentence = _("There are %(most)s webhooks already. Switch one off that you no longer need.") % {"most": MOST}
        raise RulesBroken([Finding("too_many_webhooks", sentence)])
    try:
        vet(endpoint.url)
    except AddressRefused as refused:
        raise RulesBroken([Finding(refused.code, str(refused.sentence), "url")]) from None
    secret = new_secret()
    endpoint.secret_sealed = seal(secret, endpoint.pk)
    endpoint.save(force_insert=True)
    trail.record(actor.who(), Verb.ENDPOINT_MADE, about(endpoint), facts={"channel": endpoint.channel})
    return endpoint, shown(secret)


def rotate(actor: Actor, endpoint: Endpoint) -> str:
    """A new secret, which is shown once; the present one signs beside it for ROTATION."""
    policy_for(Endpoint).require(actor, Action.ISSUE, endpoint)
    secret = new_secret()
    Endpoint.unguarded.filter(pk=endpoint.pk).update(
        earlier_sealed=endpoint.secret_sealed,
        earlier_until=Now() + ROTATION,
        secret_sealed=seal(secret, endpoint.pk),
    )
    trail.record(actor.who(), Verb.ENDPOINT_SECRET_ROTATED, about(endpoint))
    return shown(secret)


def test(actor: Actor, endpoint: Endpoint) -> None:
    """Lets a worker send a test, whose outcome the ledger shows; at most one waits."""
    policy_for(Endpoint).require(actor, Action.TEST, endpoint)
    _require_taking(endpoint)
    waiting = Delivery.unguarded.filter(endpoint=endpoint, alert__isnull=True, state=DeliveryState.WAITING)
    if not waiting.exists():
        Delivery.unguarded.create(
            endpoint=endpoint, channel=endpoint.channel, secretariat=endpoint.secretariat, **_seat(endpoint)
        )
        trail.record(actor.who(), Verb.ENDPOINT_TESTED, about(endpoint))
    hint_after_commit()


def disable(actor: Actor, endpoint: Endpoint) -> None:
    """Switches it off; what waits is cancelled with that reason. Doing so twice is no error."""
    policy_for(Endpoint).require(actor, Action.REVOKE, endpoint)
    off = Endpoint.unguarded.filter(pk=endpoint.pk, disabled_at__isnull=True)
    if off.update(disabled_at=Now(), disabled_because=Ended.BY_PERSON):
        cancelled = let_go()
        trail.record(actor.who(), Verb.ENDPOINT_DISABLED, about(endpoint), facts={"cancelled": cancelled})


def enable(actor: Actor, endpoint: Endpoint) -> None:
    """Switches it on again, for what comes from now on; its address is judged anew."""
    policy_for(Endpoint).require(actor, Action.HANDLE, endpoint)
    vet(endpoint.url)
    on = Endpoint.unguarded.filter(pk=endpoint.pk, disabled_at__isnull=False)
    if on.update(disabled_at=None, disabled_because="", enabled_at=Now(), failures=0, paused_until=None):
        trail.record(actor.who(), Verb.ENDPOINT_ENABLED, about(endpoint))


def replay(actor: Actor, endpoint: Endpoint, chosen: Iterable[Any] | None = None) -> int:
    """Sends again what was given up (all, or the chosen ids), by a plan that begins anew; returns how many."""
    _require_taking(endpoint)
    dead = policy_for(Delivery).visible_to(actor, Action.REPLAY).filter(endpoint=endpoint, alert__isnull=False)
    if chosen is not None:
        dead = dead.filter(pk__in=list(chosen))
    keys = list(dead.order_by("made_at").values_list("pk", flat=True)[:AT_ONCE])
    number: int = Delivery.unguarded.filter(pk__in=keys, state=DeliveryState.DEAD).update(
        state=DeliveryState.WAITING,
        reason="",
        ended_at=None,
        attempts=0,
        failures=0,
        unanswered=0,
        next_at=Now(),
        plan_from=Now(),
        lease_token=None,
    )
    if number:
        trail.record(actor.who(), Verb.DELIVERIES_REPLAYED, about(endpoint), facts={"deliveries": number})
        hint_after_commit()
    return number


def _require_taking(endpoint: Endpoint) -> None:
    if endpoint.disabled_at is not None:
        raise WrongState(_("This webhook is switched off. Switch it on first."))


def _seat(endpoint: Endpoint) -> dict[str, Any]:
    return {"administration_id": endpoint.administration_id, "liaison_office_id": endpoint.liaison_office_id}
