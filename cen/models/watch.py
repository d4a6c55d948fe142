"""What an administration or office looks out for: identifiers, each with its reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7


class HitPolicy(models.TextChoices):
    OWNER = "owner", _("Tell us only")
    BOTH = "both", _("Tell us and the owner of the case")


class WatchEntry(GuardedModel):
    """One non-nominal identifier that is watched for, by one administration or one liaison office.

    `normalised` is spelled as cen.identifiers spells it. It is looked for from `valid_from` to `valid_until`
    (days of UTC, both included; None: until it is ended). `action` is what is asked for on a hit. `ended_at`: it
    was ended; the row stays, so that old alerts keep their reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    normalised = models.CharField(max_length=100)
    reason = models.CharField(max_length=200)
    action = models.CharField(max_length=200, blank=True)
    hit_policy = models.CharField(max_length=5, choices=HitPolicy.choices, default=HitPolicy.OWNER)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-entered_at", "kind", "normalised"]
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "liaison_office", "kind", "normalised"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="watched_once",
            ),
            models.CheckConstraint(
                name="watch_entry_has_one_seat",
                condition=(
                    models.Q(administration__isnull=False, liaison_office__isnull=True)
                    | models.Q(administration__isnull=True, liaison_office__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="watched_in_order",
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "normalised"], name="watched_value", condition=models.Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.normalised
