"""What hangs on a case carries its administration too, so that the database can guard it by itself."""

from __future__ import annotations

from django.db import models

from accounts.access.guarded import GuardedModel
from accounts.models import Administration
from cen.models.case import Case


class OfCase(GuardedModel):
    """A row of a case, in the order it was entered (`line`, from 0)."""

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="%(class)s_rows")
    line = models.PositiveSmallIntegerField(default=0)

    class Meta(GuardedModel.Meta):
        abstract = True
        ordering = ["line", "id"]
