"""The workbook for one category of goods, and the mapping that reads it back: both from one description."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cen.codelists import lists
from cen.goods_blocks import FieldKind, FieldSpec, block_of
from cen.goods_blocks.codes import choices
from cen.imports.mapping import FileMapping, parse
from cen.imports.reading import SHOWN_BETWEEN
from cen.imports.refused import MappingRefused
from cen.imports.targets import TARGETS
from cen.imports.toml_text import to_toml

PREFIX = "opencen-"
SHEET = "Seizures"
CASE = "Case number"
# Rows that get the drop-down lists; below them one types codes or names.
ROWS_WITH_LISTS = 2_000
_FIRST = (
    *("seizure_date", "location_type", "place_name", "locode", "direction", "flow_kind", "detection_trigger"),
    *("detection_techniques", "leg.departure.country", "leg.departure.place_name", "leg.transit.country"),
    *("leg.destination.country", "leg.destination.place_name", "conveyance.mode", "conveyance.conveyance_type"),
    *("conveyance.vessel_name", "concealment.place", "concealment.method", "concealment.description"),
    *("identifier.container", "identifier.awb", "identifier.seal", "identifier.imo", "persons_count"),
    *("arrests_count", "goods.goods_type", "goods.description", "goods.brand", "goods.hs_code", "goods.quantity"),
    *("goods.unit", "goods.second_quantity", "goods.second_unit", "goods.packages", "goods.package_type"),
)
_LAST = ("goods.origin_country", "goods.value", "goods.currency", "goods.remarks", "narrative_public")
_HOW: dict[str, Callable[[], str]] = {
    "date": lambda: _("2026-10-19; 2026-10 or 2026 where the day is not known."),
    "number": lambda: _("Digits only, such as 12.5; Y where it was there but not measured."),
    "integer": lambda: _("A whole number."),
    "code": lambda: _("Choose from the list, or write the code or the name."),
    "codes": lambda: _("Codes, separated by semicolons."),
    "country": lambda: _("Choose from the list, or write the name or the two letters."),
    "text": lambda: _("Text."),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading (English, so that one mapping reads every workbook), and what it is for."""

    heading: str
    to: str
    read: str
    code_list: str
    label: Any
    most_choices: tuple[str, ...] = ()


def template_names() -> list[str]:
    """Names of the mappings of all workbooks."""
    return [f"{PREFIX}{code.lower()}" for code in lists.entries("category")]


def columns_of(category: str) -> list[Column]:
    """The columns of the category's workbook, in their order; raises MappingRefused for an unknown category."""
    known = lists.entries("category").get(category)
    if known is None:
        raise MappingRefused(
            _("There is no category %(code)s. Choose one of: %(known)s.")
            % {"code": category, "known": ", ".join(lists.entries("category"))}
        )
    units = tuple(str(known.extra.get("units", "")).split())
    block = block_of(category)
    with translation.override("en"):
        found = [Column(CASE, "", "text", "", CASE)]
        found += [_column(name, category, units) for name in _FIRST]
        found += [one for spec in (block.fields if block else ()) for one in _block_column(spec)]
        found += [_column(name, category, units) for name in _LAST]
    # A field of the block may be named like another column, such as "Brand".
    seen: dict[str, int] = {}
    for place, one in enumerate(found):
        seen[one.heading] = seen.get(one.heading, 0) + 1
        if seen[one.heading] > 1:
            found[place] = Column(
                f"{one.heading} ({seen[one.heading]})", one.to, one.read, one.code_list, one.label, one.most_choices
            )
    return found


@cache
def mapping_of_template(name: str) -> FileMapping:
    """The mapping `opencen-drg` and so on: strict, so that a code is either one of its list or an error."""
    category = name.removeprefix(PREFIX).upper()
    columns = columns_of(category)
    title = lists.entries("category")[category].names["en"]
    goods: list[dict[str, Any]] = [{"to": "category", "value": category}]
    fields: list[dict[str, Any]] = []
    for one in columns[1:]:
        setting = {"to": one.to.removeprefix("goods."), "from": one.heading, "read": one.read, "list": one.code_list}
        (goods if one.to.startswith("goods.") else fields).append(setting)
    optional = [one.heading for one in columns if one.to not in {"seizure_date", "goods.goods_type", "goods.quantity"}]
    given = {
        "name": name,
        "version": "1",
        "title": f"OpenCEN workbook: {title}",
        "strict": True,
        "file": {"decimal": "point"},
        "rows": {"event": CASE, "reference": CASE, "optional": optional},
        "field": fields,
        "goods": [{"field": goods}],
    }
    return parse(to_toml(given))


