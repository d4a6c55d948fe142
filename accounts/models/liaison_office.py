"""Regional intelligence liaison offices and whom they serve, since when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from accounts.access.guarded import GuardedModel
from accounts.models.names import Named


class LiaisonOffice(Named, GuardedModel):
    """An office that validates what its administrations release."""

    code = models.CharField(max_length=10, unique=True)
    seat = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=50, default="UTC")
    active = models.BooleanField(default=True)

    class Meta(GuardedModel.Meta):
        ordering = ["code"]


class LiaisonOfficeMembership(GuardedModel):
    """An administration served by a liaison office in a span of days.

    `since` is the first day (None: as far back as is known), `until` the first day no longer served. At any
    day an administration has at most one validating office; `second` marks an office that only helps.
    """

    administration = models.ForeignKey(
        "accounts.Administration", on_delete=models.PROTECT, related_name="liaison_memberships"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    second = models.BooleanField(default=False)
    to_verify = models.BooleanField(default=False)

    class Meta(GuardedModel.Meta):
        constraints = [
            ExclusionConstraint(
                name="one_validating_office_a_day",
                expressions=[
                    ("administration", RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(second=False),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gt=F("since")),
                name="liaison_membership_has_days",
            ),
        ]
