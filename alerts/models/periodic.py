"""When each periodic task was last sent for: the row is what beats claim, so that any number of them send once."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel


class PeriodicTask(GuardedModel):
    """One entry of the timetable. `sent_at` is the database's clock; `every` is kept for those who look."""

    name = models.CharField(max_length=64, primary_key=True)
    every = models.DurationField()
    sent_at = models.DateTimeField()

    class Meta(GuardedModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
