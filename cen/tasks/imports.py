"""Carrying on imports. Every task may run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task

from cen.actions.import_work import carry_on
from cen.actions.imports import forget_old, hint

# A worker told to end does so within this time and a chunk; whoever comes next reads the file anew, which a
# shorter time would make happen too often.
SECONDS = 90.0


# Reading the largest workbook for the first time takes minutes; the broker gives a task to another after fifteen.
@shared_task(name="cen.imports.carry_on", soft_time_limit=800, time_limit=830)
def carry_on_imports() -> None:
    """Works on the oldest open import for a while and has the next turn called."""
    if carry_on(seconds=SECONDS):
        hint()


@shared_task(name="cen.imports.forget_old")
def forget_old_imports() -> None:
    """Forgets what imports of long ago left behind."""
    while forget_old():
        pass
