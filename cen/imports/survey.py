"""The first reading of a file: how many rows it has, which are there twice, which belong to one case."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import groupby, islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from cen.imports.cells import Row, text_of
from cen.imports.mapping import FileMapping
from cen.imports.reader import Table, open_table
from cen.imports.refused import FileRefused
from cen.imports.spool import Spool

# Columns that we add to rows given back.
OWN_COLUMNS = "OpenCEN"
# Pairs of digest and number that are sorted in memory at once.
_PAIRS = 50_000
# How often the caller hears that the reading goes on.
_TELL_EVERY = 2_000


def digest_of(row: Row, columns: tuple[str, ...], uncounted: frozenset[str]) -> bytes:
    """Equal for rows that say the same in every column that counts."""
    found = blake2b(digest_size=16)
    for name in columns:
        if name not in uncounted and not name.startswith(OWN_COLUMNS):
            found.update(text_of(row.cells.get(name)).encode("utf-8", "surrogatepass"))
            found.update(b"\x1f")
    return found.digest()


class Survey:
    """A file, read once. `events()` then gives its rows case by case, always in the same order."""

    def __init__(
        self, file: BinaryIO, name: str, mapping: FileMapping, *, tell: Callable[[int], None] | None = None
    ) -> None:
        self._file, self._name, self.mapping, self._tell = file, name, mapping, tell
        table = self._open()
        self.columns = table.columns
        mapping.require_columns(table.columns)
        self.rows = 0
        self._events: Spool | None = None
        if mapping.event:
            self._events = Spool(self._keyed(table), key=lambda pair: (pair[0], pair[1].number))
            pairs = Spool(
                ((self.digest(row), row.number) for _, row in self._events), key=lambda pair: pair, stretch=_PAIRS
            )
        else:
            digests = ((self.digest(row), row.number) for row in self._counted(table.rows))
            pairs = Spool(digests, key=lambda pair: pair, stretch=_PAIRS)
        self.duplicates = _repeated(pairs)
        pairs.close()
        if not self.rows:
            raise FileRefused(_("Below the first row the file is empty."), code="rows_missing")

    def digest(self, row: Row) -> bytes:
        """The digest by which equal rows are found."""
        return digest_of(row, self.columns, self.mapping.uncounted)

    def is_duplicate(self, row: Row) -> bool:
        """Whether an equal row stands before this one."""
        place = bisect_left(self.duplicates, row.number)
        return place < len(self.duplicates) and self.duplicates[place] == row.number

    def events(self, start: int = 0) -> Iterator[list[Row]]:
        """The rows of each case, without the first `start` rows; a start is always the end of a case."""
        if self._events is None:
            for row in islice(self._open().rows, start, None):
                yield [row]
            return
        passed = 0
        for key, pairs in groupby(self._events, key=lambda pair: pair[0]):
            rows = [row for _, row in pairs]
            # Where the column says nothing, every row is a case by itself.
            for group in [rows] if key else [[row] for row in rows]:
                if passed >= start:
                    yield group
                passed += len(group)

    def close(self) -> None:
        """Frees the sorted copy; the file itself stays the caller's."""
        if self._events is not None:
            self._events.close()

    def _open(self) -> Table:
        return open_table(self._file, self._name, self.mapping.layout)

    def _counted(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            if self._tell and self.rows % _TELL_EVERY == 0:
                self._tell(self.rows)
            yield row

    def _keyed(self, table: Table) -> Iterator[tuple[str, Row]]:
        for row in self._counted(table.rows):
            yield text_of(row.cells.get(self.mapping.event)).removesuffix(".0"), row


def _repeated(pairs: Spool) -> array[int]:
    """The numbers of rows whose digest another row before them has, sorted."""
    found, before = array("I"), b""
    for digest, number in pairs:
        if digest == before:
            found.append(number)
        before = digest
    return array("I", sorted(found))
