"""What the rules look at beside the sheet: who records, and how large the published cases are."""

from __future__ import annotations

from decimal import Decimal

from django.core.cache import cache
from django.db import connection

from cen.models import Case
from cen.rules import Surroundings
from cen.sheet import Sheet
from cen.units_of_list import MEASURES

# With fewer cases nobody knows what one in a thousand is.
CASES_NEEDED = 1_000
KEPT_SECONDS = 6 * 3600
# The columns repeat the totals of a version; only versions of one category say something about it. What is
# published is open to everybody with a seat, whoever asks.
_FAR_OUT = """
    select {columns} from cen_releasedcase
    where state = 'published' and category_codes = array[%s]::varchar[]
"""
_COLUMN = "case when count({0}) >= %s then percentile_disc(0.999) within group (order by {0}) end"


def around(case: Case, sheet: Sheet) -> Surroundings:
    """The surroundings of a case and its sheet."""
    far_out = {
        (category, measure): value
        for category in sorted({line.category for line in sheet.goods if line.category})[:20]
        for measure, value in _far_out(category).items()
    }
    return Surroundings(home=case.administration.code, far_out=far_out)


def _far_out(category: str) -> dict[str, Decimal]:
    """By measure the quantity that one published case in a thousand exceeds; computed every few hours."""
    key = f"cen.far_out.{category}"
    known: dict[str, Decimal] | None = cache.get(key)
    if known is None:
        query = _FAR_OUT.format(columns=", ".join(_COLUMN.format(measure) for measure in MEASURES))
        with connection.cursor() as cursor:
            cursor.execute(query, [*[CASES_NEEDED] * len(MEASURES), category])
            row = cursor.fetchone()
        known = {measure: value for measure, value in zip(MEASURES, row, strict=True) if value is not None}
        cache.set(key, known, KEPT_SECONDS)
    return known
