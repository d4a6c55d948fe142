"""The one order of everything accepted, and the chains that all members read (sealed-protocol §4, §9)."""

from __future__ import annotations

import pgtrigger
from django.db import models

from accounts.access.guarded import GuardedModel
from comm.models.identity import Hex16

WRITTEN_ONCE = pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete)


class Leaf(GuardedModel):
    """One accepted link or message: the order that the transparency log will have. Gapless, never changed.

    `position` is the link's seq or the message's number.
    """

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=3)
    chain = Hex16()
    position = models.BigIntegerField()
    lhash = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["index"]
        triggers = [WRITTEN_ONCE]
        constraints = [models.UniqueConstraint(fields=["kind", "chain", "position"], name="leaf_of_one_position")]


class DirectoryLink(GuardedModel):
    """A link of the network, an administration or an account, exactly as it was signed."""

    leaf = models.OneToOneField(Leaf, primary_key=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=3)
    chain = Hex16(db_index=True)
    seq = models.IntegerField()
    raw = models.BinaryField()

    class Meta(GuardedModel.Meta):
        ordering = ["leaf_id"]
        triggers = [WRITTEN_ONCE]
        constraints = [models.UniqueConstraint(fields=["kind", "chain", "seq"], name="one_link_of_a_number")]
