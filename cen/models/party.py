"""Persons and companies: nominal data, sealed with a key per administration."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from audit.uuid7 import uuid7
from cen.models.case import Case


class PartyKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class NominalKey(GuardedModel):
    """The data key of one administration, wrapped by the installation's nominal key.

    Destroying the row makes every nominal value of the administration unreadable, backups included.
    """

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["administration", "version"], name="one_nominal_key_a_version")]


class Party(GuardedModel):
    """A person or company of one administration, reusable in its cases.

    `sealed` is the JSON of all nominal fields under AES-256-GCM, bound to the administration and the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=PartyKind.choices)
    sealed = models.BinaryField()
    key_version = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(GuardedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["id", "administration"], name="party_of_administration")]


class PartyLookup(GuardedModel):
    """Keyed hashes of normalised names and numbers: exact look-up without a readable index."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=24)
    lookup = models.BinaryField(max_length=32)

    class Meta(GuardedModel.Meta):
        indexes = [models.Index(fields=["administration", "field", "lookup"], name="party_lookup_value")]
        constraints = [
            models.UniqueConstraint(fields=["administration", "party", "field", "lookup"], name="party_lookup_once")
        ]


class CaseParty(GuardedModel):
    """A party's part in a case. No reverse accessor leads here from the case."""

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["administration", "case", "party", "role"], name="party_once_in_role")
        ]
