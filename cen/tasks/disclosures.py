"""Ending disclosures on time. Every task may run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task

from cen.actions.disclosures import expire_due


@shared_task(name="cen.tasks.expire_disclosures")
def expire_disclosures() -> None:
    """Destroys the copies whose day has passed."""
    while expire_due():
        pass
