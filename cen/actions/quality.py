"""Keeping a case's quality score and what would raise it beside the case."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from cen.models import Case, Media, ReleasedCase
from cen.quality import Quality, quality_of
from cen.sheet import Sheet
from cen.sheet_rows import sheet_of


def rate(case: Case, sheet: Sheet) -> Quality:
    """Writes score and missing fields into the case, unsaved; part of acts that were allowed already."""
    photos = Media.unguarded.filter(case=case).count() if case.revision and not case._state.adding else 0
    found = quality_of(sheet, on=_reached_on(case), photos=photos)
    case.quality_score, case.missing_fields = found.score, [one.code for one in found.missing]
    return found


def rate_again(case: Case) -> None:
    """Rates a case anew after something beside its sheet changed, such as its images."""
    rate(case, sheet_of(case))
    case.save(update_fields=["quality_score", "missing_fields"])


def _reached_on(case: Case) -> date:
    """The day that counts for timeliness: of the first release; before that, today."""
    if case.edition:
        first = ReleasedCase.unguarded.filter(case_id=case.pk).order_by("edition")
        if (moment := first.values_list("released_at", flat=True).first()) is not None:
            return moment.date()
    return timezone.now().date()
