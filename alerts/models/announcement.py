"""The outbox: a fact that others must hear of, written in the transaction that made it a fact."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.access.guarded import GuardedModel
from audit.uuid7 import uuid7


class Announcement(GuardedModel):
    """`kind` names the source that can tell audience and headline; `subject_id` is the source's object.

    sequence is the order of announcing, taken under a lock. Work on it is claimed by a lease on the database
    clock (lease_token, lease_until); attempts are counted at the claim, so that a row that kills its worker
    is counted too and ends in quarantine instead of circling for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    announced_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)
    alerts_made = models.PositiveIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    quarantined_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="announced_once"),
        ]
        indexes = [
            models.Index(
                fields=["sequence"],
                name="announcement_open",
                condition=models.Q(done_at__isnull=True, quarantined_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
