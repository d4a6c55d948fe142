"""One recipient's alert: a line of an inbox."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Func, Q

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from alerts.models.announcement import Announcement
from audit.uuid7 import uuid7

UNREAD = Q(read_at__isnull=True)
# One order for all alerts of the network: taken by every insert before it numbers its rows, held to commit.
NUMBER_LOCK = 0x0CE4_0002


class NextNumber(Func):
    """The next number of the network's alerts; the table's trigger has taken the lock before."""

    template = "nextval('alerts_alert_number')"
    output_field = models.BigIntegerField()


class Alert(GuardedModel):
    """What came of an announcement for one recipient: a seat's desk, or an officer at that seat.

    Exactly one of administration, liaison_office and secretariat is set; officer None means the desk. There
    is at most one row an announcement and recipient: the database says so, whatever is tried again.
    `number` is the place in the network's order of alerts: each insert takes a lock before it draws numbers and
    keeps it to commit, so numbers become visible in their order, and who follows by number misses none. Numbers
    are never used again; a rollback leaves a gap that means nothing. Take the lock last: whoever holds it waits
    for nobody.
    `headline` is the source's short non-nominal summary, `reasons` say why it came (codes and names of
    subscriptions), `needs_me` marks what asks for an act.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber())
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    headline = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    needs_me = models.BooleanField(default=False)
    needs_acknowledgement = models.BooleanField(default=False)
    acknowledge_by = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(GuardedModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "administration", "liaison_office", "secretariat", "officer"],
                name="alerted_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="alert_has_one_seat",
                condition=(
                    Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
                    | Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["administration", "officer", "-id"], name="inbox_of_administration"),
            models.Index(fields=["liaison_office", "officer", "-id"], name="inbox_of_liaison_office"),
            models.Index(fields=["officer", "-id"], name="inbox_of_officer"),
            models.Index(fields=["administration", "officer"], name="unread_administration", condition=UNREAD),
            models.Index(fields=["liaison_office", "officer"], name="unread_liaison_office", condition=UNREAD),
            models.Index(fields=["secretariat", "officer"], name="unread_secretariat", condition=UNREAD),
            # For whoever follows a seat's alerts by number.
            models.Index(
                fields=["administration", "number"],
                name="numbers_of_administration",
                condition=Q(administration__isnull=False),
            ),
            models.Index(
                fields=["liaison_office", "number"],
                name="numbers_of_liaison_office",
                condition=Q(liaison_office__isnull=False),
            ),
            models.Index(fields=["number"], name="numbers_of_secretariat", condition=Q(secretariat=True)),
            # Finds the alerts of one subject when it is acknowledged for a whole administration.
            models.Index(fields=["kind", "subject_id", "administration"], name="alerts_of_subject"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="numbered_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                func=f"PERFORM pg_advisory_xact_lock({NUMBER_LOCK}); RETURN NULL;",
            )
        ]
