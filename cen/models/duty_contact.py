"""Whom an administration wants to be turned to when nobody answers a flash, in its own order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, Posting


class DutyContact(GuardedModel):
    """An officer at his posting, who is alerted in the portal, or a duty telephone, whose number is shown.

    Exactly one of posting and phone is set. `office_name` says where it rings: an office, never a person.
    `position` is the place in the order, from 1. `ended_at`: taken off the list; the row stays, because steps of
    an escalation point at it.
    """

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    office_name = models.CharField(max_length=120)
    posting = models.ForeignKey(Posting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=50)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="duty_contact_is_one_thing",
                condition=Q(posting__isnull=False, phone="") | (Q(posting__isnull=True) & ~Q(phone="")),
            ),
            models.UniqueConstraint(
                fields=["administration", "position"],
                name="duty_contacts_in_order",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.office_name
