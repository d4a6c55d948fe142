"""What workers do for alerts. Every task may run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task

from alerts.fanout import fan_out_next

# A task ends after so many announcements, so that a worker told to end does so soon; the next tick goes on.
AT_ONCE = 200


@shared_task(name="alerts.tasks.fan_out_all")
def fan_out_all() -> None:
    """Delivers open announcements, oldest first."""
    for _ in range(AT_ONCE):
        if not fan_out_next():
            return
