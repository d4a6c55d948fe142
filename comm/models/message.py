"""Messages and files as the server keeps them: signed headers for ever, ciphertext until it is dropped."""

from __future__ import annotations

from django.db import models

from comm.models.account import SealedAccount
from comm.models.directory import Leaf
from comm.models.group import OfGroup
from comm.models.identity import Hex16


class Message(OfGroup):
    """Message number `i` of its group. `raw` is the signed header; `ct` is null once dropped."""

    leaf = models.OneToOneField(Leaf, primary_key=True, on_delete=models.PROTECT, related_name="+")
    i = models.BigIntegerField()
    lhash = models.BinaryField(max_length=32)
    # M_i after this message.
    mark = models.BinaryField(max_length=32)
    author = models.ForeignKey(SealedAccount, on_delete=models.PROTECT, related_name="+")
    dev = Hex16()
    ctr = models.BigIntegerField()
    raw = models.BinaryField()
    ct = models.BinaryField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta(OfGroup.Meta):
        ordering = ["group", "i"]
        constraints = [
            models.UniqueConstraint(fields=["group", "i"], name="one_message_of_a_number"),
            models.UniqueConstraint(fields=["group", "lhash"], name="a_message_once"),
            models.UniqueConstraint(fields=["group", "author", "dev", "ctr"], name="a_device_counts_once"),
        ]
        indexes = [
            models.Index(fields=["group", "received_at"], name="messages_by_age"),
            models.Index(fields=["author", "received_at"], name="messages_of_author"),
        ]


class SealedFile(OfGroup):
    """A file's ciphertext, uploaded in parts before the message that names it."""

    aid = Hex16()
    author = models.ForeignKey(SealedAccount, on_delete=models.PROTECT, related_name="+")
    csize = models.BigIntegerField()
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    begun_at = models.DateTimeField(auto_now_add=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta(OfGroup.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["group", "aid"], name="a_file_once")]


class FilePart(OfGroup):
    """One part that has arrived; its bytes stand in the storage `sealed_files` under `name`."""

    file = models.ForeignKey(SealedFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    name = models.CharField(max_length=120)

    class Meta(OfGroup.Meta):
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="a_part_once")]
