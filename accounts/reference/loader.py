"""Loads regions, liaison offices and administrations where they are missing; never overwrites an edit."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from babel import Locale
from django.db import transaction

from accounts.models import Administration, LiaisonOffice, LiaisonOfficeMembership, Region, Secretariat

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt")


def load_directory() -> int:
    """Adds what is not there yet; returns how many administrations were added."""
    with transaction.atomic():
        Secretariat.unguarded.get_or_create(pk=1)
        known_regions = set(Region.unguarded.values_list("code", flat=True))
        Region.unguarded.bulk_create(Region(**row) for row in _rows("regions") if row["code"] not in known_regions)
        known_offices = set(LiaisonOffice.unguarded.values_list("code", flat=True))
        LiaisonOffice.unguarded.bulk_create(
            LiaisonOffice(**row) for row in _rows("liaison_offices") if row["code"] not in known_offices
        )
        return _add_administrations()


def _add_administrations() -> int:
    regions = {region.code: region for region in Region.unguarded.all()}
    offices = {office.code: office for office in LiaisonOffice.unguarded.all()}
    known = set(Administration.unguarded.values_list("code", flat=True))
    rows = [row for row in _rows("administrations") if row["code"] not in known]
    added = Administration.unguarded.bulk_create(
        Administration(
            code=row["code"],
            region=regions[row["region"]],
            time_zone=row["time_zone"],
            to_verify=bool(row["to_verify"]),
            **_names(row["code"], row["name_en"]),
        )
        for row in rows
    )
    by_code = {administration.code: administration for administration in added}
    LiaisonOfficeMembership.unguarded.bulk_create(
        LiaisonOfficeMembership(
            administration=by_code[row["code"]],
            liaison_office=offices[row[column]],
            since=date.fromisoformat(row["since"]) if row["since"] else None,
            second=column == "second_office",
            to_verify=bool(row["to_verify"]),
        )
        for row in rows
        for column in ("liaison_office", "second_office")
        if row[column]
    )
    return len(added)


def _names(code: str, given: str) -> dict[str, str]:
    """Names by CLDR in six languages; a name given in the file wins in English."""
    names = {f"name_{language}": Locale.parse(language).territories.get(code, "") for language in LANGUAGES}
    if given:
        names["name_en"] = given
    return names


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
