"""The Secretariat: validates for administrations without a liaison office and looks after the network."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel


class Secretariat(GuardedModel):
    """One row that stands for the Secretariat's functions in policies and pages."""

    name = models.CharField(max_length=100, default="Secretariat")

    class Meta(GuardedModel.Meta):
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_secretariat")]

    def __str__(self) -> str:
        return self.name
