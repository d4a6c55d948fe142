"""One stop of the route."""

from __future__ import annotations

from django.db import models

from cen.models.case import code
from cen.models.owned import OfCase


class RouteLeg(OfCase):
    role = code()
    country = models.CharField(max_length=2, blank=True)
    place_name = models.CharField(max_length=120, blank=True)
    locode = models.CharField(max_length=5, blank=True)
    iata = models.CharField(max_length=3, blank=True)
    on = models.DateField(null=True, blank=True)
    confidence = code()
