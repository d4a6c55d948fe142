"""Which territory a text names, and why a text names none."""

from __future__ import annotations

import csv
import io

import pytest

from cen.codelists.countries import NameKind, Unresolved, resolve_country, territory_names, why_unresolved


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GH", "GH"),
        ("gha", "GH"),
        ("Ghana", "GH"),
        ("Allemagne", "DE"),
        ("Alemania", "DE"),
        ("CÔTE D’IVOIRE", "CI"),
        ("cote d'ivoire", "CI"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("Lao People's Democratic Republic", "LA"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Iran, Islamic Republic of", "IR"),
        ("Islamic Republic of Iran", "IR"),
        ("Bolivia (Plurinational State of)", "BO"),
        ("Venezuela, Bolivarian Republic of", "VE"),
        ("Syrian Arab Republic", "SY"),
        ("Republic of Korea", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Congo (DRC)", "CD"),
        ("Congo", "CG"),
        ("Moldova", "MD"),
        ("Russia", "RU"),
        ("Macau", "MO"),
        ("China - Hong Kong", "HK"),
        ("Kosovo", "XK"),
        ("European Union", "EU"),
        ("United Kingdom (Scotland)", "GB"),
        ("Northern Ireland", "GB"),
        ("Ireland", "IE"),
        ("Dominica", "DM"),
        ("Dominican Republic", "DO"),
        ("Guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("Equatorial Guinea", "GQ"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("South Sudan", "SS"),
        ("  the gambia ", "GM"),
        ("St. Lucia", "LC"),
    ],
)
def test_a_name_finds_its_territory(text: str, code: str) -> None:
    match = resolve_country(text)
    assert match is not None
    assert match.code == code
    assert not match.old
    assert why_unresolved(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Libyan Arab Jamahiriya", "LY"),
        ("Swaziland", "SZ"),
        ("Turkey", "TR"),
        ("Burma", "MM"),
        ("Cape Verde", "CV"),
        ("Zaire", "CD"),
        ("ZR", "CD"),
        ("The former Yugoslav Republic of Macedonia", "MK"),
        ("Netherlands Antilles", "AN"),
        ("AN", "AN"),
    ],
)
def test_a_former_name_finds_the_territory_of_today_and_says_that_it_is_old(text: str, code: str) -> None:
    match = resolve_country(text)
    assert match is not None
    assert (match.code, match.old) == (code, True)


def test_a_part_of_a_territory_is_told_apart_from_its_name() -> None:
    match = resolve_country("Iraq (Kurdistan Region)")
    assert match is not None
    assert (match.code, match.kind) == ("IQ", NameKind.PART)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unresolved.BLANK),
        (" - ", Unresolved.BLANK),
        ("Unknown", Unresolved.UNKNOWN),
        ("XX", Unresolved.UNKNOWN),
        ("n/a", Unresolved.UNKNOWN),
        ("na", Unresolved.UNKNOWN),
        ("Various", Unresolved.SEVERAL),
        ('"Africa"', Unresolved.SEVERAL),
        ("USSR", Unresolved.DISSOLVED),
        ("SU", Unresolved.DISSOLVED),
        ("Serbia and Montenegro", Unresolved.DISSOLVED),
        ("Mong Cai", Unresolved.NOT_FOUND),
        ("Republic", Unresolved.NOT_FOUND),
    ],
)
def test_what_names_no_single_territory_is_reported_with_its_reason(text: str, reason: Unresolved) -> None:
    assert resolve_country(text) is None
    assert why_unresolved(text) is reason
    assert str(reason.sentence).endswith(".")


def test_the_code_of_namibia_is_not_taken_for_a_blank() -> None:
    match = resolve_country("NA")
    assert match is not None
    assert match.code == "NA"


ROWS = """COUNTRY;DEPARTURE_COUNTRY;DESTINATION_COUNTRY
Harbourland;Unknown;Libyan Arab Jamahiriya
Turkey;Czech Republic;United Kingdom (England and Wales)
Macau, SAR of China;Various;Netherlands Antilles
"""


def test_every_cell_of_a_file_is_resolved_or_reported() -> None:
    found, reported = [], []
    for row in csv.DictReader(io.StringIO(ROWS), delimiter=";"):
        for text in row.values():
            match = resolve_country(text)
            if match:
                found.append(match.code)
            else:
                reported.append((text, why_unresolved(text)))
    assert found == ["LY", "TR", "CZ", "GB", "MO", "AN"]
    assert reported == [
        ("Harbourland", Unresolved.NOT_FOUND),
        ("Unknown", Unresolved.UNKNOWN),
        ("Various", Unresolved.SEVERAL),
    ]


def test_a_territory_has_names_in_six_languages() -> None:
    names = territory_names("DE")
    assert (names["en"], names["fr"], names["es"]) == ("Germany", "Allemagne", "Alemania")
    assert names["ar"]
    assert names["ru"]
    assert names["pt"]
    assert territory_names("AN")["en"] == "Netherlands Antilles"
