"""The code lists: complete in three languages, loaded once, closed instead of deleted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cen.codelists import lists
from cen.codelists.loader import DATA, BadList, load_all, read
from cen.models import Code

FILES = sorted(DATA.glob("*.csv"))
PARENTS = {"goods_type": "category", "conveyance_type": "transport_mode"}
HEAD = "code,parent,name_en,name_fr,name_es\n"


def test_all_lists_of_the_record_description_are_there() -> None:
    names = {path.stem for path in FILES}
    assert names >= {
        *("category", "goods_type", "unit", "transport_mode", "conveyance_type", "location_type", "direction"),
        *("flow_kind", "detection_trigger", "detection_technique", "concealment_place", "concealment_method"),
        *("offence", "legal_status", "disposal", "return_reason", "person_role", "age_band", "route_role"),
        *("incident_type", "severity", "urgency", "requested_action", "tlp", "pap", "handling_code"),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_list_reads_with_english_french_and_spanish(path: Path) -> None:
    codes = read(path)
    assert codes
    assert all(len(code.code) <= 20 and code.name_en and code.name_fr and code.name_es for code in codes)


@pytest.mark.parametrize(("child", "parent"), PARENTS.items())
def test_parents_stand_in_their_list(child: str, parent: str) -> None:
    known = {code.code for code in read(DATA / f"{parent}.csv")}
    assert {code.parent for code in read(DATA / f"{child}.csv") if code.parent} <= known


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    assert list(load_all()) == []
    assert Code.unguarded.filter(code_list_id="category").count() == len(read(DATA / "category.csv"))


@pytest.mark.django_db
def test_a_changed_name_updates_and_a_vanished_code_closes(tmp_path: Path) -> None:
    file = tmp_path / "colour.csv"
    file.write_text(f"{HEAD}R,,Red,Rouge,Rojo\nB,,Blue,Bleu,Azul\n")
    assert [loaded.changed for loaded in load_all(tmp_path)] == [2]
    file.write_text(f"{HEAD}R,,Crimson,Cramoisi,Carmesí\n")
    assert [(loaded.changed, loaded.closed) for loaded in load_all(tmp_path)] == [(1, 1)]
    lists.forget()
    assert lists.label("colour", "R", "fr") == "Cramoisi"
    assert lists.label("colour", "B", "es") == "Azul"
    assert not lists.is_valid("colour", "B")
    assert lists.is_valid("colour", "B", date(2020, 1, 1))
    assert [entry.code for entry in lists.codes("colour")] == ["R"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("code,name_en\nR,Red\n", "lacks one of the columns"),
        (f"{HEAD}R,,Red,Rouge,\n", "no name in es"),
        (f"{HEAD}R,,Red,Rouge,Rojo\nR,,Red,Rouge,Rojo\n", "stands twice"),
        ("code,name_en,name_fr,name_es,valid_to\nR,Red,Rouge,Rojo,soon\n", "YYYY-MM-DD"),
    ],
)
def test_a_bad_file_is_refused_with_its_place_and_remedy(tmp_path: Path, content: str, part: str) -> None:
    file = tmp_path / "colour.csv"
    file.write_text(content)
    with pytest.raises(BadList, match=part):
        read(file)


@pytest.mark.django_db
def test_what_is_missing_in_a_language_falls_back_to_english() -> None:
    assert lists.label("category", "TOB", "ar") in {lists.label("category", "TOB", "en"), "تبغ"}
    assert lists.label("category", "no such code", "en") == "no such code"
