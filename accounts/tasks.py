"""What workers do for accounts. Every task may run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.letters import send_next
from accounts.models import Session

# A task ends after so many letters, so that a worker told to end does so soon; the next tick goes on.
AT_ONCE = 20


@shared_task(name="accounts.tasks.send_letters")
def send_letters() -> None:
    """Sends waiting letters, oldest first."""
    for _ in range(AT_ONCE):
        if not send_next():
            return


@shared_task(name="accounts.tasks.forget_old_sessions")
def forget_old_sessions() -> None:
    """Removes sessions that have run out, so that their addresses and browsers are not kept."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
