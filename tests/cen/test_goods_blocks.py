"""What each kind of goods says of itself: the same description for form, rules, release and pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.refusals import RulesBroken
from cen.actions.record import sheet_of, submit
from cen.actions.release import preview
from cen.codelists import lists
from cen.goods_blocks import FieldKind, FieldSpec, all_blocks, block_of, leaving, shown, texts, tidied
from cen.goods_blocks import codes as vocabulary
from cen.rules import Stage, all_rules, check
from cen.sheet import GoodsEntry, Sheet
from tests.cast import Cast
from tests.journeys.test_seizure_to_alert import as_, recorded

pytestmark = pytest.mark.django_db
UNITS = {"DRG": "KGM", "TOB": "PACK20", "FLO": "KGM", "FAU": "LIV", "WEA": "H87", "CUR": "AMT"}
CATEGORIES = sorted(category for block in all_blocks() for category in block.categories)


def a_value(spec: FieldSpec) -> Any:
    """A right value of the field."""
    code = vocabulary.choices(spec.code_list)[0][0] if spec.code_list else ""
    return {
        FieldKind.TEXT: "A text",
        FieldKind.CODE: code,
        FieldKind.NUMBER: "12",
        FieldKind.QUANTITY: {"value": "250", "unit": (*spec.units, "KGM")[0]},
        FieldKind.DATE: "2027-01-31",
        FieldKind.BOOLEAN: True,
        FieldKind.SEVERAL: [code or "One", "Two"][: 1 if spec.code_list else 2],
    }[spec.kind]


def wrong_values(spec: FieldSpec) -> list[Any]:
    """Values of other shapes than the field's."""
    wrong: dict[FieldKind, list[Any]] = {
        FieldKind.TEXT: ["x" * (spec.longest + 1), 5, ["A text"]],
        FieldKind.CODE: ["NO-SUCH-CODE", 5],
        FieldKind.NUMBER: ["a lot", "-1", "1e40", [1], True, "NaN", *(["1.5"] if spec.whole else [])],
        FieldKind.QUANTITY: ["250", {"value": "250", "unit": "XYZ"}, {"value": "-1", "unit": "MGM"}],
        FieldKind.DATE: ["31.01.2027", "2027-02-30", 5],
        FieldKind.BOOLEAN: ["perhaps", 7],
        FieldKind.SEVERAL: [["x" * (spec.longest + 1)], [1], 5, ["x"] * 51],
    }
    return wrong[spec.kind]


def line(category: str, **block: Any) -> GoodsEntry:
    return GoodsEntry(category, quantity=Decimal(5), quantity_text="5", unit=UNITS[category], block=block)


def full(category: str) -> dict[str, Any]:
    block = block_of(category)
    assert block
    return {spec.name: a_value(spec) for spec in block.fields}


def pointers(sheet: Sheet, stage: Stage, code: str = "") -> set[str]:
    return {one.pointer for one in check(sheet, stage) if not code or one.code == code}


def test_the_blocks_are_those_that_the_category_list_names() -> None:
    named = {entry.code: entry.extra["block"] for entry in lists.entries("category").values()}
    for block in all_blocks():
        assert sorted(block.categories) == sorted(code for code, name in named.items() if name == block.name)
    assert len(CATEGORIES) == 6


def test_every_list_rule_and_condition_that_a_field_names_exists() -> None:
    rules = {one.code for one in all_rules()}
    asked = 0
    for block in all_blocks():
        for spec in block.fields:
            asked += 1
            assert not spec.code_list or vocabulary.choices(spec.code_list), spec
            assert spec.kind is not FieldKind.CODE or spec.code_list, spec
            assert not spec.needed or spec.needed in rules, spec
            assert spec.needed_when is None or block.field(spec.needed_when[0]), spec
            assert all(lists.is_valid("unit", unit) for unit in spec.units), spec
    assert asked > 30


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_block_that_is_right_is_kept_released_and_shown(cast: Cast, category: str) -> None:
    block = full(category)
    case = recorded(cast, goods=[line(category, **block)])
    sheet = as_(cast.alice, lambda _actor: sheet_of(case))
    assert sheet.goods[0].block == block
    assert not [one for one in check(sheet, Stage.RELEASE) if "block" in one.pointer]
    body = as_(cast.alice, preview, case).body
    description = block_of(category)
    assert description
    home = {spec.name for spec in description.fields if not spec.leaves}
    assert body["goods"][0]["block"] == {name: value for name, value in block.items() if name not in home}
    assert [label for label, text, _spec in shown(category, block) if text] == [one.label for one in description.fields]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_value_of_another_shape_is_refused_at_its_field(category: str) -> None:
    block = block_of(category)
    assert block
    asked = 0
    for spec in block.fields:
        for wrong in wrong_values(spec):
            sheet = Sheet(goods=[line(category, **tidied(category, {spec.name: wrong}))])
            found = {pointer.partition("/block/")[2].split("/")[0] for pointer in pointers(sheet, Stage.DRAFT)}
            assert spec.name in found, (spec.name, wrong)
            asked += 1
    assert asked > len(block.fields)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_field_of_another_category_is_refused(category: str) -> None:
    other = "calibre" if category != "WEA" else "species"
    sheet = Sheet(goods=[line(category, **{other: "9 mm"})])
    assert pointers(sheet, Stage.DRAFT, "block_field_unknown") == {f"goods/0/block/{other}"}
    assert not pointers(Sheet(goods=[line(category)]), Stage.DRAFT, "block_field_unknown")


