"""The only writer of the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection

from audit.models import Event
from audit.uuid7 import uuid7
from audit.verbs import Verb


class NoTransaction(RuntimeError):
    """An event was to be written outside a transaction: it could then outlive or miss its act."""


@dataclass(frozen=True, slots=True)
class Who:
    """The actor as facts: kind is officer, client, system or nobody; the ids are those of the seat."""

    kind: str
    id: str
    administration_id: int | None = None
    liaison_office_id: int | None = None


NOBODY = Who("nobody", "")


@dataclass(frozen=True, slots=True)
class What:
    """The object as facts; `owner_administration_id` is whose data it is, for the owner's own view."""

    kind: str
    id: str
    reference: str = ""
    owner_administration_id: int | None = None


NOTHING = What("", "")
# Written out, since every act of a busy network waits for it.
_COLUMNS = tuple(field.attname for field in Event._meta.concrete_fields)
_INSERT = f"insert into audit_event ({', '.join(_COLUMNS)}) values ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608


def record(
    who: Who,
    verb: Verb,
    what: What = NOTHING,
    *,
    purpose: str = "",
    purpose_text: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Writes one event into the running transaction; where it can't be written, the act fails with it.

    `facts` must be plain JSON values, non-nominal. Raises NoTransaction outside an atomic block.
    """
    if not connection.in_atomic_block:
        raise NoTransaction(f"{verb} was to be written outside a transaction")
    event = _event(who, verb, what, purpose, purpose_text, facts)
    values = [getattr(event, name) for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [_plain(value) for value in values])


def _plain(value: Any) -> Any:
    """As the database takes it: an enumeration by its value, facts as JSON."""
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return str(value) if isinstance(value, str) else value


def record_many(who: Who, verb: Verb, objects: Iterable[What], *, facts: Mapping[str, Any] | None = None) -> None:
    """The same act on many objects, an event each, as `record` would write them."""
    if not connection.in_atomic_block:
        raise NoTransaction(f"{verb} was to be written outside a transaction")
    Event.unguarded.bulk_create([_event(who, verb, what, "", "", facts) for what in objects])


def _event(who: Who, verb: Verb, what: What, purpose: str, purpose_text: str, facts: Mapping[str, Any] | None) -> Event:
    event = Event(
        id=uuid7(),
        occurred_at=datetime.now(UTC),
        verb=verb,
        actor_kind=who.kind,
        actor_id=who.id,
        administration_id=who.administration_id,
        liaison_office_id=who.liaison_office_id,
        object_kind=what.kind,
        object_id=what.id,
        object_reference=what.reference,
        owner_administration_id=what.owner_administration_id,
        purpose=purpose,
        purpose_text=purpose_text,
        facts=dict(facts or {}),
    )
    event.canonical = canonical_bytes(event, who, what)
    event.leaf = b""
    return event


def canonical_bytes(event: Event, who: Who, what: What) -> bytes:
    """The bytes that are hashed: JSON with sorted keys; the moment as integer microseconds."""
    return orjson.dumps(
        {
            "id": str(event.id),
            "at": int(event.occurred_at.timestamp() * 1_000_000),
            "verb": event.verb,
            "who": asdict(who),
            "what": asdict(what),
            "purpose": event.purpose,
            "purpose_text": event.purpose_text,
            "facts": event.facts,
        },
        option=orjson.OPT_SORT_KEYS,
    )
