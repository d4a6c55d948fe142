"""CSV: its encoding and delimiter found or declared, its rows one by one."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from cen.imports.cells import Row, without_guard, wrong_with_text
from cen.imports.limits import CELL_CHARACTERS, COLUMNS, CUT, ROW_CHARACTERS, ROWS
from cen.imports.refused import FileRefused

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
_PIECE = 256 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Read before the first row, to choose the delimiter.
_LOOK = 16 * 1024


def encoding_of(file: BinaryIO, declared: str = "") -> str:
    """The encoding in which the whole file can be read; the mark at its beginning counts before `declared`.

    Without either only UTF-8 is accepted: any bytes can be read as Windows-1252, and a wrong guess would
    spoil names unseen. Raises FileRefused where the file does not keep to the encoding.
    """
    file.seek(0)
    head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    encoding = marked or declared or "utf-8"
    if encoding not in ENCODINGS:
        raise FileRefused(
            _("The encoding %(name)s is not known here. Choose one of: %(known)s.")
            % {"name": encoding, "known": ", ".join(ENCODINGS)},
            code="encoding_unknown",
        )
    if encoding == "utf-16" and not marked:
        raise _wrong_encoding(encoding)
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while piece := file.read(_PIECE):
            if "\x00" in decoder.decode(piece):
                raise _wrong_encoding(encoding)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _wrong_encoding(encoding) from None
    return encoding


def rows_of(file: BinaryIO, *, encoding: str = "", delimiter: str = "") -> Iterator[Row]:
    """The header as a Row without cells but with its names as keys, then every row that is not empty."""
    name = encoding_of(file, encoding)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=name, newline="")
    try:
        mark = delimiter or _delimiter_of(text.read(_LOOK))
        text.seek(0)
        csv.field_size_limit(CELL_CHARACTERS)
        yield from _read(csv.reader(text, delimiter=mark, strict=True))
    finally:
        # Whoever stops reading early may have closed the file already.
        with contextlib.suppress(ValueError):
            text.detach()


def _read(reader: Iterator[list[str]]) -> Iterator[Row]:
    number = 0
    try:
        names = [without_mark(name) for name in next(reader, [])]
        yield Row(1, dict.fromkeys(check_header(names)))
        for number, values in enumerate(reader, start=2):
            if number > ROWS:
                raise too_many_rows()
            if any(value.strip() for value in values):
                yield _row(number, names, values)
    except csv.Error:
        raise FileRefused(
            _(
                "Near row %(row)d the file stops being a table: a quotation mark is open, or a cell is longer than "
                "%(most)d characters. Correct that row and try again."
            )
            % {"row": max(number + 1, 2), "most": CELL_CHARACTERS},
            code="table_broken",
        ) from None


def without_mark(name: str) -> str:
    """A column's name without blanks and invisible marks at its ends."""
    return name.strip().strip("\ufeff").strip()


def check_header(names: list[str]) -> list[str]:
    """The names, each of them given once; raises FileRefused otherwise."""
    if len(names) > COLUMNS:
        raise FileRefused(
            _("The file has more than %(most)d columns. Leave out what is no column of the list.") % {"most": COLUMNS},
            code="too_many_columns",
        )
    given = [name for name in names if name]
    if not given:
        raise FileRefused(_("The first row must hold the names of the columns."), code="header_missing")
    if twice := sorted({name for name in given if given.count(name) > 1}):
        raise FileRefused(
            _("These columns stand in the first row twice: %(names)s. Rename one of each.")
            % {"names": ", ".join(twice)},
            code="header_twice",
        )
    return names


def too_many_rows() -> FileRefused:
    """The refusal of a file that is too long."""
    return FileRefused(
        _("The file has more than %(most)d rows. Send it in parts.") % {"most": ROWS}, code="too_many_rows"
    )


def _row(number: int, names: list[str], values: list[str]) -> Row:
    row = Row(number, {})
    if len(values) < len(names) or any(value.strip() for value in islice(values, len(names), None)):
        row.broken[""] = "row_shape"
    if sum(map(len, values)) > ROW_CHARACTERS:
        row.broken[""] = "row_too_long"
        values = [value[:CUT] for value in values]
    for name, value in zip(names, values, strict=False):
        if name:
            value = without_guard(value)
            row.cells[name] = value
            if wrong := wrong_with_text(value):
                row.broken[name] = wrong
    return row


def _delimiter_of(beginning: str) -> str:
    """The mark that stands most often in the first line outside quotation marks; a comma by default."""
    line, quoted = [], False
    for char in beginning:
        if char == '"':
            quoted = not quoted
        elif char in "\r\n" and not quoted:
            break
        elif not quoted:
            line.append(char)
    return max(DELIMITERS, key=line.count)


def _wrong_encoding(name: str) -> FileRefused:
    return FileRefused(
        _(
            "The file is not written in %(name)s. Save it as “CSV UTF-8”, or choose the encoding in which it was "
            "saved (Windows-1252 for older Excel files)."
        )
        % {"name": name.upper()},
        code="encoding_wrong",
    )
