"""Invented files in the layouts of known sources. No row of a real file stands here."""

from __future__ import annotations

import csv
import io
from typing import Any

from cen.imports.judging import Judge, Judged
from cen.imports.mapping import FileMapping, shipped
from cen.imports.report import Report
from cen.imports.survey import Survey

IDS_COLUMNS = [
    "ROW",
    "REGION",
    "SUBREGION",
    "COUNTRY",
    "ADMINISTRATIVE_DIVISION",
    "PLACE",
    "SEIZURE_DATE",
    "DRUG_NAME",
    "AMOUNT",
    "DRUG_UNIT",
    "HIDING_PLACE",
    "INSTALLATION",
    "TRANSPORT",
    "PRODUCING_COUNTRY",
    "DEPARTURE_COUNTRY",
    "DESTINATION_COUNTRY",
    "ROUTING",
]
IDS_ROW = {
    "ROW": "1",
    "COUNTRY": "Ghana",
    "PLACE": "Tema",
    "SEIZURE_DATE": "2012-03-28",
    "DRUG_NAME": "Cocaine",
    "AMOUNT": "12.5",
    "DRUG_UNIT": "Kilogram",
    "HIDING_PLACE": "Baggage",
    "INSTALLATION": "Seaport",
    "TRANSPORT": "Commercial sea",
    "PRODUCING_COUNTRY": "Unknown",
    "DEPARTURE_COUNTRY": "Brazil",
    "DESTINATION_COUNTRY": "Ghana",
    "ROUTING": "Border - inbound",
}
WEAPONS_COLUMNS = [
    "Fiscal Year",
    "Month (abbv)",
    "Component",
    "Region",
    "Area of Responsibility",
    "Inbound/Outbound",
    "Mode of Transportation",
    "Seizure Type",
    "Category",
    "Event ID",
    "Quantity Seized",
]
WEAPONS_ROW = {
    "Fiscal Year": "2023",
    "Month (abbv)": "NOV",
    "Component": "Office of Field Operations",
    "Area of Responsibility": "Sampleton Field Office",
    "Inbound/Outbound": "INBOUND",
    "Mode of Transportation": "Air",
    "Seizure Type": "Weapons",
    "Category": "Handgun",
    "Event ID": "1001.0",
    "Quantity Seized": "2.0",
}
PANGOLIN_COLUMNS = [
    "case",
    "date",
    "year",
    "type",
    "taxon",
    "location",
    "lat",
    "lon",
    "country",
    "transit_type",
    "concealment",
    "concealment_detail",
    "origin",
    "via",
    "outbound",
    "destination",
    "carcass_no",
    "live_no",
    "whole_no",
    "weight_kg",
    "scales_kg",
    "outcome",
]
PANGOLIN_ROW = {
    "case": "T-1",
    "date": "2009-04-17",
    "year": "2009",
    "type": "Seizure",
    "taxon": "Pangolin",
    "location": "Exampleville",
    "lat": "11.5",
    "lon": "104.9",
    "country": "Cambodia",
    "transit_type": "By road",
    "live_no": "7",
    "whole_no": "7",
}


def table(columns: list[str], rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def ids(*changes: dict[str, str]) -> bytes:
    """A file of individual drug seizures; each row is the usual one with its changes."""
    rows = [IDS_ROW | {"ROW": str(number)} | change for number, change in enumerate(changes, start=1)]
    return table(IDS_COLUMNS, rows, ";")


def weapons(*changes: dict[str, str]) -> bytes:
    return table(WEAPONS_COLUMNS, [WEAPONS_ROW | change for change in changes])


def pangolins(*changes: dict[str, str]) -> bytes:
    return table(PANGOLIN_COLUMNS, [PANGOLIN_ROW | change for change in changes])


def judged(content: bytes, mapping: str | FileMapping, **options: Any) -> tuple[list[Judged], dict[str, Any]]:
    """Every case of the file with its report."""
    chosen = shipped(mapping) if isinstance(mapping, str) else mapping
    survey = Survey(io.BytesIO(content), "list.csv", chosen)
    report = Report(chosen)
    cases = list(Judge(survey, **options).judged())
    for case in cases:
        report.add(case)
    survey.close()
    return cases, report.as_dict()


def codes(case: Judged) -> set[str]:
    """The codes of everything said about the case."""
    return {finding.code for row in case.rows for finding in row.findings}
