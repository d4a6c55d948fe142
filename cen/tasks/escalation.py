"""Escalating flashes, reminding of warnings. Every task may run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task

from cen.actions.ask import remind_next
from cen.actions.escalate import escalate_next

# A task told to end does so soon; the next tick goes on.
AT_ONCE = 500


@shared_task(name="cen.tasks.escalate_flashes")
def escalate_flashes() -> None:
    """Takes every step that is due."""
    for _ in range(AT_ONCE):
        if not escalate_next():
            return


@shared_task(name="cen.tasks.remind_of_warnings")
def remind_of_warnings() -> None:
    """Sends every reminder that is due."""
    for _ in range(AT_ONCE):
        if not remind_next():
            return
