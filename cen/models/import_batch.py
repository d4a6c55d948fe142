"""An import: one file, one mapping, its rows and where it stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from audit.uuid7 import uuid7


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    SENDING = "sending", _("Being recorded")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


class ImportBatch(GuardedModel):
    """A file on its way into drafts.

    administration None: by the file's country column (Secretariat only). `position` is the last row of the
    file that was dealt with in a committed transaction, so that a killed worker's successor goes on there.
    `counts` are the report's figures so far. lease_until and lease_token (database clock) say which worker
    holds the batch.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_country = models.BooleanField(default=False)
    mapping = models.CharField(max_length=60)
    mapping_text = models.TextField()
    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    keep_exact_duplicates = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.UPLOADED)
    refusal = models.TextField(blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    total_rows = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(GuardedModel):
    """What became of one row of the file: its findings, and the case it became part of.

    `cells` is kept for rows that were refused or need confirmation, so that they can be given back.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="row_results")
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    row = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12)
    findings = models.JSONField(default=list)
    cells = models.JSONField(null=True, blank=True)
    digest = models.BinaryField(max_length=16)
    case_id = models.UUIDField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="one_result_a_row")]
        indexes = [models.Index(fields=["batch", "digest"], name="import_row_digest")]
