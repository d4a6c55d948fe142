"""Where and how it was hidden."""

from __future__ import annotations

from django.db import models

from cen.models.case import code
from cen.models.owned import OfCase


class Concealment(OfCase):
    place = code()
    method = code()
    description = models.TextField(max_length=2000, blank=True)
