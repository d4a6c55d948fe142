"""The regions into which administrations are grouped."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models.names import Named


class Region(Named, GuardedModel):
    code = models.CharField(max_length=20, unique=True)

    class Meta(GuardedModel.Meta):
        ordering = ["name_en"]