def write_template(category: str, out: BinaryIO) -> None:
    """The workbook as .xlsx: the sheet to fill, the code lists, and notes in the active language."""
    columns = columns_of(category)
    book = Workbook()
    sheet: Any = book.active
    codes, notes = book.create_sheet(_("Codes")[:31]), book.create_sheet(_("Notes")[:31])
    sheet.title = SHEET
    sheet.freeze_panes = "B2"
    fill = PatternFill("solid", fgColor="DCE6F1")
    written: dict[tuple[str, ...], str] = {}
    for number, one in enumerate(columns, start=1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, one.heading)
        cell.font, cell.fill = Font(bold=True), fill
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(f"{one.label}\n{_how(one)}", "OpenCEN", height=90, width=260)
        sheet.column_dimensions[letter].width = max(12, min(28, len(one.heading) + 4))
        shown = tuple(_choices(one))
        if not shown or one.read == "codes":
            continue
        if shown not in written:
            place = len(written) + 1
            codes.cell(1, place, one.heading).font = Font(bold=True)
            for row, text in enumerate(shown, start=2):
                codes.cell(row, place, text)
            codes.column_dimensions[get_column_letter(place)].width = 36
            column = get_column_letter(place)
            written[shown] = f"'{codes.title}'!${column}$2:${column}${len(shown) + 1}"
        rule = DataValidation(type="list", formula1=f"={written[shown]}", allow_blank=True, showErrorMessage=False)
        rule.add(f"{letter}2:{letter}{ROWS_WITH_LISTS + 1}")
        sheet.add_data_validation(rule)
    _write_notes(notes, category, columns)
    book.save(out)


def _write_notes(sheet: Any, category: str, columns: list[Column]) -> None:
    lines = [
        lists.label("category", category),
        _("Fill the first sheet: one row for each line of goods. The first row must stay as it is."),
        _("Rows with the same case number are one case; give place, date and route in its first row."),
        _("Columns may be left out or moved. Leave a cell empty where you do not know; do not write “unknown”."),
        _("Names, plates and numbers of documents do not belong here: record persons in the portal."),
        _("Then: Imports, choose this file and the mapping %(name)s.") % {"name": f"{PREFIX}{category.lower()}"},
    ]
    for row, line in enumerate(lines, start=1):
        sheet.cell(row, 1, line).font = Font(bold=row == 1)
    start = len(lines) + 2
    for row, one in enumerate(columns, start=start):
        sheet.cell(row, 1, one.heading).font = Font(bold=True)
        sheet.cell(row, 2, str(one.label))
        sheet.cell(row, 3, _how(one))
    for letter, width in (("A", 34), ("B", 34), ("C", 80)):
        sheet.column_dimensions[letter].width = width


def _column(name: str, category: str, units: tuple[str, ...]) -> Column:
    target = TARGETS[name]
    only: tuple[str, ...] = ()
    if name == "goods.goods_type":
        only = tuple(entry.code for entry in lists.children("goods_type", category))
    elif target.code_list == "unit":
        only = units
    heading = str(target.label)
    return Column(heading, name, target.read, target.code_list, target.label, only)


def _block_column(spec: FieldSpec) -> Iterator[Column]:
    """A quantity with a unit of its own has no column: it would need two, and few sources have it."""
    if spec.kind is FieldKind.QUANTITY:
        return
    read = "text"
    if spec.code_list:
        read = "codes" if spec.kind is FieldKind.SEVERAL else "code"
    yield Column(str(spec.label), f"goods.block.{spec.name}", read, spec.code_list, spec.label)


def _choices(one: Column) -> list[str]:
    if one.read == "country":
        return [_shown(code, label) for code, label in lists.choices("country")]
    if one.read not in {"code", "codes"} or not one.code_list:
        return []
    return [_shown(code, label) for code, label in choices(one.code_list, only=one.most_choices)]


def _shown(code: str, label: str) -> str:
    return f"{code}{SHOWN_BETWEEN}{label}"


def _how(one: Column) -> str:
    if one.heading == CASE:
        return _("Your own number of the case; rows with the same number are one case.")
    return _HOW.get(one.read, _HOW["text"])()
