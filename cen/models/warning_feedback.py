"""What became of a warning at an addressed administration, and the request that waits for it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from audit.uuid7 import uuid7
from cen.models.warning import WarningNotice


class WarningFeedback(GuardedModel):
    """One edition of an administration's answer; a later edition takes its place, none is ever changed.

    control_done and result are codes of the lists of these names; hours were spent on it; usefulness is 1 to 5.
    Given by an officer, or by a system of the administration with the key `client_id`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    warning = models.ForeignKey(WarningNotice, on_delete=models.PROTECT, related_name="feedback")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField(default=1)
    control_done = models.CharField(max_length=20)
    result = models.CharField(max_length=20)
    controlled_at = models.DateTimeField(null=True, blank=True)
    techniques = ArrayField(models.CharField(max_length=20), default=list)
    hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    indicators_confirmed = ArrayField(models.CharField(max_length=20), default=list)
    usefulness = models.PositiveSmallIntegerField(null=True, blank=True)
    case_reference = models.CharField(max_length=24, blank=True)
    comment = models.CharField(max_length=1_000, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    client_id = models.UUIDField(null=True, blank=True)
    given_at = models.DateTimeField(db_default=Now())

    class Meta(GuardedModel.Meta):
        ordering = ["-edition"]
        constraints = [
            models.UniqueConstraint(fields=["warning", "administration", "edition"], name="feedback_edition_once"),
            models.CheckConstraint(
                name="usefulness_in_range", condition=Q(usefulness__isnull=True) | Q(usefulness__range=(1, 5))
            ),
        ]
        triggers = [pgtrigger.Protect(name="feedback_kept", operation=pgtrigger.Update | pgtrigger.Delete)]


class WarningRequest(GuardedModel):
    """That an administration is asked to act and to answer by a moment; the row that the reminders work on.

    `stage` counts what was sent: 1 a reminder before, 2 one after, 3 to its contact point. `ended_at`: a later
    notice took the place of this one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    warning = models.ForeignKey(WarningNotice, on_delete=models.PROTECT, related_name="requests")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    stage = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["warning", "administration"], name="asked_once")]
        indexes = [models.Index(fields=["next_step_at"], name="reminders_due", condition=Q(next_step_at__isnull=False))]
        triggers = [pgtrigger.Protect(name="request_kept", operation=pgtrigger.Delete)]
