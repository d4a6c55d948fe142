"""Which officer or machine an account belongs to, and which administration speaks through a chain."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from comm.models.identity import Hex16


class AccountType(models.TextChoices):
    OFFICER = "officer"
    AGENT = "agent"


class SealedAccount(GuardedModel):
    """The account of an officer, or of an administration's own system (`officer` null).

    ended: revoked by its administration or by itself; it stays, since its messages do.
    """

    uid = Hex16(primary_key=True)
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    typ = models.CharField(max_length=7, choices=AccountType.choices)
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "administration"], condition=Q(ended_at=None), name="one_living_account_at_a_seat"
            ),
            models.CheckConstraint(
                name="officers_have_officer_accounts",
                condition=Q(typ="officer", officer__isnull=False) | Q(typ="agent", officer__isnull=True),
            ),
        ]


class Authority(GuardedModel):
    """The chain through which an administration certifies its accounts."""

    chain = Hex16(primary_key=True)
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    founded_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["founded_at"]
