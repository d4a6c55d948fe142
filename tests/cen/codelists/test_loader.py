"""Loading lists: once, again, changed, vanished, come back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cen.codelists import lists
from cen.codelists.loader import DATA, BadList, load_all
from cen.codelists.packaged import load_countries
from cen.models import Code

pytestmark = pytest.mark.django_db

HEADER = "code,parent,valid_from,valid_to,applies_to_mode,name_en,name_fr,name_es,shade"
RED = "RED,,,,,Red,Rouge,Rojo,warm"
BLUE = "BLU,,,,1 4,Blue,Bleu,Azul,"


def load(folder: Path, *lines: str) -> list[tuple[int, int, int]]:
    """Writes the list `colour` and loads the folder: codes, changed, closed of each list that was loaded."""
    (folder / "colour.csv").write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    done = [(one.codes, one.changed, one.closed) for one in load_all(folder)]
    lists.forget()
    return done


def test_a_list_is_loaded_and_read_back(tmp_path: Path) -> None:
    assert load(tmp_path, RED, BLUE) == [(2, 2, 0)]
    assert [entry.code for entry in lists.codes("colour")] == ["RED", "BLU"]
    assert lists.entries("colour")["RED"].extra == {"shade": "warm"}
    assert lists.entries("colour")["BLU"].modes == ("1", "4")
    assert [entry.code for entry in lists.codes("colour", mode="3")] == ["RED"]


def test_loading_twice_changes_nothing_and_costs_one_query(tmp_path: Path) -> None:
    load(tmp_path, RED, BLUE)
    before = list(Code.unguarded.filter(code_list_id="colour").values())
    with CaptureQueriesContext(connection) as queries:
        assert load(tmp_path, RED, BLUE) == []
    assert len(queries) == 1
    assert list(Code.unguarded.filter(code_list_id="colour").values()) == before


def test_the_lists_that_come_with_the_house_are_loaded_and_current() -> None:
    assert list(load_all(DATA)) == []
    assert load_countries() is None
    assert lists.label("category", "DRG", "fr") == "Drogues et stupéfiants"
    assert lists.label("country", "GH", "es") == "Ghana"


def test_a_changed_name_updates_its_row_and_leaves_the_others(tmp_path: Path) -> None:
    load(tmp_path, RED, BLUE)
    blue = Code.unguarded.get(code_list_id="colour", code="BLU")
    assert load(tmp_path, RED.replace("Rouge", "Rouge vif"), BLUE) == [(2, 1, 0)]
    assert lists.label("colour", "RED", "fr") == "Rouge vif"
    assert Code.unguarded.get(code_list_id="colour", code="BLU").pk == blue.pk


def test_a_vanished_code_is_closed_not_deleted_and_opens_when_it_comes_back(tmp_path: Path) -> None:
    load(tmp_path, RED, BLUE)
    today = timezone.now().date()
    assert load(tmp_path, RED) == [(1, 0, 1)]
    assert Code.unguarded.get(code_list_id="colour", code="BLU").valid_to == today
    assert not lists.is_valid("colour", "BLU", today)
    assert lists.is_valid("colour", "BLU", today - timedelta(days=1))
    assert lists.label("colour", "BLU", "en") == "Blue"
    assert load(tmp_path, RED, BLUE) == [(2, 1, 0)]
    assert lists.is_valid("colour", "BLU", today)


def test_a_broken_file_loads_nothing_at_all(tmp_path: Path) -> None:
    (tmp_path / "about.csv").write_text(f"{HEADER}\n{RED}", encoding="utf-8")
    with pytest.raises(BadList):
        load(tmp_path, RED, RED)
    assert lists.entries("about") == {}


def test_a_code_is_valid_from_its_first_day_to_the_day_before_its_end(tmp_path: Path) -> None:
    load(tmp_path, "OLD,,2020-01-01,2021-01-01,,Old,Vieux,Viejo,", RED)
    assert not lists.is_valid("colour", "OLD", date(2019, 12, 31))
    assert lists.is_valid("colour", "OLD", date(2020, 1, 1))
    assert lists.is_valid("colour", "OLD", date(2020, 12, 31))
    assert not lists.is_valid("colour", "OLD", date(2021, 1, 1))
    assert not lists.is_valid("colour", "OLD")
    assert lists.is_valid("colour", "RED")
    assert not lists.is_valid("colour", "NONE", date(2020, 6, 1))


def test_the_netherlands_antilles_may_be_named_for_days_before_their_division_only() -> None:
    assert lists.is_valid("country", "AN", date(2009, 5, 1))
    assert not lists.is_valid("country", "AN", date(2012, 5, 1))


def test_a_label_falls_back_to_english_and_then_to_the_code() -> None:
    assert lists.label("direction", "IM", "ru") == "Import"
    assert lists.label("direction", "NO-SUCH", "fr") == "NO-SUCH"


def test_the_types_of_a_category_are_its_children() -> None:
    types = {entry.code for entry in lists.children("goods_type", "TOB")}
    assert {"CIG-G", "CIG-W", "CIG-C"} <= types
    assert "COC" not in types
    assert lists.parent_list("goods_type") == "category"
    assert lists.title("goods_type", "fr") == "Type de marchandise"
