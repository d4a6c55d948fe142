"""Official files that an operator brings: UN/LOCODE, HS, and UNECE Recommendations 20, 21 and 28.

Each is read line by line, merged by its code and never deletes: what a newer edition no longer has is
closed. The same file twice changes nothing. A file in another layout is refused with one sentence before
anything is written.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from cen.codelists.loader import LANGUAGES, load
from cen.codelists.merging import Merged, close_missing, merge
from cen.codelists.places import BY_LOCODE, UNLOCODE, merge_headings, to_ascii
from cen.models.code import Code, CodeList

# In the UNECE lists X marks a code taken out and D one on its way out; both stay readable, not choosable.
_WITHDRAWN = "X"


class WrongLayout(Exception):
    """The file is not what the command was told; the text says which columns are missing."""


@dataclass(frozen=True, slots=True)
class OfficialLoad:
    """What a file did: rows read, added, changed and closed, and notes on rows that were not taken as is."""

    read: int
    added: int
    changed: int
    closed: int
    notes: dict[str, int] = field(default_factory=dict)


LAYOUTS = {
    "unlocode": ("country", "location", "name", "nameWoDiacritics", "subdivision", "function", "iata", "lat", "lon"),
    "hs": ("hscode", "description", "level"),
    "rec20": ("Status", "CommonCode", "Name", "Symbol", "ConversionFactor"),
    "rec21": ("Status", "Code", "Name", "NumericCode"),
    "rec28": ("Mode", "Code-A", "Code-B", "Name"),
}  # fmt: skip


def load_official(kind: str, path: Path, label: str) -> OfficialLoad:
    """Loads one official file; `kind` is a key of LAYOUTS, `label` the edition (for HS its year).

    Raises WrongLayout where columns are missing, the file is no text in UTF-8, or no row can be used.
    """
    with transaction.atomic():
        name = f"hs{label}" if kind == "hs" else kind
        version = f"{label} {_hash(path)}"[:64]
        CodeList.unguarded.update_or_create(name=name, defaults={"version": version})
        if kind == "unlocode":
            return _unlocode(path)
        if kind == "hs":
            return _headings(path, label)
        return _recommendation(kind, path, version)


def _unlocode(path: Path) -> OfficialLoad:
    notes: Counter[str] = Counter()
    seen: dict[str, None] = {}
    merged = merge(BY_LOCODE, _places(path, seen, notes))
    if not seen:
        raise WrongLayout(f"{path.name} has no row with a country, a location and a name.")
    closed = close_missing("cen_place", "locode", list(seen), "t.source = %s", [UNLOCODE])
    return OfficialLoad(
        merged.read + sum(n for note, n in notes.items() if note != "repaired"),
        merged.added,
        merged.changed,
        closed,
        dict(notes),
    )


def _places(path: Path, seen: dict[str, None], notes: Counter[str]) -> Iterator[dict[str, Any]]:
    for row in _rows("unlocode", path):
        if row["name"].startswith('"') and row["nameWoDiacritics"].endswith('"'):
            row = _repaired(row)
            notes["repaired"] += 1
        code = f"{row['country'].strip()}{row['location'].strip()}".upper()
        if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", code) or not row["name"].strip():
            notes["refused: no valid code or no name"] += 1
            continue
        if code in seen:
            notes["second name of a code, not taken"] += 1
            continue
        seen[code] = None
        functions = row["function"].strip()
        latitude, longitude = _degrees(row["lat"], 90), _degrees(row["lon"], 180)
        yield {
            "locode": code,
            "iata": row["iata"].strip()[:3],
            "name": row["name"].strip()[:150],
            "name_plain": (row["nameWoDiacritics"].strip() or to_ascii(row["name"].strip()))[:150],
            "country": code[:2],
            "subdivision": row["subdivision"].strip()[:3],
            "functions": functions if re.fullmatch(r"[0-9A-Z-]{8}", functions) else "",
            "latitude": latitude if longitude is not None else None,
            "longitude": longitude if latitude is not None else None,
            "source": UNLOCODE,
        }


def _repaired(row: dict[str, str]) -> dict[str, str]:
    """A row whose name with a comma was split by its writer, which moved every later column; the coordinates
    fell off the end."""
    return {
        **row,
        "name": f"{row['name'].strip(chr(34))}, {row['nameWoDiacritics'].strip(' ' + chr(34))}",
        "nameWoDiacritics": f"{row['subdivision'].strip(chr(34))}, {row.get('status', '').strip(' ' + chr(34))}",
        "subdivision": row["function"],
        "function": row["iata"],
        "iata": "",
        "lat": "",
        "lon": "",
    }


def _headings(path: Path, label: str) -> OfficialLoad:
    if not re.fullmatch(r"(19|20)\d\d", label):
        raise WrongLayout("The version of an HS file is its year, as 2022.")
    texts: dict[str, str] = {}
    notes: Counter[str] = Counter()
    for row in _rows("hs", path):
        code = row["hscode"].strip()
        if re.fullmatch(r"\d{2}|\d{4}|\d{6}", code) and row["description"].strip():
            texts[code] = row["description"].strip()
        else:
            notes["refused: no code of 2, 4 or 6 digits"] += 1
    if not texts:
        raise WrongLayout(f"{path.name} has no row with a code of 2, 4 or 6 digits.")
    merged: Merged = merge_headings(label, texts)
    return OfficialLoad(merged.read, merged.added, merged.changed, merged.closed, dict(notes))


def _recommendation(kind: str, path: Path, version: str) -> OfficialLoad:
    before = Code.unguarded.filter(code_list_id=kind).count()
    codes: dict[str, Code] = {}
    notes: Counter[str] = Counter()
    for row in _rows(kind, path):
        if row.get("Status", row.get("CI", "")).strip() == _WITHDRAWN:
            notes["withdrawn by the source, not taken"] += 1
            continue
        code = _code_of(kind, row)
        if not code or not row["Name"].strip() or code in codes:
            notes["refused: no code, no name, or twice"] += 1
            continue
        codes[code] = Code(
            code_list_id=kind,
            code=code,
            position=len(codes),
            name_en=row["Name"].strip()[:200],
            extra=_extra(kind, row),
            **{f"name_{x}": "" for x in LANGUAGES if x != "en"},
        )
    if not codes:
        raise WrongLayout(f"{path.name} has no row with a code and a name.")
    loaded = load(kind, list(codes.values()), version)
    added = Code.unguarded.filter(code_list_id=kind).count() - before
    return OfficialLoad(loaded.codes, added, loaded.changed - added, loaded.closed, dict(notes))


def _code_of(kind: str, row: dict[str, str]) -> str:
    if kind == "rec28":
        return "-".join(part for part in (row["Mode"].strip(), row["Code-A"].strip(), row["Code-B"].strip()) if part)
    return row["CommonCode" if kind == "rec20" else "Code"].strip()


def _extra(kind: str, row: dict[str, str]) -> dict[str, str]:
    facts = {
        "rec20": {"symbol": "Symbol", "conversion": "ConversionFactor"},
        "rec21": {"numeric": "NumericCode"},
        "rec28": {"mode": "Mode"},
    }[kind]
    return {name: text for name, column in facts.items() if (text := row[column].strip())}


def _rows(kind: str, path: Path) -> Iterator[dict[str, str]]:
    """The rows of the file with every column a text; raises WrongLayout."""
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file, restval="", restkey="beyond")
            missing = [column for column in LAYOUTS[kind] if column not in (reader.fieldnames or [])]
            if missing:
                raise WrongLayout(f"{path.name} is no {kind} file: the columns {', '.join(missing)} are missing.")
            for row in reader:
                row.pop("beyond", None)
                yield row
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile, EOFError):
        raise WrongLayout(f"{path.name} is no {kind} file: it is not CSV text in UTF-8.") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        file = opener(path, "rt", encoding="utf-8-sig", newline="")
    except OSError as problem:
        raise WrongLayout(f"{path} cannot be read: {problem.strerror}.") from None
    with file:
        yield file


def _degrees(text: str, limit: int) -> float | None:
    try:
        value = round(float(text), 6)
    except ValueError:
        return None
    return value if -limit <= value <= limit else None


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:40]
    except OSError as problem:
        raise WrongLayout(f"{path} cannot be read: {problem.strerror}.") from None
