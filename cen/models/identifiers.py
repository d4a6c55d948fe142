"""Identifiers: apart from the records, since they point to live targets or to people."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from cen.models.case import Case
from cen.models.conveyance import Conveyance
from cen.models.owned import OfCase
from cen.models.released_case import ReleasedCase


class CaseIdentifier(OfCase):
    """A non-nominal identifier of an own case (container, vessel, waybill, seal …), raw and normalised."""

    conveyance = models.ForeignKey(
        Conveyance, null=True, blank=True, on_delete=models.CASCADE, related_name="identifiers"
    )
    kind = models.CharField(max_length=24)
    raw = models.CharField(max_length=100)
    normalised = models.CharField(max_length=100)
    verdict = models.CharField(max_length=10, default="unchecked")

    class Meta(OfCase.Meta):
        indexes = [models.Index(fields=["administration", "kind", "normalised"], name="case_identifier_value")]


class NominalIdentifier(OfCase):
    """An identifier that points to a person (plate, VIN, document …): sealed, found by keyed hash only.

    No reverse accessor leads here from the case.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    conveyance = models.ForeignKey(Conveyance, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=24)
    sealed = models.BinaryField()
    key_version = models.PositiveSmallIntegerField()
    lookup = models.BinaryField(max_length=32)

    class Meta(OfCase.Meta):
        indexes = [models.Index(fields=["administration", "kind", "lookup"], name="nominal_identifier_lookup")]


class ReleasedIdentifier(GuardedModel):
    """The identifiers of a released version: for its owner, its liaison office and who was granted them."""

    released_case = models.ForeignKey(ReleasedCase, on_delete=models.CASCADE, related_name="identifier_rows")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    normalised = models.CharField(max_length=100)
    verdict = models.CharField(max_length=10, default="unchecked")

    class Meta(GuardedModel.Meta):
        ordering = ["kind", "normalised"]
        indexes = [models.Index(fields=["kind", "normalised"], name="released_identifier_value")]
