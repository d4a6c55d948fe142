"""The workbooks of our own: one a category, and what is filled in comes back through their mapping."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from cen.codelists import lists
from cen.imports.judging import Judge, Judged
from cen.imports.mapping import shipped
from cen.imports.refused import MappingRefused
from cen.imports.survey import Survey
from cen.imports.workbook import CASE, SHEET, columns_of, template_names, write_template
from tests.cen.imports.layouts import codes

pytestmark = pytest.mark.django_db


def template(category: str) -> Any:
    out = io.BytesIO()
    write_template(category, out)
    return openpyxl.load_workbook(out)


def filled(category: str, *rows: dict[str, Any]) -> list[Judged]:
    book = template(category)
    sheet = book[SHEET]
    headings = [cell.value for cell in sheet[1]]
    for row in rows:
        assert set(row) <= set(headings), set(row) - set(headings)
        sheet.append([row.get(name) for name in headings])
    out = io.BytesIO()
    book.save(out)
    survey = Survey(out, "filled.xlsx", shipped(f"opencen-{category.lower()}"))
    return list(Judge(survey).judged())


def listed(book: Any, heading: str) -> list[str]:
    """The choices of the drop-down under a heading."""
    sheet = book[SHEET]
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == heading)
    (rule,) = [one for one in sheet.data_validations.dataValidation if f"{letter}2" in one.sqref]
    page, cells = rule.formula1.removeprefix("=").replace("'", "").split("!")
    return [cell.value for (cell,) in book[page][cells.replace("$", "")]]


FILLED = {
    CASE: "A-17",
    "Date of the seizure": datetime(2026, 10, 19),
    "Kind of place": "SP · Seaport",
    "Name of the place": "Tema",
    "Departure: country": "BR · Brazil",
    "Destination: country": "Ghana",
    "Mode of transport": "1 · Maritime",
    "Container": "CSQU3054383",
    "Type of goods": "COC · Cocaine",
    "Quantity": 12.5,
    "Unit": "KGM · kilogram",
}


def test_what_is_filled_in_comes_back_as_a_case() -> None:
    (case,) = filled("DRG", FILLED, {CASE: "A-17", "Type of goods": "Heroin", "Quantity": "0.75", "Unit": "kilogram"})
    assert case.sheet is not None, case.rows
    assert codes(case) == set()
    assert case.reference == "A-17"
    sheet = case.sheet
    assert (sheet.seizure_date, sheet.location_type, sheet.place_name) == (date(2026, 10, 19), "SP", "Tema")
    assert {leg.role: leg.country for leg in sheet.legs} == {"departure": "BR", "destination": "GH"}
    assert sheet.conveyances[0].mode == "1"
    assert [(one.kind, one.raw) for one in sheet.identifiers] == [("container", "CSQU3054383")]
    assert [(line.category, line.goods_type, line.quantity, line.unit) for line in sheet.goods] == [
        ("DRG", "COC", Decimal("12.5"), "KGM"),
        ("DRG", "HER", Decimal("0.75"), "KGM"),
    ]


def test_a_wrong_code_gives_the_same_code_and_sentence_as_the_form() -> None:
    (case,) = filled("DRG", FILLED | {"Unit": "barrels", "Departure: country": "Atlantis"})
    assert case.sheet is None
    found = {(finding.column, finding.code) for finding in case.rows[0].findings if finding.severity == "error"}
    assert found == {("Unit", "code_unknown"), ("Departure: country", "country_not_found")}


def test_every_category_has_its_workbook_which_reads_back_empty_fields_without_complaint() -> None:
    names = template_names()
    assert len(names) == len(lists.entries("category")) > 20
    for name in names:
        mapping = shipped(name)
        assert mapping.strict
        category = name.removeprefix("opencen-").upper()
        (case,) = filled(category, {"Date of the seizure": "2026-10"})
        assert case.sheet is not None, (name, case.rows)
        assert case.sheet.date_precision == "month"
        assert case.sheet.goods[0].category == category


def test_lists_hold_the_types_and_units_of_the_category_alone() -> None:
    book = template("TOB")
    types = {text.partition(" · ")[0] for text in listed(book, "Type of goods")}
    assert types == {entry.code for entry in lists.children("goods_type", "TOB")}
    units = {text.partition(" · ")[0] for text in listed(book, "Unit")}
    assert units == set(lists.entries("category")["TOB"].extra["units"].split())
    assert "GH · Ghana" in listed(book, "Departure: country")


def test_the_sheet_to_fill_has_one_row_and_notes_speak_the_readers_language() -> None:
    with translation.override("fr"):
        book = template("DRG")
    assert book.sheetnames[0] == SHEET
    assert book[SHEET].max_row == 1
    assert listed(book, "Unit")[0].startswith("KGM · kilogramme")


def test_headings_are_told_apart_and_an_unknown_category_is_refused() -> None:
    for name in template_names():
        headings = [one.heading for one in columns_of(name.removeprefix("opencen-").upper())]
        assert len(headings) == len(set(headings)), name
    for unknown in ("opencen-xyz", "opencen-"):
        with pytest.raises(MappingRefused):
            shipped(unknown)
