"""A member administration: the owner of its data."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from accounts.access.guarded import GuardedModel
from accounts.models.liaison_office import LiaisonOffice, LiaisonOfficeMembership
from accounts.models.names import Named
from accounts.models.region import Region


class Administration(Named, GuardedModel):
    """A customs administration, or another body treated as one. Not every one stands for a state.

    code: two letters as in ISO 3166-1 where there is one, else a user-assigned code. requires_check: a
    supervisor checks each case before the contact point may release it.
    """

    code = models.CharField(max_length=3, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="administrations")
    time_zone = models.CharField(max_length=50, default="UTC")
    requires_check = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    to_verify = models.BooleanField(default=False)

    class Meta(GuardedModel.Meta):
        ordering = ["name_en"]

    def validating_office(self, on: date) -> LiaisonOffice | None:
        """The liaison office that validates on that day; None: the Secretariat does."""
        membership = (
            LiaisonOfficeMembership.unguarded.filter(administration=self, second=False)
            .filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gt=on))
            .select_related("liaison_office")
            .first()
        )
        return membership.liaison_office if membership else None
