"""Warning notices: non-nominal, to chosen administrations, acknowledged."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7


class FollowKind(models.TextChoices):
    """What a later notice is to the one it follows."""

    UPDATE = "update", _("Update")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class WarningNotice(GuardedModel):
    """What to look out for, from whom, for whom; written once, never changed.

    `body` holds allow-listed, non-nominal fields only (cen.actions.warn). `addressee_ids` are the
    administrations it was issued to, resolved when it was issued, regions and liaison offices included. By
    `answer_by` each is asked to act and to give feedback. `content_hash` is the SHA-256 of the document that its
    issuer saw before issuing: title, body, marking, addressees and deadlines. An update or withdrawal is a new
    notice that `follows` the old one.
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
    answer_by = models.DateTimeField(null=True, blank=True)
    content_hash = models.BinaryField(max_length=32, default=bytes)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers")
    follow_kind = models.CharField(max_length=10, choices=FollowKind.choices, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-issued_at"]
        constraints = [
            # One later notice an older one: which of two updates holds would be anybody's guess.
            models.UniqueConstraint(fields=["follows"], name="warning_followed_once"),
        ]
        indexes = [GinIndex(fields=["addressee_ids"], name="warnings_of_administration")]
        triggers = [pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class WarningAcknowledgement(GuardedModel):
    """An addressed administration has taken note: who said so, and when. One an administration and notice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    warning = models.ForeignKey(WarningNotice, on_delete=models.PROTECT, related_name="acknowledgements")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["acknowledged_at"]
        constraints = [
            models.UniqueConstraint(fields=["warning", "administration"], name="acknowledged_once"),
        ]
        triggers = [pgtrigger.Protect(name="said_once", operation=pgtrigger.Update | pgtrigger.Delete)]
