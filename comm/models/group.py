"""Closed user groups as the server knows them: chains, who may fetch, wrapped keys. Names are sealed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from guardian.models import UserObjectPermissionBase

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from comm.models.account import SealedAccount
from comm.models.directory import WRITTEN_ONCE, Leaf
from comm.models.identity import Hex16


def no_messages() -> bytes:
    """M_0."""
    return bytes(32)


class Group(GuardedModel):
    """A closed user group. `count` and `mark` are M_i of its messages; the row is the group's lock.

    agent_administrations: whose agents are members; officers take part by grants (`take_part`).
    """

    gid = Hex16(primary_key=True)
    seq = models.IntegerField(default=0)
    count = models.BigIntegerField(default=0)
    mark = models.BinaryField(max_length=32, default=no_messages)
    closed = models.BooleanField(default=False)
    retention_days = models.PositiveIntegerField(default=0)
    agent_administrations = ArrayField(models.BigIntegerField(), default=list, blank=True)
    founded_at = models.DateTimeField(auto_now_add=True)

    class Meta(GuardedModel.Meta):
        ordering = ["gid"]
        permissions = [("take_part", "May fetch and send in this group")]


class GroupUserObjectPermission(UserObjectPermissionBase):
    """Guardian's grants on groups, by a direct foreign key so that they die with the group."""

    content_object = models.ForeignKey(Group, on_delete=models.CASCADE)


class OfGroup(GuardedModel):
    """A row of a group; guarded by itself, by the same words."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="%(class)s_rows")

    class Meta(GuardedModel.Meta):
        abstract = True


class GroupLink(OfGroup):
    """A link of the group's chain, exactly as it was signed."""

    leaf = models.OneToOneField(Leaf, primary_key=True, on_delete=models.PROTECT, related_name="+")
    seq = models.IntegerField()
    raw = models.BinaryField()

    class Meta(OfGroup.Meta):
        ordering = ["group", "seq"]
        triggers = [WRITTEN_ONCE]
        constraints = [models.UniqueConstraint(fields=["group", "seq"], name="one_group_link_of_a_number")]


class Membership(OfGroup):
    """An account that is, or was, a member. active: in the chain, not suspended, not withdrawn: it may fetch."""

    account = models.ForeignKey(SealedAccount, on_delete=models.PROTECT, related_name="+")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=7)
    active = models.BooleanField(default=True)

    class Meta(OfGroup.Meta):
        ordering = ["group", "account"]
        constraints = [models.UniqueConstraint(fields=["group", "account"], name="a_member_once")]


class Wrap(OfGroup):
    """A period's key for one account, sealed to its key; several may stand where one was damaged."""

    n = models.PositiveIntegerField()
    account = models.ForeignKey(SealedAccount, on_delete=models.PROTECT, related_name="+")
    raw = models.BinaryField(max_length=1400)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta(OfGroup.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["group", "account", "n"], name="wraps_of_account")]
