"""One act: who, what, on which object, for what purpose, when."""

from __future__ import annotations

import pgtrigger
from django.db import models

from audit.uuid7 import uuid7


class Event(models.Model):
    """A line of the trail, written in the transaction of the act and never changed.

    The actor and the object are stored as facts, not as foreign keys: an event outlives both. `canonical`
    holds the exact bytes that were hashed (times as integer microseconds since 1970 UTC, so that no time
    zone of a session can change them); `leaf` is SHA-256(0x00 || canonical), the leaf hash of RFC 6962.
    Facts never hold a name, an identifier of a person, or the terms of a nominal look-up.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurred_at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    administration_id = models.BigIntegerField(null=True)
    liaison_office_id = models.BigIntegerField(null=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_reference = models.CharField(max_length=40, blank=True)
    owner_administration_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=40, blank=True)
    purpose_text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    canonical = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"
        indexes = [
            models.Index(fields=["administration_id", "-occurred_at"], name="audit_by_administration"),
            models.Index(fields=["owner_administration_id", "-occurred_at"], name="audit_by_owner"),
            models.Index(fields=["object_kind", "object_id"], name="audit_by_object"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_emptied",
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'the audit trail is append-only';",
            ),
            pgtrigger.Trigger(
                name="leaf_from_bytes",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.leaf = sha256('\\x00'::bytea || NEW.canonical); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_reference or self.object_id}"
