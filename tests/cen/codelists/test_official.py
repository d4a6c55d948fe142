"""Official files of an operator, in invented rows of their layouts."""

from __future__ import annotations

import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cen.codelists import lists
from cen.codelists.official import OfficialLoad, WrongLayout, load_official
from cen.codelists.places import find_heading, find_place, load_airports, load_seed_places, search_places
from cen.models import Code, CodeList, HsHeading, Place

pytestmark = pytest.mark.django_db

LOCODES = "country,location,name,nameWoDiacritics,subdivision,status,function,iata,lat,lon"
HARBOUR = "ZZ,HAR,Hárbour,Harbour,07,AI,1-34----,,12.5,-3.25"
MARKET = "ZZ,MAR,Market,Market,,RL,--3-----,,,"
MOVED = 'ZZ,MOV,"""Moved"," Isle""","""Moved"," Isle""",42,1-------,,'


def write(folder: Path, *lines: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def locodes(folder: Path, *rows: str, edition: str = "2024-1") -> OfficialLoad:
    return load_official("unlocode", write(folder, LOCODES, *rows), edition)


def test_places_are_added_once_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    first = locodes(tmp_path, HARBOUR, MARKET)
    again = locodes(tmp_path, HARBOUR, MARKET)
    assert (first.read, first.added, first.changed) == (2, 2, 0)
    assert (again.read, again.added, again.changed, again.closed) == (2, 0, 0, 0)
    place = Place.unguarded.get(locode="ZZHAR")
    assert (place.name, place.name_plain, place.country, place.subdivision) == ("Hárbour", "Harbour", "ZZ", "07")
    assert (float(place.latitude), float(place.longitude)) == (12.5, -3.25)  # type: ignore[arg-type]
    assert Place.unguarded.get(locode="ZZMAR").latitude is None


def test_a_place_missing_in_the_next_edition_is_closed_and_opens_when_it_returns(tmp_path: Path) -> None:
    locodes(tmp_path, HARBOUR, MARKET)
    second = locodes(tmp_path, HARBOUR.replace("Hárbour", "Hárbour Town"), edition="2024-2")
    assert (second.added, second.changed, second.closed) == (0, 1, 1)
    assert Place.unguarded.get(locode="ZZMAR").valid_to == timezone.now().date()
    assert list(search_places("market", country="ZZ")) == []
    third = locodes(tmp_path, HARBOUR, MARKET, edition="2025-1")
    assert (third.added, third.changed, third.closed) == (0, 2, 0)
    assert [place.locode for place in search_places("market", country="ZZ")] == ["ZZMAR"]


def test_rows_that_cannot_be_taken_as_they_are_are_counted(tmp_path: Path) -> None:
    second_name = HARBOUR.replace("Hárbour", "Porto")
    done = locodes(tmp_path, HARBOUR, second_name, MOVED, "ZZ,,Nowhere,Nowhere,,RL,--3-----,,,")
    assert (done.read, done.added) == (4, 2)
    assert done.notes == {
        "second name of a code, not taken": 1,
        "repaired": 1,
        "refused: no valid code or no name": 1,
    }
    moved = Place.unguarded.get(locode="ZZMOV")
    assert (moved.name, moved.subdivision, moved.functions) == ("Moved, Isle", "42", "1-------")


def test_a_compressed_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "places.csv.gz"
    path.write_bytes(gzip.compress(f"{LOCODES}\n{HARBOUR}".encode()))
    assert load_official("unlocode", path, "2024-1").added == 1


def test_the_official_row_wins_over_the_list_that_comes_with_us(tmp_path: Path) -> None:
    tema = find_place("GH TEM")
    assert tema is not None
    assert tema.source == "opencen"
    locodes(tmp_path, "GH,TEM,Tema official,Tema official,,AI,1-34----,,5.6,0")
    Place.unguarded.filter(locode="NLRTM").delete()
    CodeList.unguarded.filter(name="places").delete()
    merged = load_seed_places()
    assert merged is not None
    assert (merged.added, merged.changed) == (1, 0)
    tema = find_place("GHTEM")
    assert tema is not None
    assert (tema.name, tema.source) == ("Tema official", "unlocode")


def test_the_places_that_come_with_us_are_loaded_and_current() -> None:
    assert load_seed_places() is None
    assert load_airports() is None
    assert Place.unguarded.filter(source="opencen").count() >= 120
    liege = find_place("LGG")
    assert liege is not None
    assert (liege.country, liege.locode) == ("BE", "")
    assert search_places("rotter")[0].locode == "NLRTM"
    assert search_places("LGG")[0].iata == "LGG"
    assert find_place("TOOLONG") is None


def test_headings_of_a_version_are_merged_by_code(tmp_path: Path) -> None:
    head = "section,hscode,description,parent,level"
    first = load_official("hs", write(tmp_path, head, "I,01,Animals,TOTAL,2", "I,0101,Horses,01,4"), "2028")
    assert (first.read, first.added) == (2, 2)
    second = load_official("hs", write(tmp_path, head, "I,01,Live animals,TOTAL,2"), "2028")
    assert (second.added, second.changed, second.closed) == (0, 1, 1)
    heading = find_heading("01.01", "2028")
    assert heading is not None
    assert heading.valid_to == timezone.now().date()
    assert HsHeading.unguarded.filter(version="2022", valid_to__isnull=True).count() > 6_900
    assert find_heading("2933.33") is not None


@pytest.mark.parametrize(
    ("kind", "head", "row", "code"),
    [
        ("rec20", "Status,CommonCode,Name,Description,LevelCategory,Symbol,ConversionFactor", ",ZZK,zk,,1,z,2", "ZZK"),
        ("rec21", "Status,Code,Name,Description,NumericCode", ",ZQ,Zed box,,21", "ZQ"),
        ("rec28", "CI,Mode,Code-A,Code-B,Name,Description", ",1,50,9,Zed vessel,", "1-50-9"),
    ],
)
def test_recommendations_become_lists_and_vanished_codes_close(
    tmp_path: Path, kind: str, head: str, row: str, code: str
) -> None:
    other = row.replace(code, "KEPT") if kind != "rec28" else ",2,10,,Train,"
    first = load_official(kind, write(tmp_path, head, row, other), "1")
    assert (first.read, first.added, first.closed) == (2, 2, 0)
    again = load_official(kind, write(tmp_path, head, row, other), "1")
    assert (again.added, again.changed, again.closed) == (0, 0, 0)
    lists.forget()
    assert lists.is_valid(kind, code)
    assert load_official(kind, write(tmp_path, head, other), "2").closed == 1
    lists.forget()
    assert not lists.is_valid(kind, code)
    assert Code.unguarded.filter(code_list_id=kind, code=code).exists()


def test_a_withdrawn_code_is_not_taken(tmp_path: Path) -> None:
    head = "Status,Code,Name,Description,NumericCode"
    done = load_official("rec21", write(tmp_path, head, "X,ZQ,Zed box,,21", ",ZR,Zed bag,,62"), "1")
    assert (done.added, done.notes) == (1, {"withdrawn by the source, not taken": 1})


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("unlocode", b"Code,Name\nBX,Box", "the columns country, location"),
        ("hs", b"country,location\nGH,TEM", "the columns hscode, description, level are missing"),
        ("rec20", b"\xff\xfe\x00", "is not CSV text in UTF-8"),
        ("rec21", b"Status,Code,Name,NumericCode\n,,,\n", "no row with a code and a name"),
        ("rec28", b"", "are missing"),
    ],
)
def test_a_wrong_file_is_refused_with_one_sentence_and_changes_nothing(
    tmp_path: Path, kind: str, content: bytes, says: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    before = Place.unguarded.count(), HsHeading.unguarded.count(), Code.unguarded.count()
    with pytest.raises(CommandError, match=says):
        call_command("load_official", kind, str(path), "--edition", "2022")
    assert (Place.unguarded.count(), HsHeading.unguarded.count(), Code.unguarded.count()) == before


def test_a_file_that_is_not_there_and_a_year_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongLayout, match="cannot be read"):
        load_official("rec20", tmp_path / "absent.csv", "1")
    with pytest.raises(WrongLayout, match="is its year"):
        load_official("hs", write(tmp_path, "hscode,description,level", "01,Animals,2"), "sixth edition")


def test_the_command_prints_what_it_did(tmp_path: Path) -> None:
    out = StringIO()
    path = write(tmp_path, LOCODES, HARBOUR)
    call_command("load_official", "unlocode", str(path), "--edition", "2024-1", stdout=out)
    assert out.getvalue() == "unlocode 2024-1: 1 rows read, 1 added, 0 changed, 0 closed\n"
