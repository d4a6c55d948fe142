"""A key for a machine of one seat."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.access.guarded import GuardedModel
from accounts.models.administration import Administration
from accounts.models.liaison_office import LiaisonOffice
from accounts.scopes import Scope
from audit.uuid7 import uuid7


class ApiCredential(GuardedModel):
    """`prefix.secret`; the secret, 256 random bits, is kept as an HMAC-SHA-256 and compared in constant time.

    The scopes are an upper bound on what the seat's own rights allow a machine; a key never makes a key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.BinaryField(max_length=32)
    name = models.CharField(max_length=100)
    administration = models.ForeignKey(Administration, null=True, blank=True, on_delete=models.PROTECT)
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT)
    secretariat = models.BooleanField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                name="credential_has_one_seat",
                condition=(
                    Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name
