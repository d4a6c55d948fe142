"""A sheet as plain JSON values and back, to keep one as it was. Numbers and days stand as text, exactly."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, time
from decimal import Decimal
from typing import Any, get_type_hints

from cen.sheet import ConcealmentEntry, ConveyanceEntry, GoodsEntry, IdentifierEntry, LegEntry, Sheet

_ENTRIES: dict[str, type[Any]] = {
    "goods": GoodsEntry,
    "legs": LegEntry,
    "conveyances": ConveyanceEntry,
    "concealments": ConcealmentEntry,
    "identifiers": IdentifierEntry,
}
_READERS: tuple[tuple[type[Any], Any], ...] = (
    (Decimal, Decimal),
    (date, date.fromisoformat),
    (time, time.fromisoformat),
)


def document_of(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON values."""
    plain: dict[str, Any] = _plain(asdict(sheet))
    return plain


def sheet_from(document: dict[str, Any]) -> Sheet:
    """The sheet of a document; a field that is not in it takes its default, an unknown one is left out."""
    sheet: Sheet = _read(Sheet, document)
    for name, entry in _ENTRIES.items():
        setattr(sheet, name, [_read(entry, line) for line in document.get(name, ())])
    return sheet


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | time) else value


def _read(kind: type[Any], document: dict[str, Any]) -> Any:
    readers = _READ_FROM_TEXT[kind]
    given = {one.name: document[one.name] for one in fields(kind) if one.name in document}
    return kind(**{name: readers[name](v) if v is not None and name in readers else v for name, v in given.items()})


def _readers(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        name: reader for name, hint in hints.items() for wanted, reader in _READERS if hint in (wanted, wanted | None)
    }


# Which columns stand as text in a document, and how each is read.
_READ_FROM_TEXT = {kind: _readers(kind) for kind in (Sheet, *_ENTRIES.values())}
