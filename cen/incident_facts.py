"""What an incident says beyond the header that it shares with a seizure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.models import Incident

# How soon something must be done, by urgency.
TIME_TO_ACT = {
    "ROUTINE": timedelta(hours=72),
    "PRIORITY": timedelta(hours=24),
    "IMMEDIATE": timedelta(hours=2),
    "FLASH": timedelta(minutes=15),
}
ONE_OF = {
    "incident_type": "incident_type",
    "urgency": "urgency",
    "likelihood": "likelihood",
    "confidence": "analytic_confidence",
}
SEVERAL_OF = {"indicators": "indicator", "requested_actions": "requested_action"}


@dataclass(slots=True)
class IncidentFacts:
    """The answers of an incident's form, under the names of the model's columns; codes are those of the lists."""

    incident_type: str = ""
    title: str = ""
    severity: int | None = None
    urgency: str = ""
    first_seen: datetime | None = None
    ended_at: datetime | None = None
    threat: str = ""
    likelihood: str = ""
    confidence: str = ""
    indicators: list[str] = field(default_factory=list)
    requested_actions: list[str] = field(default_factory=list)
    action_deadline: datetime | None = None
    impact: str = ""

    def findings(self) -> Iterator[Finding]:
        """What is missing or can't be."""
        if not self.incident_type:
            yield Finding("incident_type_missing", _("Choose the type of the incident."), "incident_type")
        if not self.title.strip():
            yield Finding("title_missing", _("Say in a few words what it is."), "title")
        for name, code_list in ONE_OF.items():
            if (value := getattr(self, name)) and not lists.is_valid(code_list, value):
                yield Finding("code_unknown", _("Choose one of the list."), name)
        for name, code_list in SEVERAL_OF.items():
            if any(not lists.is_valid(code_list, one) for one in getattr(self, name)):
                yield Finding("code_unknown", _("Choose from the list."), name)
        if self.severity is not None and not lists.is_valid("severity", str(self.severity)):
            yield Finding("code_unknown", _("Choose one of the list."), "severity")
        if self.first_seen and self.first_seen > timezone.now() + timedelta(days=1):
            yield Finding("date_in_future", _("The date lies in the future. Correct it."), "first_seen")
        if self.first_seen and self.ended_at and self.ended_at < self.first_seen:
            yield Finding("ended_before_seen", _("It ended before it was seen. Check both times."), "ended_at")

    def deadline(self, reported: datetime) -> datetime | None:
        """Until when something must be done: as given, else by the urgency."""
        span = TIME_TO_ACT.get(self.urgency)
        return self.action_deadline or (reported + span if span else None)

    def onto(self, incident: Incident) -> None:
        """Writes the answers into the row, unsaved."""
        for one in fields(self):
            setattr(incident, one.name, getattr(self, one.name))


def facts_of(incident: Incident) -> IncidentFacts:
    """The answers as they stand in the row."""
    given: dict[str, Any] = {one.name: getattr(incident, one.name) for one in fields(IncidentFacts)}
    return IncidentFacts(**given)
