"""Sealed key stores of accounts, their pins, and requests to add a device. The server can open none of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from comm.models.account import SealedAccount
from comm.models.identity import Hex16


class OfAccount(GuardedModel):
    """What only the account's own officer, or its administration's machines, may read."""

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(GuardedModel.Meta):
        abstract = True


class KeyStore(OfAccount):
    """The sealed keyset of an account, replaced by compare-and-swap; `slots` are encoded maps."""

    account = models.OneToOneField(SealedAccount, primary_key=True, on_delete=models.PROTECT, related_name="+")
    rev = models.PositiveIntegerField()
    ct = models.BinaryField()
    slots = ArrayField(models.BinaryField())
    replaced_at = models.DateTimeField(auto_now=True)


class Pins(OfAccount):
    """What one device of the account has seen, sealed."""

    account = models.ForeignKey(SealedAccount, on_delete=models.PROTECT, related_name="+")
    dev = Hex16()
    ct = models.BinaryField()
    written_at = models.DateTimeField(auto_now=True)

    class Meta(OfAccount.Meta):
        constraints = [models.UniqueConstraint(fields=["account", "dev"], name="pins_of_a_device")]


class DeviceRequest(OfAccount):
    """A new device asks to be given the account; `h` is the start of the request's hash. Lives five minutes."""

    h = models.CharField(max_length=24, primary_key=True)
    account = models.ForeignKey(SealedAccount, on_delete=models.PROTECT, related_name="+")
    request = models.BinaryField(max_length=2000)
    answer = models.BinaryField(null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
