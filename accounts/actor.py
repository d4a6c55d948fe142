"""Who asks: passed as the first argument to every action and query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.roles import Role
from accounts.scopes import Scope
from audit.trail import Who


class ActorKind(StrEnum):
    OFFICER = "officer"
    CLIENT = "client"
    SYSTEM = "system"


class SystemTask(StrEnum):
    """The named tasks that may act without a person. Each is a declared context, not a way round."""

    SIGN_IN = "sign-in"
    FIRST_PERSON = "first-person"
    FAN_OUT = "fan-out"
    DELIVERY = "delivery"
    DECISION = "decision"
    ACKNOWLEDGEMENT = "acknowledgement"
    ESCALATION = "escalation"
    IMPORT = "import"
    MEDIA = "media"
    DISCLOSURE_END = "disclosure-end"
    KEY_ROTATION = "key-rotation"
    DEMONSTRATION = "demonstration"
    REFERENCE = "reference"
    ACCEPTANCE_SEED = "acceptance-seed"
    ADMISSION = "admission"
    SEALED_RETENTION = "sealed-retention"
    MEASURING = "measuring"
    LIVE = "live"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Actor:
    """An officer at one seat, an API client of one seat, or a named system task.

    Exactly one of administration_id, liaison_office_id and secretariat is set for officers and clients.
    `scopes` is None for a person and a set, an upper bound, for a client. `stepped_up_at` is the moment
    of the last fresh second factor in this session; recovering says that a recovery code opened it. Nothing here
    is cached beyond the request or task.
    """

    kind: ActorKind
    officer_id: UUID | None = None
    client_id: UUID | None = None
    task: SystemTask | None = None
    administration_id: int | None = None
    liaison_office_id: int | None = None
    secretariat: bool | None = None
    office_id: int | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] | None = None
    stepped_up_at: datetime | None = None
    recovering: bool = False
    display_name: str = field(default="", compare=False)
    language: str = field(default="en", compare=False)
    time_zone: str = field(default="UTC", compare=False)

    @property
    def is_system(self) -> bool:
        return self.kind is ActorKind.SYSTEM

    @property
    def stepped_up(self) -> bool:
        """Whether a second factor was shown recently enough for nominal data and validation."""
        return self.stepped_up_at is not None and timezone.now() - self.stepped_up_at < settings.STEP_UP_LASTS

    @property
    def seat(self) -> dict[str, Any]:
        """The seat as keyword arguments for a row's owner columns."""
        return {"administration_id": self.administration_id, "liaison_office_id": self.liaison_office_id}

    def holds(self, *roles: Role) -> bool:
        """Whether any of the roles is held at this seat."""
        return not self.roles.isdisjoint(roles)

    def who(self) -> Who:
        """The actor as facts for the audit trail."""
        identity = self.officer_id or self.client_id or self.task or ""
        return Who(self.kind, str(identity), self.administration_id, self.liaison_office_id)


def system(task: SystemTask) -> Actor:
    """The actor of a named system task."""
    return Actor(kind=ActorKind.SYSTEM, task=task)


def fact_is_missing(value: object) -> bool:
    """Whether a fact of an actor says nothing, so that no row can match it."""
    return value is None or (isinstance(value, Collection) and not value)
