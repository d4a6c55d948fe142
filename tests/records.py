"""Rows for tests that need some, written as their own administration would."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from cen.lifecycle import CaseState, ReleasedState
from cen.models import Case, Party, ReleasedCase


def a_case(actor: Actor, state: CaseState = CaseState.DRAFT, **facts: Any) -> Case:
    """A case of the actor's administration with the actor as its author."""
    with acting_as(actor):
        return Case.unguarded.create(
            reference=facts.pop("reference", f"T-{uuid4().hex[:12]}"),
            administration_id=actor.administration_id,
            author_id=actor.officer_id,
            state=state,
            **facts,
        )


def a_released_case(
    actor: Actor,
    liaison_office_id: int | None,
    state: ReleasedState = ReleasedState.WAITING,
    *,
    body: dict[str, Any] | None = None,
    **facts: Any,
) -> ReleasedCase:
    """A released version of a case of the actor's administration, released by the actor."""
    case = a_case(actor, CaseState.RELEASED, **facts)
    with acting_as(actor):
        return ReleasedCase.unguarded.create(
            case_id=case.pk,
            reference=case.reference,
            edition=1,
            administration_id=actor.administration_id,
            liaison_office_id=liaison_office_id,
            released_by_id=actor.officer_id,
            state=state,
            body=body or {},
            content_hash=b"\0" * 32,
            kind="seizure",
        )


def a_party(actor: Actor) -> Party:
    """A sealed person of the actor's administration."""
    with acting_as(actor):
        return Party.unguarded.create(
            administration_id=actor.administration_id,
            kind="person",
            sealed=b"sealed",
            key_version=1,
            recorded_by_id=actor.officer_id,
        )
