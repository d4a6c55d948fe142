"""Constant memory: what a process needs at most does not grow with the file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings

from tests.cen.imports.layouts import IDS_COLUMNS, IDS_ROW, WEAPONS_COLUMNS, WEAPONS_ROW

# Reads a file as an import does and tells how much the process held at most, in kibibytes.
_READ = """
import resource, sys
import django
django.setup()
from cen.imports.judging import Judge
from cen.imports.mapping import shipped
from cen.imports.report import Report
from cen.imports.survey import Survey
path, name = sys.argv[1:]
mapping = shipped(name)
with open(path, "rb") as file:
    survey = Survey(file, path, mapping)
    report = Report(mapping)
    for case in Judge(survey).judged():
        report.add(case)
    survey.close()
print(report.as_dict()["rows"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def lines(columns: list[str], row: dict[str, str], count: int, **changing: str) -> Iterator[list[str]]:
    yield columns
    for number in range(count):
        changed = row | {name: text.format(number) for name, text in changing.items()}
        yield [changed.get(name, "") for name in columns]


def written(path: Path, rows: Iterator[list[str]], delimiter: str = ";") -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        book.save(path)
        return path
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(delimiter.join(row) + "\n")
    return path


def seizures(path: Path, count: int) -> Path:
    return written(path, lines(IDS_COLUMNS, IDS_ROW, count, ROW="{}", PLACE="Place {}", AMOUNT="{}.5"))


def events(path: Path, count: int) -> Path:
    # Three rows an event, far apart from each other.
    rows = lines(WEAPONS_COLUMNS, WEAPONS_ROW, count, **{"Quantity Seized": "{}"})
    third = max(count // 3, 1)

    def spread() -> Iterator[list[str]]:
        place = WEAPONS_COLUMNS.index("Event ID")
        for number, row in enumerate(rows):
            yield row if number == 0 else [*row[:place], str(number % third), *row[place + 1 :]]

    return written(path, spread(), ",")


def most_memory(path: Path, mapping: str) -> tuple[int, int]:
    """Rows read, and the peak of the process in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path), mapping],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "OPENCEN_MODE": "test"},
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    rows, peak = done.stdout.split()
    return int(rows), int(peak) // 1024


@pytest.mark.parametrize(
    ("make", "name", "mapping"),
    [(seizures, "list.csv", "unodc-ids"), (seizures, "list.xlsx", "unodc-ids"), (events, "list.csv", "cbp-weapons")],
)
def test_eight_times_the_rows_need_no_more_memory(make: Any, name: str, mapping: str, tmp_path: Path) -> None:
    few, many = tmp_path / f"few-{name}", tmp_path / f"many-{name}"
    rows, small = most_memory(make(few, 1_000), mapping)
    assert rows == 1_000
    rows, large = most_memory(make(many, 8_000), mapping)
    assert rows == 8_000
    # A row of these needs some 2.5 kB as objects: held all at once, the larger file would need twenty more.
    assert large - small < 14, (small, large)


@pytest.mark.acceptance
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("make", "name", "mapping"),
    [(seizures, "list.csv", "unodc-ids"), (seizures, "list.xlsx", "unodc-ids"), (events, "list.csv", "cbp-weapons")],
)
def test_a_hundred_thousand_rows_are_read_in_constant_memory(
    make: Any, name: str, mapping: str, tmp_path: Path
) -> None:
    _, small = most_memory(make(tmp_path / f"few-{name}", 10_000), mapping)
    rows, large = most_memory(make(tmp_path / f"many-{name}", 100_000), mapping)
    assert rows == 100_000
    assert large - small < 30, (small, large)


@pytest.mark.acceptance
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_rows_become_drafts_in_constant_memory(fresh_database: str, tmp_path: Path) -> None:
    peaks = []
    for count, administration in ((5_000, "GH"), (100_000, "SN")):
        path = seizures(tmp_path / f"{count}.csv", count)
        program = (
            "import resource, sys\n"
            "from django.core.management import execute_from_command_line\n"
            f"execute_from_command_line(['manage.py', 'import_cases', {str(path)!r}, '--mapping', 'unodc-ids',"
            f" '--administration', {administration!r}, '--json'])\n"
            "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "OPENCEN_IMPORT_DIR": str(tmp_path / "imports"),
            },
            capture_output=True,
            text=True,
            timeout=1700,
            check=True,
        )
        assert f'"cases": {count},' in done.stdout
        peaks.append(int(done.stdout.rpartition("PEAK ")[2]))
    assert peaks[1] - peaks[0] < 40, peaks
