"""Feedback on a warning as given, from the portal or from a system of the administration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

# Controls that could not find anything out, and those that can.
NOT_CONTROLLED = frozenset({"NOTARRIVED", "NOTFOUND", "GONE", "IMPOSSIBLE"})
NO_RESULT, PENDING = "NORESULT", "PENDING"
HITS = frozenset({"IRREGULAR", "SEIZED"})
CONTROLLED = HITS | {"CONFORM"}


@dataclass(slots=True)
class FeedbackDraft:
    """One field for each answer; codes are those of control_done, feedback_result, detection_technique, indicator."""

    control_done: str = ""
    result: str = ""
    controlled_at: datetime | None = None
    techniques: list[str] = field(default_factory=list)
    hours: Decimal | None = None
    indicators_confirmed: list[str] = field(default_factory=list)
    usefulness: int | None = None
    case_reference: str = ""
    comment: str = ""
