"""Running numbers of references, one series an administration, kind and year."""

from __future__ import annotations

from django.db import connection, models


class Numbering(models.Model):
    """The last number given in a series such as `GB-2026`; the row is the lock of its series."""

    series = models.CharField(max_length=24, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    unguarded = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unguarded"

    def __str__(self) -> str:
        return self.series


def next_reference(series: str) -> str:
    """The next reference, `SERIES-000001`; concurrent takers wait for each other's commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cen_numbering (series, last) values (%s, 1)"
            " on conflict (series) do update set last = cen_numbering.last + 1 returning last",
            [series],
        )
        row = cursor.fetchone()
    return f"{series}-{row[0]:06d}"


def next_references(series: str, count: int) -> list[str]:
    """Several at once, for imports."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cen_numbering (series, last) values (%s, %s)"
            " on conflict (series) do update set last = cen_numbering.last + excluded.last returning last",
            [series, count],
        )
        last = cursor.fetchone()[0]
    return [f"{series}-{number:06d}" for number in range(last - count + 1, last + 1)]
