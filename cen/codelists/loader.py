"""Loads the data files: validates, compares versions, updates what changed, closes what vanished.

A file is CSV in UTF-8 with the columns code, parent, valid_from, valid_to, applies_to_mode (modes separated
by blanks), name_en, name_fr, name_es, name_ar, name_ru, name_pt; further columns go into `Code.extra`.
English, French and Spanish are demanded. `index.csv` beside the folder names every list, its title, and the
list in which the parents of its codes stand (blank: the list itself).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from cen.models.code import Code, CodeList

DATA = Path(__file__).parent / "data"
INDEX = Path(__file__).parent / "index.csv"
LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt")
_DEMANDED = ("en", "fr", "es")
_NEEDED_COLUMNS = frozenset({"code", "name_en", "name_fr", "name_es"})
_KNOWN = {"code", "parent", "valid_from", "valid_to", "applies_to_mode", *(f"name_{x}" for x in LANGUAGES)}
# Enters the version: raise it when the same file must be read anew because reading changed.
_READING = b"2"


class BadList(Exception):
    """A data file breaks the rules above; the text names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading one list did."""

    name: str
    codes: int
    changed: int
    closed: int


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What `index.csv` says of a list; an unlisted one has its own name as title and its own parents."""

    name: str
    parent_list: str
    titles: dict[str, str]


@cache
def index() -> dict[str, ListFacts]:
    """The facts of all lists by name."""
    with INDEX.open(encoding="utf-8", newline="") as file:
        return {
            row["name"]: ListFacts(
                row["name"], row["parent_list"] or row["name"], {x: row[f"title_{x}"] for x in LANGUAGES}
            )
            for row in csv.DictReader(file)
        }


def facts(name: str) -> ListFacts:
    """The facts of one list."""
    return index().get(name) or ListFacts(name, name, dict.fromkeys(LANGUAGES, name))


def read(path: Path) -> list[Code]:
    """The codes of one data file, unsaved; raises BadList."""
    codes: list[Code] = []
    seen: set[str] = set()
    for number, row in enumerate(_rows(path), start=2):
        where = f"{path.name}, line {number}"
        code = row["code"].strip()
        if not code or code in seen:
            raise BadList(f"{where}: the code {code!r} is empty or stands twice")
        if len(code) > 20:
            raise BadList(f"{where}: the code {code!r} is longer than 20 characters")
        seen.add(code)
        for language in _DEMANDED:
            if not row.get(f"name_{language}", "").strip():
                raise BadList(f"{where}: {code} has no name in {language}")
        valid_from, valid_to = _day(row.get("valid_from"), where), _day(row.get("valid_to"), where)
        if valid_from and valid_to and valid_to <= valid_from:
            raise BadList(f"{where}: {code} ends before it begins")
        codes.append(
            Code(
                code_list_id=path.stem,
                code=code,
                parent=(row.get("parent") or "").strip(),
                position=number - 2,
                valid_from=valid_from,
                valid_to=valid_to,
                applies_to_mode=(row.get("applies_to_mode") or "").split(),
                extra={key: value for key, value in row.items() if key not in _KNOWN and value},
                **{f"name_{x}": (row.get(f"name_{x}") or "").strip() for x in LANGUAGES},
            )
        )
    return codes


def check_references(folder: Path = DATA) -> None:
    """Raises BadList where a parent, a mode or a unit that a file names is not in its list."""
    lists = {path.stem: read(path) for path in sorted(folder.glob("*.csv"))}
    known = {name: {code.code for code in codes} for name, codes in lists.items()}
    for name, codes in lists.items():
        parents = known.get(facts(name).parent_list, set())
        for code in codes:
            if code.parent and code.parent not in parents:
                raise BadList(f"{name}: the parent {code.parent!r} of {code.code} is unknown")
            references = {
                "transport_mode": code.applies_to_mode,
                "unit": " ".join(code.extra.get(x, "") for x in ("units", "primary_units", "primary_unit")).split(),
                "itr_section": code.extra.get("itr_section", "").split(),
            }
            for other, named in references.items():
                for one in named:
                    if other in known and one not in known[other]:
                        raise BadList(f"{name}: {code.code} names {one!r}, which the list {other} has not")


def load_all(folder: Path = DATA) -> Iterator[Loaded]:
    """Loads every list of the folder; where no file changed, one query is all.

    Raises BadList before anything is written where a file that changed cannot be read or names an unknown
    parent, mode or unit.
    """
    known = dict(CodeList.unguarded.values_list("name", "version"))
    versions = {path: _version(path) for path in sorted(folder.glob("*.csv"))}
    changed = {path: version for path, version in versions.items() if known.get(path.stem) != version}
    if changed:
        check_references(folder)
    for path, version in changed.items():
        yield load(path.stem, read(path), version)


def load(name: str, codes: list[Code], version: str) -> Loaded:
    """Brings one list to the given codes in one transaction."""
    with transaction.atomic():
        # Takes the row's lock: two loads of one list follow each other.
        CodeList.unguarded.update_or_create(name=name, defaults={"version": version})
        before = {code.code: code for code in Code.unguarded.filter(code_list_id=name)}
        fields = [field.name for field in Code._meta.concrete_fields if field.name not in {"id", "code_list"}]
        new, changed = [], []
        for code in codes:
            old = before.pop(code.code, None)
            if old is None:
                new.append(code)
            elif any(getattr(old, field) != getattr(code, field) for field in fields):
                code.pk = old.pk
                changed.append(code)
        Code.unguarded.bulk_create(new, batch_size=2_000)
        if changed:
            Code.unguarded.bulk_update(changed, fields, batch_size=500)
        gone = [code.pk for code in before.values() if code.valid_to is None]
        closed = Code.unguarded.filter(pk__in=gone).update(valid_to=timezone.now().date()) if gone else 0
    return Loaded(name, len(codes), len(new) + len(changed), closed)


def _version(path: Path) -> str:
    return hashlib.sha256(_READING + path.read_bytes()).hexdigest()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not reader.fieldnames or not set(reader.fieldnames) >= _NEEDED_COLUMNS:
            raise BadList(f"{path.name} lacks one of the columns {', '.join(sorted(_NEEDED_COLUMNS))}")
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise BadList(f"{path.name}, line {number}: count the commas, a column is missing or too many")
            yield row


def _day(text: str | None, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadList(f"{where}: {text!r} is no day; write YYYY-MM-DD") from None
