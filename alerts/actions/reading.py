"""Reading the inbox: an alert of the desk is read for everybody there, one's own for oneself."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from alerts.models import Alert
from audit import trail
from audit.verbs import Verb

# What one click marks at most; the next click goes on.
AT_ONCE = 5_000
ASKING = Q(needs_acknowledgement=True) | Q(needs_me=True)


def mark_read(actor: Actor, alert: Alert) -> None:
    """Marks one alert as read; who read it first stays."""
    policy_for(Alert).require(actor, Action.AMEND, alert)
    changed = Alert.unguarded.filter(pk=alert.pk, read_at__isnull=True).update(
        read_at=timezone.now(), read_by=actor.officer_id
    )
    if changed:
        trail.record(actor.who(), Verb.ALERT_READ, trail.What("alert", str(alert.pk)))


def mark_all_read(actor: Actor, until: UUID) -> int:
    """Marks what is unread up to that alert, so that nothing that came meanwhile goes unseen."""
    unread = policy_for(Alert).visible_to(actor, Action.AMEND).filter(read_at__isnull=True, pk__lte=until)
    keys = list(unread.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    changed: int = Alert.unguarded.filter(pk__in=keys, read_at__isnull=True).update(
        read_at=timezone.now(), read_by=actor.officer_id
    )
    if changed:
        trail.record(actor.who(), Verb.ALERT_READ, facts={"alerts": changed, "until": str(until)})
    return changed


def settle(actor: Actor, kind: str, subject_id: object) -> int:
    """Closes the alerts of a subject that the actor acknowledged for his administration, colleagues' too.

    The caller required the acknowledging act of the subject itself. Runs as a task, because alerts of
    colleagues are theirs; it touches this subject at this administration only.
    """
    administration_id = actor.administration_id
    if administration_id is None:
        return 0
    with handed_to(SystemTask.ACKNOWLEDGEMENT):
        changed: int = Alert.unguarded.filter(
            kind=kind,
            subject_id=str(subject_id),
            administration_id=administration_id,
            acknowledged_at__isnull=True,
            needs_acknowledgement=True,
        ).update(acknowledged_at=timezone.now(), acknowledged_by=actor.officer_id, needs_me=False)
    if changed:
        facts = {"kind": kind, "subject": str(subject_id), "alerts": changed}
        trail.record(actor.who(), Verb.ALERT_ACKNOWLEDGED, facts=facts)
    return changed


def let_go(actor: Actor, kind: str, subject_id: object) -> int:
    """Asks nobody any longer for anything about the subject: its issuer put another in its place, or it is done.

    The caller required the act that ends it. Runs as a task, because the alerts are their recipients'.
    """
    with handed_to(SystemTask.ACKNOWLEDGEMENT):
        changed: int = Alert.unguarded.filter(
            ASKING, kind=kind, subject_id=str(subject_id), acknowledged_at__isnull=True
        ).update(needs_acknowledgement=False, needs_me=False)
    return changed
