"""Warning notices: non-nominal, to chosen administrations, acknowledged."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7


class WarningNotice(GuardedModel):
    """What to look out for, from whom, for whom; written once.

    `body` holds allow-listed fields only (cen.actions.warn). `addressee_ids` are the administrations it was
    issued to, resolved when it was issued, regions included.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=24, unique=True)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    title = models.CharField(max_length=160)
    body = models.JSONField()
    tlp = models.CharField(max_length=20, default="AMBER")
    addressee_ids = ArrayField(models.BigIntegerField())
    acknowledge_by = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"
