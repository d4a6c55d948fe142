"""What an administration released: immutable, versioned, non-nominal."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.fields.json import KeyTransform

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7
from cen.lifecycle import ReleasedState
from cen.models.case import CaseKind


def words(max_length: int = 20) -> ArrayField:
    return ArrayField(models.CharField(max_length=max_length), default=list)


_CONTENT = (
    "reference",
    "edition",
    "case_id",
    "administration_id",
    "liaison_office_id",
    "released_by_id",
    "author_id",
    "body",
    "content_hash",
)


class ReleasedCase(GuardedModel):
    """One version of a case as the network may see it.

    `body` is the document built from the allow-list (cen.non_nominal); `content_hash` is the SHA-256 of its
    canonical bytes, and every decision names it. The columns below it repeat parts of the body for searching
    and are written once with it. liaison_office None: the Secretariat validates. `sequence` is the place in
    the network's order of publication, taken under a lock; None while unpublished.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case_id = models.UUIDField(db_index=True)
    reference = models.CharField(max_length=20)
    edition = models.PositiveIntegerField()
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=12, choices=ReleasedState.choices, default=ReleasedState.WAITING)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    sequence = models.BigIntegerField(null=True, unique=True)

    body = models.JSONField()
    content_hash = models.BinaryField(max_length=32)

    kind = models.CharField(max_length=10, choices=CaseKind.choices)
    category_codes = words()
    goods_types = words()
    hs_codes = words(6)
    seized_on = models.DateField(null=True)
    place_country = models.CharField(max_length=2, blank=True)
    locode = models.CharField(max_length=5, blank=True)
    location_type = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=20, blank=True)
    flow_kind = models.CharField(max_length=20, blank=True)
    modes = words(2)
    conveyance_types = words()
    departure_countries = words(2)
    transit_countries = words(2)
    destination_countries = words(2)
    origin_countries = words(2)
    route_countries = words(2)
    detection_trigger = models.CharField(max_length=20, blank=True)
    detection_techniques = words()
    concealment_places = words()
    concealment_methods = words()
    kg = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    pieces = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    litres = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    quality_score = models.PositiveSmallIntegerField(default=0)
    search_text = models.TextField(blank=True)
    search_vector = SearchVectorField(null=True)
    below_threshold = models.BooleanField(default=False)

    class Meta(GuardedModel.Meta):
        ordering = ["-seized_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "edition"], name="one_released_version"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(state=ReleasedState.PUBLISHED),
                name="one_published_version",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-seized_on", "-id"], name="released_newest"),
            models.Index(fields=["liaison_office", "state", "released_at"], name="released_queue"),
            models.Index(fields=["administration", "state", "-seized_on"], name="released_by_owner"),
            GinIndex(fields=["category_codes"], name="released_categories"),
            GinIndex(fields=["hs_codes"], name="released_hs"),
            GinIndex(fields=["route_countries"], name="released_route"),
            GinIndex(fields=["search_vector"], name="released_words"),
            # Whether a version names a file: asked before one is removed.
            GinIndex(OpClass(KeyTransform("media", "body"), name="jsonb_path_ops"), name="released_media"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="content_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*_CONTENT),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.reference} v{self.edition}"


class Decision(GuardedModel):
    """A liaison office's word on one released version, bound to its hash; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    released_case = models.ForeignKey(ReleasedCase, on_delete=models.PROTECT, related_name="decisions")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10)
    reasons = words()
    text = models.TextField(max_length=2000, blank=True)
    content_hash = models.BinaryField(max_length=32)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["decided_at"]
        triggers = [pgtrigger.Protect(name="stands", operation=pgtrigger.Update | pgtrigger.Delete)]
