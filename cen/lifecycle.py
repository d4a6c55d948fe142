"""The states of a case and of a released case, and the only steps between them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.refusals import WrongState


class CaseState(models.TextChoices):
    """Where the administration's own record stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent to the contact point")
    CHECKED = "checked", _("Checked")
    RELEASED = "released", _("Released, waits for validation")
    RETURNED = "returned", _("Returned with reasons")
    REJECTED = "rejected", _("Rejected")
    PUBLISHED = "published", _("Published")
    CORRECTING = "correcting", _("Published, being corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISCARDED = "discarded", _("Discarded")
    KEPT = "kept", _("Kept by the administration")


class ReleasedState(models.TextChoices):
    """Where one released version stands. Its content never changes."""

    WAITING = "waiting", _("Waits for validation")
    RETURNED = "returned", _("Returned with reasons")
    REJECTED = "rejected", _("Rejected")
    RECALLED = "recalled", _("Recalled by its owner")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded by a newer version")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class IncidentState(models.TextChoices):
    """How an incident is handled; has nothing to do with the release of its record."""

    NEW = "new", _("New")
    TRIAGED = "triaged", _("Triaged")
    ASSIGNED = "assigned", _("Assigned")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_FEEDBACK = "awaiting_feedback", _("Awaiting feedback")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


EDITABLE = frozenset({CaseState.DRAFT, CaseState.RETURNED, CaseState.CORRECTING})
ONGOING = frozenset({CaseState.SUBMITTED, CaseState.CHECKED})
SEEN_BY_NETWORK = frozenset({ReleasedState.PUBLISHED})

_CASE_STEPS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.SUBMITTED, CaseState.DISCARDED}),
    CaseState.RETURNED: frozenset({CaseState.SUBMITTED, CaseState.DISCARDED}),
    CaseState.CORRECTING: frozenset({CaseState.SUBMITTED, CaseState.PUBLISHED}),
    CaseState.SUBMITTED: frozenset(
        {
            CaseState.CHECKED,
            CaseState.RELEASED,
            CaseState.DRAFT,
            CaseState.RETURNED,
            CaseState.CORRECTING,
            CaseState.KEPT,
        }
    ),
    CaseState.CHECKED: frozenset(
        {CaseState.RELEASED, CaseState.DRAFT, CaseState.RETURNED, CaseState.CORRECTING, CaseState.KEPT}
    ),
    CaseState.RELEASED: frozenset(
        {
            CaseState.PUBLISHED,
            CaseState.RETURNED,
            CaseState.REJECTED,
            CaseState.DRAFT,
            CaseState.CORRECTING,
        }
    ),
    CaseState.PUBLISHED: frozenset({CaseState.CORRECTING, CaseState.WITHDRAWN}),
    CaseState.REJECTED: frozenset({CaseState.DRAFT}),
    CaseState.KEPT: frozenset({CaseState.DRAFT}),
    CaseState.WITHDRAWN: frozenset(),
    CaseState.DISCARDED: frozenset(),
}

_RELEASED_STEPS: dict[ReleasedState, frozenset[ReleasedState]] = {
    ReleasedState.WAITING: frozenset(
        {
            ReleasedState.PUBLISHED,
            ReleasedState.RETURNED,
            ReleasedState.REJECTED,
            ReleasedState.RECALLED,
        }
    ),
    ReleasedState.PUBLISHED: frozenset({ReleasedState.SUPERSEDED, ReleasedState.WITHDRAWN}),
}

_INCIDENT_STEPS: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.NEW: frozenset({IncidentState.TRIAGED}),
    IncidentState.TRIAGED: frozenset({IncidentState.ASSIGNED, IncidentState.CLOSED}),
    IncidentState.ASSIGNED: frozenset({IncidentState.IN_PROGRESS, IncidentState.TRIAGED}),
    IncidentState.IN_PROGRESS: frozenset(
        {
            IncidentState.AWAITING_FEEDBACK,
            IncidentState.RESOLVED,
            IncidentState.ASSIGNED,
        }
    ),
    IncidentState.AWAITING_FEEDBACK: frozenset({IncidentState.IN_PROGRESS, IncidentState.RESOLVED}),
    IncidentState.RESOLVED: frozenset({IncidentState.CLOSED, IncidentState.IN_PROGRESS}),
    IncidentState.CLOSED: frozenset({IncidentState.IN_PROGRESS}),
}


def step_case(present: str, to: CaseState) -> CaseState:
    """The new state, or WrongState."""
    if to not in _CASE_STEPS[CaseState(present)]:
        raise WrongState
    return to


def step_released(present: str, to: ReleasedState) -> ReleasedState:
    """The new state, or WrongState: a decided version is decided."""
    if to not in _RELEASED_STEPS.get(ReleasedState(present), frozenset()):
        raise WrongState
    return to


def step_incident(present: str, to: IncidentState) -> IncidentState:
    """The new handling state, or WrongState; a closed incident may be reopened."""
    if to not in _INCIDENT_STEPS[IncidentState(present)]:
        raise WrongState
    return to


def next_incident_states(present: str) -> list[IncidentState]:
    """What may come next, in the order of handling."""
    return [state for state in IncidentState if state in _INCIDENT_STEPS[IncidentState(present)]]
