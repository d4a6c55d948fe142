"""Nominal detail of a case for somebody outside its administration: asked, granted, read, ended."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.access.guarded import GuardedModel
from accounts.models import Administration, LiaisonOffice
from audit.uuid7 import uuid7
from cen.models.released_case import ReleasedCase


class DisclosureState(models.TextChoices):
    ASKED = "asked", _("Asked")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")


class Disclosure(GuardedModel):
    """A request and, once granted, a sealed copy of exactly the fields that the owner chose.

    `administration` is the owner; the asker is an officer at an administration or liaison office. The copy
    in `sealed` is under a key of its own; copy and key are destroyed when the grant ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=20)
    released_case = models.ForeignKey(ReleasedCase, on_delete=models.PROTECT, related_name="+")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asking_administration = models.ForeignKey(
        Administration, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asking_liaison_office = models.ForeignKey(
        LiaisonOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asking_secretariat = models.BooleanField(null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    purpose = models.CharField(max_length=20)
    purpose_text = models.TextField(max_length=2000)
    legal_basis = models.CharField(max_length=20)
    wanted = ArrayField(models.CharField(max_length=60))
    state = models.CharField(max_length=10, choices=DisclosureState.choices, default=DisclosureState.ASKED)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_text = models.TextField(max_length=2000, blank=True)
    conditions = models.TextField(max_length=2000, blank=True)
    granted_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(GuardedModel.Meta):
        ordering = ["-asked_at"]
        permissions = [("read_disclosed", "May read what was disclosed")]


class DisclosureUserObjectPermission(UserObjectPermissionBase):
    """Guardian's grants on disclosures, by a direct foreign key so that they die with the disclosure."""

    content_object = models.ForeignKey(Disclosure, on_delete=models.CASCADE)
