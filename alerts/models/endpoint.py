"""Where alerts go beside the inbox: a seat's webhook, or an officer's mailbox."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7


class Channel(models.TextChoices):
    """How it gets there."""

    WEBHOOK = "webhook", _("Webhook")
    EMAIL = "email", _("E-mail")


class Pace(models.TextChoices):
    """When a mail leaves."""

    ALWAYS = "always", _("At once, in quiet hours too")
    AT_ONCE = "at_once", _("At once, but not in quiet hours")
    DIGEST = "digest", _("Once a day")
    NEVER = "never", _("Not by e-mail")


class Ended(models.TextChoices):
    """Why an endpoint takes nothing any more."""

    BY_PERSON = "by_person", _("Switched off here")
    GONE = "gone", _("The receiver answered 410: it is gone for good")


SEAT = (
    Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
    | Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
    | Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
)


class Endpoint(GuardedModel):
    """A webhook belongs to a seat (officer None), a mailbox to one officer at one seat.

    secret_sealed, and during a rotation earlier_sealed until earlier_until, sign what is sent; both are sealed
    under a key of the server (`alerts.outgoing.sealing`) and shown once, when they are made. failures counts
    what went wrong since the last success: from BREAKS_AT on nothing is sent before paused_until, then one
    request at a time. quiet_from and quiet_until, and digest_at, are in the officer's own time zone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=500, blank=True)
    secret_sealed = models.BinaryField(null=True, blank=True)
    earlier_sealed = models.BinaryField(null=True, blank=True)
    earlier_until = models.DateTimeField(null=True, blank=True)
    needs_me = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    information = models.CharField(max_length=10, choices=Pace.choices, default=Pace.DIGEST)
    digest_at = models.TimeField(default=time(8))
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=20, choices=Ended.choices, blank=True)
    enabled_at = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(GuardedModel.Meta):
        ordering = ["name", "made_at"]
        constraints = [
            models.CheckConstraint(name="endpoint_has_one_seat", condition=SEAT),
            models.CheckConstraint(
                name="endpoint_fits_its_channel",
                condition=(Q(channel=Channel.WEBHOOK, officer__isnull=True, secret_sealed__isnull=False) & ~Q(url=""))
                | Q(channel=Channel.EMAIL, officer__isnull=False, url=""),
            ),
            models.UniqueConstraint(
                fields=["administration", "liaison_office", "secretariat", "officer"],
                name="one_mailbox_a_seat",
                condition=Q(channel=Channel.EMAIL),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_channel_display()
