"""The only way in: a contact point invites a person to a posting."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.guarded import GuardedModel
from accounts.models.administration import Administration
from accounts.models.liaison_office import LiaisonOffice
from accounts.models.office import Office
from accounts.roles import Role
from audit.uuid7 import uuid7


class Invitation(GuardedModel):
    """A one-time link to one posting; the link's secret is kept as its SHA-256 only.

    invited_by is None where the operator of the installation invited its first people by command.
    posting_since and posting_until become the posting's days (None: the day of joining, and no end).
    mailed_at is None until the mail with the link left; a second mail has a new link and ends the first.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField()
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="en")
    administration = models.ForeignKey(Administration, null=True, blank=True, on_delete=models.PROTECT)
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT)
    secretariat = models.BooleanField(null=True, blank=True)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=30, choices=Role.choices)
    posting_since = models.DateField(null=True, blank=True)
    posting_until = models.DateField(null=True, blank=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations_sent"
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(GuardedModel.Meta):
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(
                name="invitation_has_one_seat",
                condition=(
                    Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.display_name}: {self.get_role_display()}"

    @property
    def is_open(self) -> bool:
        """Whether the link may still be followed."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()

    @property
    def seat_name(self) -> str:
        """The name of the seat, in the active language."""
        seat = self.administration or self.liaison_office
        return seat.name if seat else _("Secretariat")

    @property
    def seat(self) -> dict[str, object]:
        """The seat as keyword arguments for the posting."""
        return {
            "administration_id": self.administration_id,
            "liaison_office_id": self.liaison_office_id,
            "secretariat": self.secretariat,
        }
