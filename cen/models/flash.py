"""Flashes: what cannot wait, to whom it concerns, acknowledged within minutes, escalated where nobody answers."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7
from cen.models.duty_contact import DutyContact

# Begins the title and, as DRILL-, the reference of every drill: whoever shows either shows that it is one.
DRILL = "DRILL"


class FlashFollow(models.TextChoices):
    """What a later edition is to the one it follows."""

    UPDATE = "update", _("Update")
    ALL_CLEAR = "all_clear", _("All clear")


class Flash(GuardedModel):
    """One edition of a flash, written once, never changed.

    Editions share `thread` (the key of the first) and `reference`, and each `follows` the one before. `body`
    holds allow-listed, non-nominal fields only (cen.flash_draft). `addressee_ids` are the administrations it was
    issued to, resolved when it was issued. `acknowledge_by` is None where nothing is asked (an all-clear).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    thread = models.UUIDField()
    reference = models.CharField(max_length=40)
    edition = models.PositiveSmallIntegerField(default=1)
    administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    liaison_office = models.ForeignKey(LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secretariat = models.BooleanField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=20)
    drill = models.BooleanField(default=False)
    title = models.CharField(max_length=160)
    body = models.JSONField()
    tlp = models.CharField(max_length=20)
    addressee_ids = ArrayField(models.BigIntegerField())
    acknowledge_by = models.DateTimeField(null=True, blank=True)
    content_hash = models.BinaryField(max_length=32)
    follows = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="follower")
    follow_kind = models.CharField(max_length=10, choices=FlashFollow.choices, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "edition"], name="flash_edition_once"),
            models.CheckConstraint(
                name="drill_says_so",
                condition=(
                    Q(drill=True, title__startswith=f"{DRILL}: ", reference__startswith=f"{DRILL}-")
                    | (Q(drill=False) & ~Q(title__startswith=DRILL) & ~Q(reference__startswith=DRILL))
                ),
            ),
        ]
        indexes = [
            GinIndex(fields=["addressee_ids"], name="flashes_of_administration"),
            models.Index(fields=["thread", "edition"], name="editions_of_flash"),
        ]
        triggers = [pgtrigger.Protect(name="flash_written_once", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class FlashAddressee(GuardedModel):
    """Where one edition stands at one addressed administration; the row that the escalation works on.

    `steps` were taken already; the next is due at `next_step_at` (None: none is). `phones` is what its contact
    point keeps for such a case, copied for the issuer when the time to acknowledge ran out. `ended_at`: a later
    edition took this one's place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    flash = models.ForeignKey(Flash, on_delete=models.PROTECT, related_name="addressees")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    acknowledge_by = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    steps = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True, blank=True)
    phones = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["flash", "administration"], name="flash_addressed_once")]
        indexes = [
            models.Index(fields=["next_step_at"], name="flash_steps_due", condition=Q(next_step_at__isnull=False))
        ]
        triggers = [
            pgtrigger.Protect(name="flash_addressee_kept", operation=pgtrigger.Delete),
            # Who took note, and when, is said once.
            pgtrigger.Protect(
                name="flash_acknowledged_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__acknowledged_at__isnull=False)
                & (
                    ~pgtrigger.Q(old__acknowledged_at=pgtrigger.F("new__acknowledged_at"))
                    | pgtrigger.Q(new__acknowledged_at__isnull=True)
                ),
            ),
        ]

    def is_late(self, now: datetime) -> bool:
        """Whether the time to acknowledge has run out."""
        return self.acknowledge_by is not None and self.acknowledge_by <= now


class StepKind(models.TextChoices):
    """What a step of the escalation did."""

    ALERTED = "alerted", _("Alerted in the portal")
    TO_CALL = "to_call", _("To be called by the issuer")
    NOT_CALLED = "not_called", _("Not called, because this is a drill")
    ABSENT = "absent", _("Left out: the posting has ended")
    NOBODY = "nobody", _("Nobody is kept to turn to")


class FlashEscalation(GuardedModel):
    """One step taken for an administration that did not acknowledge: whom it turned to; never changed.

    `office_name`, `phone` and `time_zone` are the contact's as they stood then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    addressee = models.ForeignKey(FlashAddressee, on_delete=models.PROTECT, related_name="escalations")
    flash = models.ForeignKey(Flash, on_delete=models.PROTECT, related_name="+")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    contact = models.ForeignKey(DutyContact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    officer_ids = ArrayField(models.UUIDField(), default=list)
    office_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=50, blank=True)
    taken_at = models.DateTimeField(db_default=Now())

    class Meta(GuardedModel.Meta):
        ordering = ["administration", "step"]
        constraints = [models.UniqueConstraint(fields=["addressee", "step"], name="flash_step_once")]
        triggers = [pgtrigger.Protect(name="flash_step_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
