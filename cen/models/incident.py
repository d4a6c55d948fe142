"""What an incident has beyond the shared header."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from cen.lifecycle import IncidentState
from cen.models.case import Case, code, codes
from cen.models.owned import OfCase


class Incident(GuardedModel):
    """Type, severity, urgency, asked action and handling of a case of kind incident.

    `revision` rises with every change of these and tells concurrent ones apart; the header has the case's own.
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="incident")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    incident_type = code()
    title = models.CharField(max_length=200, blank=True)
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    urgency = code()
    first_seen = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    threat = models.TextField(max_length=4000, blank=True)
    likelihood = code()
    confidence = code()
    indicators = models.JSONField(default=list, blank=True)
    requested_actions = codes()
    action_deadline = models.DateTimeField(null=True, blank=True)
    impact = models.TextField(max_length=2000, blank=True)
    handling_state = models.CharField(max_length=20, choices=IncidentState.choices, default=IncidentState.NEW)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = code()
    false_alarm = models.BooleanField(default=False)
    false_alarm_cause = models.CharField(max_length=300, blank=True)
    lessons = models.TextField(max_length=4000, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta(GuardedModel.Meta):
        pass


class IncidentEntry(OfCase):
    """A line of the incident's timeline; written once."""

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    moved_to = models.CharField(max_length=20, blank=True, choices=IncidentState.choices)


class PlaciReferral(OfCase):
    """A pre-loading referral of air cargo: request for information, for screening, or do-not-load."""

    regime = code()
    referral = code()
    status = code()
    filer = models.CharField(max_length=120, blank=True)
    origin_airport = models.CharField(max_length=4, blank=True)
    last_departure = models.CharField(max_length=4, blank=True)
    flight = models.CharField(max_length=12, blank=True)
    pieces = models.PositiveIntegerField(null=True, blank=True)
    gross_kg = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    goods_description = models.CharField(max_length=300, blank=True)
    screening_methods = codes()
    asked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=300, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
