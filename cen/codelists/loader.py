"""Loads the data files: validates, compares versions, updates what changed, closes what vanished.

A file is CSV in UTF-8 with the columns code, parent, valid_from, valid_to, applies_to_mode (modes separated
by blanks), name_en, name_fr, name_es, name_ar, name_ru, name_pt; further columns go into `Code.extra`.
English, French and Spanish are demanded.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from cen.models.code import Code, CodeList

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt")
_DEMANDED = ("en", "fr", "es")
_KNOWN = {"code", "parent", "valid_from", "valid_to", "applies_to_mode", *(f"name_{x}" for x in LANGUAGES)}


class BadList(Exception):
    """A data file breaks the rules above; the text names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading one list did."""

    name: str
    codes: int
    changed: int
    closed: int


def read(path: Path) -> list[Code]:
    """The codes of one data file, unsaved; raises BadList."""
    codes: list[Code] = []
    seen: set[str] = set()
    for number, row in enumerate(_rows(path), start=2):
        where = f"{path.name}, line {number}"
        code = row["code"].strip()
        if not code or code in seen:
            raise BadList(f"{where}: the code {code!r} is empty or stands twice")
        seen.add(code)
        for language in _DEMANDED:
            if not row.get(f"name_{language}", "").strip():
                raise BadList(f"{where}: {code} has no name in {language}")
        codes.append(
            Code(
                code_list_id=path.stem,
                code=code,
                parent=(row.get("parent") or "").strip(),
                position=number - 2,
                valid_from=_day(row.get("valid_from"), where),
                valid_to=_day(row.get("valid_to"), where),
                applies_to_mode=(row.get("applies_to_mode") or "").split(),
                extra={key: value for key, value in row.items() if key not in _KNOWN and value},
                **{f"name_{x}": (row.get(f"name_{x}") or "").strip() for x in LANGUAGES},
            )
        )
    return codes


def load_all(folder: Path = DATA) -> Iterator[Loaded]:
    """Loads every list of the folder; a list whose file did not change costs one look-up."""
    known = dict(CodeList.unguarded.values_list("name", "version"))
    for path in sorted(folder.glob("*.csv")):
        version = hashlib.sha256(path.read_bytes()).hexdigest()
        if known.get(path.stem) != version:
            yield load(path.stem, read(path), version)


def load(name: str, codes: list[Code], version: str) -> Loaded:
    """Brings one list to the given codes in one transaction."""
    with transaction.atomic():
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
        Code.unguarded.bulk_create(new)
        if changed:
            Code.unguarded.bulk_update(changed, fields)
        gone = [code.pk for code in before.values() if code.valid_to is None]
        closed = Code.unguarded.filter(pk__in=gone).update(valid_to=timezone.now().date())
    return Loaded(name, len(codes), len(new) + len(changed), closed)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not reader.fieldnames or not {"code", "name_en", "name_fr", "name_es"} <= set(reader.fieldnames):
            raise BadList(f"{path.name} lacks one of the columns code, name_en, name_fr, name_es")
        yield from reader


def _day(text: str | None, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadList(f"{where}: {text!r} is no day; write YYYY-MM-DD") from None
