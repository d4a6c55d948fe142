"""The administration's own record of a seizure or an incident."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, Office
from audit.uuid7 import uuid7
from cen.lifecycle import CaseState


class CaseKind(models.TextChoices):
    SEIZURE = "seizure", _("Seizure")
    INCIDENT = "incident", _("Incident")


class CaseForm(models.TextChoices):
    SHORT = "short", _("Short form")
    LONG = "long", _("Full form")


def codes(max_length: int = 20) -> ArrayField:
    """A column of several codes."""
    return ArrayField(models.CharField(max_length=max_length), default=list, blank=True)


def code(max_length: int = 20) -> models.CharField:
    """A column of one code; blank where it is not given."""
    return models.CharField(max_length=max_length, blank=True)


class Case(GuardedModel):
    """The header that seizures and incidents share; field by field after the house's record description.

    Only its administration sees a case. `revision` rises with every change and tells concurrent edits apart;
    `edited_by` is the person who changed the content last; `edition` is the number of the last released version
    (0: never released). Codes are those of the code lists; times are UTC with the local `time_zone` beside;
    `unknown` maps a field to the reason why it is empty. `place_country` is the ISO code of where it was found.
    While a published case is being corrected, `before_correction` keeps its sheet as it was (cen.sheet_document),
    for the case that this is given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=CaseKind.choices, default=CaseKind.SEIZURE)
    form = models.CharField(max_length=5, choices=CaseForm.choices, default=CaseForm.SHORT)
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    author_client_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    edition = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    send_back_note = models.TextField(blank=True)
    correction_reason = code()
    before_correction = models.JSONField(null=True, blank=True)
    external_refs = models.JSONField(default=list, blank=True)
    import_batch = models.ForeignKey(
        "cen.ImportBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    seizure_date = models.DateField(null=True, blank=True)
    seizure_time = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=50, blank=True)
    date_precision = models.CharField(max_length=5, default="day")
    location_type = code()
    place_name = models.CharField(max_length=120, blank=True)
    locode = models.CharField(max_length=5, blank=True)
    place_country = models.CharField(max_length=2, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    geo_precision = code()
    direction = code()
    customs_procedure = models.CharField(max_length=20, blank=True)
    flow_kind = code()
    detection_trigger = code()
    detection_techniques = codes()
    intelligence_source = code()
    intelligence_administration = models.CharField(max_length=3, blank=True)
    modus_operandi = models.TextField(max_length=4000, blank=True)
    narrative_public = models.TextField(max_length=4000, blank=True)
    offences = codes()
    persons_count = models.PositiveIntegerField(null=True, blank=True)
    arrests_count = models.PositiveIntegerField(null=True, blank=True)
    persons_statistics = models.JSONField(default=list, blank=True)
    legal_status = code()
    disposal = code()
    controlled_delivery = models.BooleanField(default=False)
    controlled_delivery_open = models.BooleanField(default=False)

    grading_source = models.CharField(max_length=1, blank=True)
    grading_information = models.CharField(max_length=1, blank=True)
    tlp = models.CharField(max_length=20, default="GREEN")
    pap = models.CharField(max_length=20, blank=True)
    handling_codes = codes()
    handling_note = models.CharField(max_length=300, blank=True)
    legal_basis = code()
    review_on = models.DateField(null=True, blank=True)
    evidence_use = models.BooleanField(default=False)

    unknown = models.JSONField(default=dict, blank=True)
    confirmed = models.JSONField(default=list, blank=True)
    quality_score = models.PositiveSmallIntegerField(default=0)
    missing_fields = codes(40)

    class Meta(GuardedModel.Meta):
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["id", "administration"], name="case_of_administration"),
        ]
        indexes = [
            models.Index(fields=["administration", "state", "-updated_at"], name="case_by_state"),
            models.Index(fields=["administration", "-seizure_date"], name="case_by_date"),
            GinIndex(fields=["place_name"], name="case_place_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.reference


class CaseLink(GuardedModel):
    """Two cases of one administration that belong together or are perhaps the same; can be undone."""

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_from")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_to")
    relation = models.CharField(
        max_length=12, choices=[("duplicate", _("The same event")), ("related", _("Belongs together"))]
    )
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "case", "other"],
                condition=models.Q(undone_at__isnull=True),
                name="one_standing_link",
            )
        ]
