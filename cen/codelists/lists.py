"""Reading code lists: cached in the process until the loaded version changes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from cen.models.code import Code, CodeList

# How long a process may use a list without asking for its version: an edit shows within this time.
_TRUSTED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One code as it is read: names by language, validity, parent and the list's own facts."""

    code: str
    parent: str
    names: dict[str, str]
    valid_from: date | None
    valid_to: date | None
    modes: tuple[str, ...]
    extra: dict[str, Any]

    def label(self, language: str | None = None) -> str:
        """The name in the language (default: the active one), else in English."""
        return self.names.get((language or get_language() or "en")[:2]) or self.names["en"]

    def valid(self, on: date | None = None) -> bool:
        """Whether the code may be used for that day (None: whether it is still in use)."""
        if on is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


_cache: dict[str, tuple[str, dict[str, Entry]]] = {}
_versions: dict[str, str] = {}
_versions_read_at = 0.0


def entries(name: str) -> dict[str, Entry]:
    """All codes of the list by code, in the list's order; an unknown list is empty."""
    version = _version(name)
    cached = _cache.get(name)
    if cached is None or cached[0] != version:
        rows = Code.unguarded.filter(code_list_id=name).order_by("position", "code")
        cached = _cache[name] = (version, {row.code: _entry(row) for row in rows})
    return cached[1]


def codes(name: str, *, on: date | None = None, parent: str | None = None) -> list[Entry]:
    """The codes in use, of one parent where given."""
    return [entry for entry in entries(name).values() if entry.valid(on) and (parent is None or entry.parent == parent)]


def choices(name: str, *, parent: str | None = None) -> list[tuple[str, str]]:
    """Pairs for a form's choice, in the active language."""
    return [(entry.code, entry.label()) for entry in codes(name, parent=parent)]


def label(name: str, code: str, language: str | None = None) -> str:
    """The name of the code; the code itself where it is unknown."""
    entry = entries(name).get(code)
    return entry.label(language) if entry else code


def is_valid(name: str, code: str, on: date | None = None) -> bool:
    """Whether the list has the code, in use on that day."""
    entry = entries(name).get(code)
    return entry is not None and entry.valid(on)


def forget() -> None:
    """Reads everything anew at the next use."""
    global _versions_read_at
    _versions_read_at = 0.0
    _cache.clear()


def _version(name: str) -> str:
    global _versions, _versions_read_at
    now = time.monotonic()
    if now - _versions_read_at > _TRUSTED_SECONDS or not _versions:
        _versions = dict(CodeList.unguarded.values_list("name", "version"))
        _versions_read_at = now
    return _versions.get(name, "")


def _entry(row: Code) -> Entry:
    names = {x: getattr(row, f"name_{x}") for x in ("en", "fr", "es", "ar", "ru", "pt")}
    return Entry(row.code, row.parent, names, row.valid_from, row.valid_to, tuple(row.applies_to_mode), row.extra)
