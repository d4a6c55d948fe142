"""The only way in: a contact point invites a person to a posting."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models.administration import Administration
from accounts.models.liaison_office import LiaisonOffice
from accounts.models.office import Office
from accounts.roles import Role
from audit.uuid7 import uuid7


class Invitation(GuardedModel):
    """A one-time link, kept as the SHA-256 of its secret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField()
    display_name = models.CharField(max_length=120)
    administration = models.ForeignKey(Administration, null=True, blank=True, on_delete=models.PROTECT)
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT)
    secretariat = models.BooleanField(null=True, blank=True)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=30, choices=Role.choices)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(GuardedModel.Meta):
        ordering = ["-invited_at"]

    def __str__(self) -> str:
        return f"{self.display_name}: {self.get_role_display()}"
