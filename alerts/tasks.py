"""What workers do for alerts. Every task may run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task

from alerts.channels.email.post import send_next
from alerts.channels.webhook.pump import send_all
from alerts.fanout import fan_out_next
from alerts.reconcile import reconcile

# A task ends after so many announcements, so that a worker told to end does so soon; the next tick goes on.
AT_ONCE = 200


@shared_task(name="alerts.tasks.fan_out_all")
def fan_out_all() -> None:
    """Delivers open announcements, oldest first."""
    for _ in range(AT_ONCE):
        if not fan_out_next():
            return


@shared_task(name="alerts.channels.send_webhooks")
def send_webhooks() -> None:
    """Sends due webhooks, for at most CLAIMS_FOR seconds and what is then still under way."""
    send_all()


@shared_task(name="alerts.mail.send_mails")
def send_mails() -> None:
    """Sends due mails."""
    for _ in range(AT_ONCE):
        if not send_next():
            return


@shared_task(name="alerts.tasks.reconcile")
def reconcile_all() -> None:
    """Repairs the ledger, and complains in the log of what it can't repair."""
    reconcile()
