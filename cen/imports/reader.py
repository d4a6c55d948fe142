"""A file as a table, whatever its format: header first, then rows, one in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

from cen.imports import delimited, spreadsheet
from cen.imports.cells import Row
from cen.imports.limits import FILE_BYTES
from cen.imports.refused import FileRefused

TEXT = frozenset({".csv", ".tsv", ".txt"})
WORKBOOK = frozenset({".xlsx"})
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_PACKED = b"PK"


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a file before it is read; blank: to be found out."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns in their order, and the rows below them."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def open_table(file: BinaryIO, name: str, layout: Layout = Layout()) -> Table:
    """Reads the header. `file` must be seekable and stay open while rows are taken; `name` says its format.

    Raises FileRefused, also later, while rows are taken.
    """
    ending = PurePath(name).suffix.lower()
    check_beginning(file, ending)
    if ending in WORKBOOK:
        rows = spreadsheet.rows_of(file, sheet=layout.sheet)
    else:
        rows = delimited.rows_of(file, encoding=layout.encoding, delimiter=layout.delimiter)
    header = next(rows)
    return Table(tuple(name for name in header.cells if name), rows)


def check_beginning(file: BinaryIO, ending: str) -> None:
    """Refuses unknown kinds of file, empty and oversize ones, and those whose content is of another kind."""
    if ending not in TEXT | WORKBOOK:
        raise FileRefused(
            _("Files ending in “%(ending)s” can't be read. Save the list as .csv (UTF-8) or as .xlsx.")
            % {"ending": ending},
            code="kind_unknown",
        )
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if not head:
        raise FileRefused(_("The file is empty."), code="file_empty")
    if size > FILE_BYTES:
        raise FileRefused(
            _("The file is larger than %(most)d MB. Send it in parts.") % {"most": FILE_BYTES // 1024 // 1024},
            code="file_too_large",
        )
    if head == _OLD_OFFICE:
        raise FileRefused(
            _("This is an older or encrypted Excel file. Save it as .xlsx without a password."), code="old_workbook"
        )
    if ending in TEXT and head.startswith(_PACKED):
        raise FileRefused(
            _("The name ends in %(ending)s, but this is a workbook or an archive. Rename it to .xlsx.")
            % {"ending": ending},
            code="kind_mistaken",
        )
    if ending in WORKBOOK and not head.startswith(_PACKED):
        raise FileRefused(
            _("This is no Excel workbook (.xlsx). Save the list as .xlsx, or as CSV (UTF-8)."), code="no_workbook"
        )
