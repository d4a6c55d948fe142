"""A means of conveyance, and the container or document it moved under."""

from __future__ import annotations

from django.db import models

from cen.models.case import code
from cen.models.owned import OfCase


class Conveyance(OfCase):
    """Mode and type; its identifiers stand in the identifier tables with their stricter policy."""

    mode = models.CharField(max_length=2, blank=True)
    conveyance_type = code()
    carrier = models.CharField(max_length=120, blank=True)
    vessel_name = models.CharField(max_length=120, blank=True)
    voyage = models.CharField(max_length=30, blank=True)
    registration_country = models.CharField(max_length=2, blank=True)
    size_type = models.CharField(max_length=20, blank=True)
    private = models.BooleanField(default=False)