@pytest.mark.parametrize(
    ("category", "field", "code"),
    [
        ("DRG", "form", "form_missing"),
        ("FAU", "species", "species_missing"),
        ("FLO", "species", "species_missing"),
        ("CUR", "currency", "currency_missing"),
    ],
)
def test_what_goods_need_is_asked_for_when_they_are_sent_on(cast: Cast, category: str, field: str, code: str) -> None:
    case = recorded(cast, goods=[line(category)])
    with pytest.raises(RulesBroken) as caught:
        as_(cast.alice, submit, case, revision=case.revision)
    assert [(one.code, one.pointer) for one in caught.value.findings if one.severity == "error"] == [
        (code, f"goods/0/block/{field}")
    ]
    given = recorded(cast, goods=[line(category, **{field: full(category)[field]})])
    assert as_(cast.alice, submit, given, revision=given.revision) == []


def test_the_number_of_a_permit_is_needed_only_where_one_was_shown() -> None:
    shown_without = Sheet(goods=[line("FAU", species="Manis", permit_shown=True)])
    assert pointers(shown_without, Stage.SUBMIT, "block_field_missing") == {"goods/0/block/permit_number"}
    for rest in ({"permit_shown": False}, {}, {"permit_shown": True, "permit_number": "GH 12"}):
        sheet = Sheet(goods=[line("FAU", species="Manis", **rest)])
        assert not pointers(sheet, Stage.SUBMIT, "block_field_missing")


def test_whichever_way_a_door_writes_a_value_it_comes_into_one_shape() -> None:
    given = {"purity": 12.50, "laboratory": "yes", "logo": "Star\n\n Moon ", "unit_mass": {"value": 250, "unit": "MGM"}}
    assert tidied("DRG", given) == {
        "purity": "12.5",
        "laboratory": True,
        "logo": ["Star", "Moon"],
        "unit_mass": {"value": "250", "unit": "MGM"},
    }
    assert tidied("FAU", {"permit_valid_until": date(2027, 1, 31), "common_name": "  "}) == {
        "permit_valid_until": "2027-01-31"
    }
    assert tidied("DRG", None) == {}
    assert tidied("DRG", "text") == {"?": "text"}


def test_serial_numbers_stay_at_home_and_texts_that_leave_are_searched() -> None:
    block = {"serials": ["AB 123"], "make": "Acme", "calibre": "9 mm"}
    assert leaving("WEA", block) == {"make": "Acme", "calibre": "9 mm"}
    assert texts("WEA", block)["make"] == "Acme"
    assert "serials" not in texts("WEA", block)


def test_a_name_left_in_a_block_is_found_before_the_release(cast: Cast) -> None:
    case = recorded(cast, goods=[line("WEA", make="ask kwame@example.org")])
    assert [one.field for one in as_(cast.amira, preview, case).leftovers] == ["goods/0/block/make"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("quantity", Decimal("1e20"), "number_too_large"),
        ("quantity", Decimal("0.0000000001"), "number_too_large"),
        ("packages", 2**40, "number_too_large"),
        ("brand", "x" * 121, "text_too_long"),
        ("description", "nul\0", "text_unreadable"),
        ("block", {"make": "nul\0"}, "text_unreadable"),
        ("currency", "ZZZ", "code_unknown"),
        ("origin_country", "Q9", "code_unknown"),
    ],
)
def test_what_no_column_could_hold_is_refused_and_never_an_error_of_ours(
    cast: Cast, field: str, value: Any, code: str
) -> None:
    goods = line("WEA")
    setattr(goods, field, value)
    with pytest.raises(RulesBroken) as caught:
        recorded(cast, goods=[goods])
    assert code in {one.code for one in caught.value.findings}
    assert recorded(cast, goods=[line("WEA")])
