"""The totals of real files, where they are at hand; nothing of them stands in the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cen.imports.judging import Judge
from cen.imports.mapping import shipped
from cen.imports.report import Report
from cen.imports.survey import Survey

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "seizures"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder ../shared/data/seizures beside the repository"),
]


def report_of(name: str, mapping: str) -> tuple[dict[str, Any], list[Any]]:
    with (FOLDER / name).open("rb") as file:
        survey = Survey(file, name, shipped(mapping))
        report, rows = Report(shipped(mapping)), []
        for case in Judge(survey).judged():
            report.add(case)
            rows += case.rows
        survey.close()
    return report.as_dict(), rows


@pytest.mark.parametrize(
    ("name", "mapping", "expected"),
    [
        ("unodc_ids_dev_2011_2013.csv", "unodc-ids", "unodc_ids_dev_expected.json"),
        ("cbp_weapons_dev_fy22_23.csv", "cbp-weapons", "cbp_weapons_dev_expected.json"),
    ],
)
def test_the_totals_of_the_source_come_out(name: str, mapping: str, expected: str) -> None:
    report, _rows = report_of(name, mapping)
    wanted = json.loads((FOLDER / expected).read_text(encoding="utf-8"))
    assert len(wanted) >= 10
    for key, value in wanted.items():
        found = report[key]
        if "_top" in key:
            # Those equal to the last one are listed too, since nothing says which of them is before the others.
            least = min(value.values())
            assert {word: count for word, count in found.items() if count > least or word in value} == value, key
            assert all(count == least for word, count in found.items() if word not in value), key
        else:
            assert found == value, key


@pytest.mark.parametrize(
    ("name", "mapping", "rows"),
    [
        ("unodc_ids_dirty_2011_2013.csv", "unodc-ids", 339),
        ("eia_pangolin_dev_to_2012_no_text.csv", "eia-pangolin", 233),
    ],
)
def test_awkward_files_are_accounted_for_row_by_row(name: str, mapping: str, rows: int) -> None:
    report, judged = report_of(name, mapping)
    assert report["rows"] == rows == len({one.row.number for one in judged})
    assert report["accepted"] + report["refused"] + report["waiting"] == rows
    assert report["accepted"] > rows * 0.9
    for one in judged:
        assert (one.outcome == "accepted") == (not one.findings), one
        assert all(finding.sentence for finding in one.findings)
