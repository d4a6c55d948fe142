"""One alert on its way to one endpoint: a line of the ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from alerts.models.alert import Alert
from alerts.models.endpoint import SEAT, Channel, Endpoint
from audit.uuid7 import uuid7


class DeliveryState(models.TextChoices):
    """Where a delivery stands; all but WAITING are ends."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Delivered")
    DEAD = "dead", _("Given up")
    CANCELLED = "cancelled", _("Cancelled")


class Why(models.TextChoices):
    """Why a delivery ended without having been delivered."""

    EXPIRED = "expired", _("Nobody took it for 72 hours")
    GONE = "gone", _("The receiver answered 410")
    QUARANTINED = "quarantined", _("It ended its worker again and again")
    NOT_ENTITLED = "not_entitled", _("The recipient may not read it any more")
    SUBJECT_GONE = "subject_gone", _("What it was about is no longer there")
    DISABLED = "disabled", _("The endpoint was switched off")
    TEST_FAILED = "test_failed", _("The test was not answered well; a test is tried once")
    SWITCHED_OFF = "switched_off", _("The officer wants no mail of this kind")


class Delivery(GuardedModel):
    """Made in the transaction that made the alert; ends as done, dead or cancelled, never without a word.

    The seat and officer are those of the endpoint, publisher the administration that the alert's subject comes
    from, if any. alert None is a test of the endpoint. attempts are counted at the claim, failures are
    answered ones that failed since the plan began or the endpoint came back: the next pause; unanswered are claims
    that nobody brought a verdict for. next_at: not before; while somebody sends it, the end of his lease.
    plan_from begins the retry plan (made, or replayed). letter: the mail that it is part of, from the first try on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alert = models.ForeignKey(Alert, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    publisher = models.ForeignKey(Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING, db_default=DeliveryState.WAITING
    )
    reason = models.CharField(max_length=20, choices=Why.choices, blank=True, default="", db_default="")
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    unanswered = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    plan_from = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True, blank=True)
    letter = models.UUIDField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=30, blank=True, default="", db_default="")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(name="delivery_has_one_seat", condition=SEAT),
            models.CheckConstraint(
                name="delivery_ends_with_a_word",
                condition=(
                    Q(state=DeliveryState.WAITING, ended_at__isnull=True, reason="")
                    | Q(state=DeliveryState.DONE, ended_at__isnull=False, attempts__gt=0, reason="")
                    | (
                        Q(state__in=[DeliveryState.DEAD, DeliveryState.CANCELLED], ended_at__isnull=False)
                        & ~Q(reason="")
                    )
                ),
            ),
            models.UniqueConstraint(
                fields=["alert", "endpoint", "administration"],
                name="delivered_once",
                condition=Q(alert__isnull=False),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(
                fields=["endpoint"],
                name="delivery_in_flight",
                condition=Q(state="waiting", lease_token__isnull=False),
            ),
            models.Index(fields=["endpoint", "-ended_at"], name="delivery_dead", condition=Q(state="dead")),
            models.Index(fields=["publisher"], name="delivery_dead_of", condition=Q(state="dead")),
        ]
