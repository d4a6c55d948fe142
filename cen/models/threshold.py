"""From which quantity on a record belongs into the network."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import LiaisonOffice


class Threshold(GuardedModel):
    """A minimum for a category at a liaison office (None: everywhere): kg, pieces or litres."""

    category = models.CharField(max_length=20)
    goods_type = models.CharField(max_length=20, blank=True)
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=6, choices=[("kg", "kg"), ("pieces", "pieces"), ("litres", "litres")])
    minimum = models.DecimalField(max_digits=24, decimal_places=9)

    class Meta(GuardedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["category", "goods_type", "liaison_office", "measure"],
                name="one_threshold",
                nulls_distinct=False,
            )
        ]
