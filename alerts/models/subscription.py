"""What an administration's desk, a liaison office or an officer wants to be told."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7


class SubscriptionVersion(GuardedModel):
    """One row: the version of all subscriptions, raised by each change in the change's own transaction.

    Its lock puts changes in one order. Versions are drawn from a sequence, so that one that was rolled back is
    never met again with other contents. `emptied`: the version at which a row was last deleted.
    """

    one = models.BooleanField(primary_key=True, default=True)
    version = models.BigIntegerField()
    emptied = models.BigIntegerField()

    class Meta(GuardedModel.Meta):
        constraints = [models.CheckConstraint(name="one_version", condition=models.Q(one=True))]


_RAISE = """
    UPDATE alerts_subscriptionversion SET version = nextval('alerts_subscription_version'){emptied};
    IF NOT FOUND THEN RAISE EXCEPTION 'subscriptions change only in an identity'; END IF;
    RETURN NULL;
"""


class Subscription(GuardedModel):
    """A named set of criteria of one source.

    officer None: the seat's desk follows (one alert for the administration or office); else the alert is the
    officer's own. `criteria` is the query string of a search, so that a search and a subscription are one.
    `initial` marks the one an administration's desk starts with; it is edited and ended like any other, and
    never made twice. `version`: of all subscriptions when this one was last changed. `ended_at`: it was deleted;
    the row stays, so that old alerts keep their reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=40, default="case.published")
    name = models.CharField(max_length=100)
    criteria = models.CharField(max_length=2000, blank=True)
    active = models.BooleanField(default=True)
    initial = models.BooleanField(default=False)
    version = models.BigIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["administration", "source"],
                name="one_initial_subscription",
                condition=models.Q(initial=True),
            ),
            models.CheckConstraint(
                name="subscription_has_one_seat",
                condition=(
                    models.Q(administration__isnull=False, liaison_office__isnull=True, secretariat__isnull=True)
                    | models.Q(administration__isnull=True, liaison_office__isnull=False, secretariat__isnull=True)
                    | models.Q(administration__isnull=True, liaison_office__isnull=True, secretariat=True)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["source"], name="subscription_active", condition=models.Q(active=True)),
            models.Index(fields=["version"], name="subscription_changed"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="raises_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                level=pgtrigger.Statement,
                func=_RAISE.format(emptied=""),
            ),
            pgtrigger.Trigger(
                name="takes_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="SELECT version INTO NEW.version FROM alerts_subscriptionversion; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="tells_deletion",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                level=pgtrigger.Statement,
                func=_RAISE.format(emptied=", emptied = currval('alerts_subscription_version')"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
