"""The data files that come with the house are whole, without any database."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum import casrn

from cen.codelists.loader import DATA, BadList, check_references, index, read

FILES = sorted(DATA.glob("*.csv"))
HEAD = "code,parent,valid_from,valid_to,applies_to_mode,name_en,name_fr,name_es,name_ar,name_ru,name_pt"


def by_code(name: str) -> dict[str, dict[str, str]]:
    return {code.code: code.extra for code in read(DATA / f"{name}.csv")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_list_has_every_column_and_names_in_three_languages(path: Path) -> None:
    assert path.read_text(encoding="utf-8").split("\n", 1)[0].startswith(HEAD)
    codes = read(path)
    assert codes
    assert all(code.name_en and code.name_fr and code.name_es for code in codes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_two_codes_of_one_parent_have_the_same_name(path: Path) -> None:
    for column in ("name_en", "name_fr", "name_es"):
        names = [(code.parent, getattr(code, column)) for code in read(path) if path.stem != "monitored_chemical"]
        assert len(names) == len(set(names)), column


def test_every_list_has_its_line_in_the_index_and_a_title_in_three_languages() -> None:
    assert {path.stem for path in FILES} <= set(index())
    assert all(one.titles[language] for one in index().values() for language in ("en", "fr", "es"))


def test_parents_modes_and_units_that_a_list_names_exist() -> None:
    check_references(DATA)


def test_the_categories_know_their_units_and_only_one_accepts_no_media() -> None:
    categories = by_code("category")
    assert len(categories) == 25
    for code, extra in categories.items():
        assert set(extra["primary_units"].split()) <= set(extra["units"].split()), code
    assert [code for code, extra in categories.items() if extra["media"] == "N"] == ["OBS"]


def test_every_category_has_types_and_each_type_a_unit_that_its_category_allows() -> None:
    categories = by_code("category")
    types = read(DATA / "goods_type.csv")
    assert {one.parent for one in types} == set(categories)
    for one in types:
        assert one.extra["primary_unit"] in categories[one.parent]["units"].split(), one.code


def test_units_convert_exactly_and_no_factor_leads_from_one_kind_to_another() -> None:
    units = by_code("unit")
    bases = {"weight": "KGM", "volume": "LTR", "count": "H87"}
    for code, extra in units.items():
        if extra["kind"] in bases:
            assert extra["base"] == bases[extra["kind"]], code
        if extra.get("factor"):
            assert Decimal(extra["factor"]) > 0
            assert units[extra["base"]]["kind"] == extra["kind"], code
            assert extra["method"]
    assert Decimal(units["LBR"]["factor"]) == Decimal("0.45359237")
    assert units["PACK20"]["factor"] == "20"
    assert "factor" not in units["PKG"]


def test_chemicals_have_registry_numbers_with_right_check_digits() -> None:
    chemicals = by_code("monitored_chemical")
    numbers = [extra["cas"] for extra in chemicals.values() if "cas" in extra]
    assert len(numbers) > 40
    assert [number for number in numbers if not casrn.is_valid(number)] == []
    assert sum(extra["programme"] == "explosive" for extra in chemicals.values()) == 15


def test_codes_are_short_enough_for_the_columns_that_hold_them() -> None:
    for path in FILES:
        assert all(re.fullmatch(r"[A-Za-z0-9_+-]{1,20}", code.code) for code in read(path)), path.stem


HEADER = "code,parent,name_en,name_fr,name_es"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kode,name_en\nA,b", "lacks one of the columns"),
        (f"{HEADER}\nA,,one,un,", "has no name in es"),
        (f"{HEADER}\nA,,one,un,uno\nA,,two,deux,dos", "stands twice"),
        (f"{HEADER}\nA,,one,un", "count the commas"),
        (f"{HEADER},valid_from,valid_to\nA,,one,un,uno,2026-02-01,2026-01-01", "ends before it begins"),
        (f"{HEADER},valid_to\nA,,one,un,uno,01/02/2026", "write YYYY-MM-DD"),
        (f"{HEADER}\nA,B,one,un,uno", "the parent 'B' of A is unknown"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "broken.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadList, match=re.escape(says)):
        check_references(tmp_path)
