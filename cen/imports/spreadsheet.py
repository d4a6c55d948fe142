"""XLSX: looked at before it is unpacked, then read row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl import DEFUSEDXML

from cen.imports.cells import Cell, Row, text_of, without_guard, wrong_with_text
from cen.imports.delimited import check_header, too_many_rows, without_mark
from cen.imports.limits import (
    ARCHIVE_BYTES,
    ARCHIVE_ENTRIES,
    ARCHIVE_RATIO,
    COLUMNS,
    CUT,
    EMPTY_ROWS,
    OTHER_BYTES,
    RATIO_COUNTS_FROM,
    ROW_CHARACTERS,
    ROWS,
    SHARED_TEXT_BYTES,
)
from cen.imports.refused import FileRefused

if not DEFUSEDXML:
    raise RuntimeError("openpyxl reads workbooks without defusedxml: install it")


def check_archive(file: BinaryIO) -> None:
    """Refuses what is no workbook, what holds macros, and what would burst when unpacked."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _no_workbook() from None
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/worksheets/") for name in names):
        raise _no_workbook()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(
            _("The workbook holds macros. Save it as “Excel workbook (.xlsx)”, without macros."), code="macros"
        )
    unpacked = sum(entry.file_size for entry in entries)
    shared = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml"))
    # Styles, themes and the like are read whole into memory; sheets are streamed.
    others = sum(
        entry.file_size
        for entry in entries
        if not entry.filename.startswith("xl/worksheets/") and not entry.filename.lower().endswith("sharedstrings.xml")
    )
    bursting = any(
        entry.file_size > RATIO_COUNTS_FROM and entry.file_size > ARCHIVE_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if (
        len(entries) > ARCHIVE_ENTRIES
        or unpacked > ARCHIVE_BYTES
        or shared > SHARED_TEXT_BYTES
        or others > OTHER_BYTES
        or bursting
    ):
        raise FileRefused(
            _("Unpacked, this workbook would be too large. Save the list alone as CSV (UTF-8), or send it in parts."),
            code="archive_too_large",
        )


def rows_of(file: BinaryIO, *, sheet: str = "") -> Iterator[Row]:
    """The header, then every row that is not empty, of the sheet named or of the first visible one."""
    check_archive(file)
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception:  # noqa: BLE001  (whatever the reader stumbles over, the file is at fault)
        raise _no_workbook() from None
    try:
        page = _sheet_of(book, sheet)
        # What a file says of its own size is not to be believed.
        page.reset_dimensions()
        yield from _read(page)
    finally:
        book.close()


def _sheet_of(book: Any, name: str) -> Any:
    pages = [page for page in book.worksheets if page.sheet_state == "visible"]
    chosen = next((page for page in pages if page.title == name), None) if name else next(iter(pages), None)
    if chosen is None:
        raise FileRefused(
            _("The workbook has no sheet “%(name)s”.") % {"name": name} if name else _("The workbook has no sheet."),
            code="sheet_missing",
        )
    return chosen


def _read(page: Any) -> Iterator[Row]:
    names: list[str] = []
    empty = number = 0
    try:
        for number, cells in enumerate(page.iter_rows(), start=1):
            filled = _filled(cells)
            if not filled:
                empty += 1
                if empty > EMPTY_ROWS:
                    return
                continue
            empty = 0
            if not names:
                names = _header(filled)
                yield Row(number, dict.fromkeys(names))
                continue
            if number > ROWS:
                raise too_many_rows()
            yield _row(number, names, filled)
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001  (a damaged sheet makes the reader fail in many ways)
        raise FileRefused(
            _("The workbook is damaged near row %(row)d. Open it in a sheet program, save it anew and try again.")
            % {"row": number + 1},
            code="table_broken",
        ) from None
    if not names:
        check_header([])


def _filled(cells: tuple[Any, ...]) -> dict[int, Any]:
    return {place: cell for place, cell in enumerate(cells) if cell.value is not None and cell.value != ""}


def _header(filled: dict[int, Any]) -> list[str]:
    wide = max(filled) + 1
    if wide > COLUMNS:
        check_header([""] * wide)
    names = [without_mark(text_of(filled[place].value)) if place in filled else "" for place in range(wide)]
    return check_header(names)


def _row(number: int, names: list[str], filled: dict[int, Any]) -> Row:
    row = Row(number, dict.fromkeys((name for name in names if name), None))
    length = 0
    for place, cell in filled.items():
        if place >= len(names) or not names[place]:
            row.broken[""] = "row_shape"
            continue
        name = names[place]
        value, wrong = _value(cell)
        length += len(value) if isinstance(value, str) else 0
        row.cells[name] = value
        if wrong:
            row.broken[name] = wrong
    if length > ROW_CHARACTERS:
        row.broken[""] = "row_too_long"
        row.cells = {name: cell[:CUT] if isinstance(cell, str) else cell for name, cell in row.cells.items()}
    return row


def _value(cell: Any) -> tuple[Cell, str | None]:
    """The value, and the code of what is wrong with it. A formula is given back as text, never calculated."""
    if cell.data_type == "f":
        return str(getattr(cell.value, "text", cell.value) or "="), "cell_formula"
    if cell.data_type == "e":
        return str(cell.value), "cell_error_value"
    if isinstance(cell.value, str):
        text = without_guard(cell.value)
        return text, wrong_with_text(text)
    return cell.value, None


def _no_workbook() -> FileRefused:
    return FileRefused(
        _("This is no Excel workbook (.xlsx). Save the list as .xlsx, or as CSV (UTF-8)."), code="no_workbook"
    )
