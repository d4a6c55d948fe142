"""A place where officers of an administration work: a port, an airport, a border post."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models.administration import Administration


class Office(GuardedModel):
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="offices")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    location_type = models.CharField(max_length=10, blank=True)
    place_name = models.CharField(max_length=120, blank=True)
    locode = models.CharField(max_length=5, blank=True)
    time_zone = models.CharField(max_length=50, default="UTC")
    active = models.BooleanField(default=True)

    class Meta(GuardedModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["administration", "code"], name="office_code_in_administration")]

    def __str__(self) -> str:
        return self.name
