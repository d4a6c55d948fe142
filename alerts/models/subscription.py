"""What an administration's desk, a liaison office or an officer wants to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7


class Subscription(GuardedModel):
    """A named set of criteria of one source.

    officer None: the seat's desk follows (one alert for the administration or office); else the alert is the
    officer's own. `criteria` is the query string of a search, so that a search and a subscription are one.
    `initial` marks the one an administration's desk starts with; it is edited and ended like any other, and
    never made twice. `ended_at`: it was deleted; the row stays, so that old alerts keep their reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=40, default="case.published")
    name = models.CharField(max_length=100)
    criteria = models.CharField(max_length=2000, blank=True)
    active = models.BooleanField(default=True)
    initial = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "source"],
                name="one_initial_subscription",
                condition=models.Q(initial=True),
            ),
            models.CheckConstraint(
                name="subscription_has_one_seat",
                condition=(
                    models.Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
                    | models.Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
                    | models.Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
                ),
            ),
        ]
        indexes = [models.Index(fields=["source"], name="subscription_active", condition=models.Q(active=True))]

    def __str__(self) -> str:
        return self.name
