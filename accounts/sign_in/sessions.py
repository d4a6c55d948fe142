"""Sessions in the database, each with its officer; how they are listed and ended."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Session
from accounts.refusals import Absent
from audit import trail
from audit.verbs import Verb

BEGUN = "opencen_begun"
BROWSER = "opencen_browser"
ADDRESS = "opencen_address"


class SessionStore(DatabaseSessions):
    """Django's sessions, with the column `officer` filled in."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made: Any = super().create_model_instance(data)
        made.officer_id = data.get(SESSION_KEY)
        return made


@dataclass(frozen=True, slots=True)
class OpenSession:
    """mark names the session on the page; it is a hash of the key, so that it opens nothing."""

    mark: str
    begun_at: datetime | None
    factor: str
    browser: str
    address: str
    current: bool


def mark_of(session_key: str) -> str:
    """A short name of the session that can be shown."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def note_origin(request: HttpRequest) -> None:
    """Keeps in the session what its owner needs to recognise it."""
    request.session[BEGUN] = timezone.now().timestamp()
    request.session[BROWSER] = str(request.headers.get("User-Agent", ""))[:200]
    request.session[ADDRESS] = str(request.META.get("REMOTE_ADDR", ""))


def open_sessions(officer_id: UUID, auth_epoch: int, current_key: str) -> list[OpenSession]:
    """The person's sessions that still count, newest first."""
    found = []
    for row in _of(officer_id):
        facts = row.get_decoded()
        if facts.get("opencen_epoch") != auth_epoch or not facts.get("opencen_factor"):
            continue
        begun = facts.get(BEGUN)
        found.append(
            OpenSession(
                mark=mark_of(row.session_key),
                begun_at=datetime.fromtimestamp(begun, UTC) if begun else None,
                factor=facts["opencen_factor"],
                browser=facts.get(BROWSER, ""),
                address=facts.get(ADDRESS, ""),
                current=row.session_key == current_key,
            )
        )
    return sorted(found, key=lambda one: one.begun_at or datetime.min.replace(tzinfo=UTC), reverse=True)


def end_session(actor: Actor, mark: str) -> None:
    """Ends one of the actor's own sessions; Absent where it is none of them."""
    gone = [row for row in _of(actor.officer_id) if mark_of(row.session_key) == mark]
    if not gone:
        raise Absent
    with transaction.atomic():
        for row in gone:
            row.delete()
        trail.record(actor.who(), Verb.SESSION_ENDED, facts={"sessions": len(gone)})


def end_other_sessions(actor: Actor, current_key: str) -> int:
    """Ends all of the actor's sessions but this one; returns how many."""
    with transaction.atomic():
        gone, _ = Session.objects.filter(officer_id__in=[actor.officer_id]).exclude(session_key=current_key).delete()
        trail.record(actor.who(), Verb.SESSION_ENDED, facts={"sessions": gone})
    return gone


def _of(officer_id: Any) -> Any:
    return Session.objects.filter(officer_id=officer_id, expire_date__gt=timezone.now())
