"""Reading code lists: cached in the process until the loaded version changes.

What a list's own columns hold stands in `Entry.extra` as text, for instance:

* `category`: `primary_units`, `units` (allowed ones), `itr_section`, `block` (which part of the form),
  `requires` (form, brand, species or currency), `media` (N: no media of any kind); `goods_type`: `primary_unit`.
* `unit`: `rec20` (UNECE code), `symbol`, `kind` (weight, volume, count, …), `base`, `factor` (exact decimal:
  quantity x factor = quantity in `base`), `method` and `confidence` of the factor. Units of different kinds
  never convert into each other: no factor leads from pieces to kilograms.
* `transport_mode`: `rec19`; `conveyance_type`: `rec28`; `package_type`: `rec21`; `document_type`: `uncl1001`.
* `monitored_chemical`: `cas`, `hs`, `un_numbers`, `programme`, `to_verify`; `country`: `iso3`, `numeric`.
* `grading_source`, `grading_information`: the same grade in three other schemes, `lossy` Y where it is approximate.

The file of each list, `data/NAME.csv`, has the columns code, parent, valid_from, valid_to, applies_to_mode,
name_en, name_fr, name_es, name_ar, name_ru, name_pt, and then its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from cen.codelists.loader import LANGUAGES, facts
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
        """Whether the code may be used for that day (default: today)."""
        day = on or timezone.now().date()
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def fits(self, mode: str) -> bool:
        """Whether the code is for that transport mode; codes without modes are for all."""
        return not self.modes or mode in self.modes


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


def codes(name: str, *, on: date | None = None, parent: str | None = None, mode: str | None = None) -> list[Entry]:
    """The codes in use on that day (default: today), of one parent and for one transport mode where given."""
    return [
        entry
        for entry in entries(name).values()
        if entry.valid(on) and (parent is None or entry.parent == parent) and (mode is None or entry.fits(mode))
    ]


def children(name: str, parent: str, *, on: date | None = None) -> list[Entry]:
    """The codes in use under a parent, which stands in the list `parent_list(name)`."""
    return codes(name, on=on, parent=parent)


def choices(name: str, *, parent: str | None = None, mode: str | None = None) -> list[tuple[str, str]]:
    """Pairs for a form's choice, in the active language."""
    return [(entry.code, entry.label()) for entry in codes(name, parent=parent, mode=mode)]


def label(name: str, code: str, language: str | None = None) -> str:
    """The name of the code; the code itself where it is unknown."""
    entry = entries(name).get(code)
    return entry.label(language) if entry else code


def is_valid(name: str, code: str, on: date | None = None) -> bool:
    """Whether the list has the code, in use on that day (default: today)."""
    entry = entries(name).get(code)
    return entry is not None and entry.valid(on)


def title(name: str, language: str | None = None) -> str:
    """The title of the list itself, in the language (default: the active one), else in English."""
    titles = facts(name).titles
    return titles.get((language or get_language() or "en")[:2]) or titles["en"]


def parent_list(name: str) -> str:
    """The list in which the parents of this list's codes stand: often itself."""
    return facts(name).parent_list


def versions() -> list[tuple[str, str]]:
    """Name and loaded version of every list, by name."""
    return list(CodeList.unguarded.order_by("name").values_list("name", "version"))


def forget() -> None:
    """Reads everything anew at the next use."""
    global _versions_read_at
    _versions_read_at = 0.0
    _versions.clear()
    _cache.clear()


def _version(name: str) -> str:
    global _versions, _versions_read_at
    now = time.monotonic()
    if now - _versions_read_at > _TRUSTED_SECONDS or not _versions:
        _versions = dict(CodeList.unguarded.values_list("name", "version"))
        _versions_read_at = now
    return _versions.get(name, "")


def _entry(row: Code) -> Entry:
    names = {language: getattr(row, f"name_{language}") for language in LANGUAGES}
    return Entry(row.code, row.parent, names, row.valid_from, row.valid_to, tuple(row.applies_to_mode), row.extra)
