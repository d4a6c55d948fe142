"""Numbers as written, and quantities made comparable without guessing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cen.quantities import UNODC_LITRE, Canonical, Quantity, UnitFacts, canonical, read_number, unit_facts

MEASURED = [
    ("1,234.56", "1234.56", None),
    ("1.234,56", "1234.56", None),
    ("1 234,5", "1234.5", None),
    ("1\u00a0234\u202f567,5", "1234567.5", None),
    ("1'234", "1234", None),
    ("1’234.5", "1234.5", None),
    ("1_234", "1234", None),
    ("1,234,567", "1234567", None),
    ("1.234.567", "1234567", None),
    ("12,34,567", "1234567", None),
    ("1234,567", "1234.567", None),
    ("0,117", "0.117", None),
    ("0.114", "0.114", None),
    (".5", "0.5", None),
    ("5.", "5", None),
    ("1.0", "1", None),
    ("007", "7", None),
    ("-0", "0", None),
    ("+5", "5", None),
    ("1e3", "1000", None),
    ("2.5E-3", "0.0025", None),
    ("\u200b12 ", "12", None),
    ("١٬٢٣٤٫٥", "1234.5", None),
    ("٠٫٥", "0.5", None),
    ("１２．５", "12.5", None),
    ("1,234", "1234", "number_ambiguous_thousands"),
    ("1.234", "1.234", "number_ambiguous_decimal"),
    ("~ 20", "20", "number_approximate"),
    ("approx. 20", "20", "number_approximate"),
    ("0.11699999999999999", "0.11699999999999999", "number_rounded"),
]


@pytest.mark.parametrize(("text", "value", "code"), MEASURED)
def test_a_number_is_read_as_it_was_meant(text: str, value: str, code: str | None) -> None:
    reading = read_number(text)
    assert (reading.state, reading.value, reading.code) == ("measured", Decimal(value), code)
    assert reading.given == text
    assert bool(reading.sentence) == (code is not None)


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        ("Y", "unmeasured", "number_unmeasured"),
        ("yes", "unmeasured", "number_unmeasured"),
        ("Some", "unmeasured", "number_unmeasured"),
        ("", "absent", "number_empty"),
        ("   ", "absent", "number_empty"),
        (None, "absent", "number_empty"),
        ("Unknown", "absent", "number_unknown"),
        ("n/a", "absent", "number_unknown"),
        ("-", "absent", "number_unknown"),
        ("not  known", "absent", "number_unknown"),
        ("no", "absent", "number_none"),
        ("-5", "refused", "number_negative"),
        ("− 5", "refused", "number_negative"),
        ("NaN", "refused", "number_not_finite"),
        ("-Infinity", "refused", "number_not_finite"),
        (float("nan"), "refused", "number_not_finite"),
        (float("inf"), "refused", "number_not_finite"),
        ("1e999", "refused", "number_too_large"),
        ("1e999999999", "refused", "number_too_large"),
        ("1e-40", "refused", "number_too_large"),
        ("9" * 16, "refused", "number_too_large"),
        ("9" * 65, "refused", "number_too_long"),
        ("1.2.3", "refused", "number_separators"),
        ("1,2,3", "refused", "number_separators"),
        ("1 23", "refused", "number_separators"),
        ("1,234.567.8", "refused", "number_separators"),
        (",", "refused", "number_separators"),
        ("12 kg", "refused", "number_not_understood"),
        ("½", "refused", "number_not_understood"),
        ("=1+1", "refused", "number_not_understood"),
    ],
)
def test_what_is_no_number_says_why(text: str | float | None, state: str, code: str) -> None:
    reading = read_number(text)
    assert (reading.state, reading.code, reading.value) == (state, code, None)
    assert str(reading.sentence).strip()


@pytest.mark.parametrize(
    ("text", "hint", "value"),
    [
        ("1,234", "en", "1234"),
        ("1,234", "fr", "1.234"),
        ("1.234", "es-MX", "1234"),
        ("1.234", "point", "1.234"),
        ("1,234", "comma", "1.234"),
        ("21.725", "en", "21.725"),
        ("5,380,000", "es", "5380000"),
    ],
)
def test_a_hint_settles_what_is_ambiguous(text: str, hint: str, value: str) -> None:
    reading = read_number(text, locale_hint=hint)
    assert (reading.value, reading.code) == (Decimal(value), None)


def test_float_noise_is_kept_and_shown_rounded() -> None:
    reading = read_number("0.11699999999999999")
    assert (reading.given, reading.display) == ("0.11699999999999999", "0.117")
    assert read_number(0.1 + 0.2).display == "0.3"
    assert read_number(1234.0).display == "1234"
    assert read_number("123456789012345").display == "123456789012000"


def test_numbers_of_a_sheet_are_not_ambiguous() -> None:
    assert (read_number(1.234).value, read_number(1.234).code) == (Decimal("1.234"), None)
    assert read_number(Decimal("21.725")).code is None


@given(st.text(max_size=80))
def test_any_text_can_be_read_as_a_number(text: str) -> None:
    reading = read_number(text)
    assert (reading.value is not None) == (reading.state == "measured")
    assert reading.value is None or (reading.value.is_finite() and reading.value >= 0)


@given(st.text("0123456789.,'eE+- ٫٬", max_size=20), st.sampled_from([None, "en", "fr", "nonsense"]))
def test_number_like_text_can_be_read(text: str, hint: str | None) -> None:
    reading = read_number(text, locale_hint=hint)
    assert reading.state in ("measured", "refused", "absent")


@given(st.decimals(min_value=0, max_value=10**12, places=3, allow_nan=False))
def test_each_writing_of_a_number_gives_it_back(number: Decimal) -> None:
    english, point = f"{number:,f}", f"{number:f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    assert read_number(english, locale_hint="en").value == number
    assert read_number(point, locale_hint="point").value == number
    assert read_number(continental, locale_hint="de").value == number


@given(
    st.floats(min_value=0, max_value=1e12, allow_nan=False, allow_subnormal=False).filter(lambda n: n == 0 or n > 1e-9)
)
def test_a_float_keeps_every_digit(number: float) -> None:
    assert float(read_number(number).value or 0) == number


UNITS = unit_facts(
    [
        {"code": "KGM", "kind": "weight", "base": "KGM", "factor": "1"},
        {"code": "GRM", "kind": "weight", "base": "KGM", "factor": "0.001"},
        {"code": "TNE", "kind": "weight", "base": "KGM", "factor": "1000"},
        {"code": "LTR", "kind": "volume", "base": "LTR", "factor": "1"},
        {"code": "MLT", "kind": "volume", "base": "LTR", "factor": "0.001"},
        {"code": "H87", "kind": "pieces", "base": "H87", "factor": "1"},
        {"code": "P20", "kind": "pieces", "base": "H87", "factor": "20"},
        {"code": "TAB", "kind": "dose form", "base": "H87", "factor": "1"},
        {"code": "BQL", "kind": "activity", "base": "", "factor": ""},
        {"code": "BAD", "kind": "weight", "base": "KGM", "factor": "many"},
    ]
)


def of(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


def test_weights_become_kilograms_exactly() -> None:
    assert canonical(of("1234.5678", "GRM"), units=UNITS) == Canonical(
        Decimal("1.2345678"), None, None, "kg = GRM x 0.001"
    )
    assert canonical(of("0.11699999999999999", "KGM"), units=UNITS).kg == Decimal("0.11699999999999999")
    assert canonical(of("2.5", "TNE"), units=UNITS).kg == Decimal(2500)


def test_packs_become_pieces() -> None:
    assert canonical(of("500", "P20"), units=UNITS) == Canonical(None, Decimal(10000), None, "pieces = P20 x 20")


def test_pieces_never_become_kilograms() -> None:
    assert canonical(of("1000", "TAB"), units=UNITS, litres_as_kg=True).kg is None


def test_litres_stay_litres_unless_asked_by_name() -> None:
    assert canonical(of("750", "MLT"), units=UNITS) == Canonical(None, None, Decimal("0.75"), "litres = MLT x 0.001")
    asked = canonical(of("750", "MLT"), units=UNITS, litres_as_kg=True)
    assert (asked.kg, asked.litres) == (Decimal("0.75"), Decimal("0.75"))
    assert UNODC_LITRE in asked.method


def test_a_given_weight_is_not_replaced_by_litres() -> None:
    found = canonical(of("2", "LTR"), of("1.7", "KGM"), units=UNITS, litres_as_kg=True)
    assert (found.kg, found.litres) == (Decimal("1.7"), Decimal(2))
    assert UNODC_LITRE not in found.method


def test_a_second_measure_stands_beside_the_first() -> None:
    found = canonical(of("3", "H87"), of("4500", "GRM"), units=UNITS)
    assert found == Canonical(Decimal("4.5"), Decimal(3), None, "pieces = H87 x 1; kg = GRM x 0.001")


def test_the_first_of_two_weights_counts() -> None:
    found = canonical(of("2", "KGM"), of("1900", "GRM"), units=UNITS)
    assert found.kg == Decimal(2)
    assert "GRM: second kg, kept as given" in found.method


@pytest.mark.parametrize(("unit", "said"), [("XYZ", "unknown unit"), ("BQL", "own measure"), ("BAD", "own measure")])
def test_a_unit_without_conversion_is_kept_as_given(unit: str, said: str) -> None:
    found = canonical(of("5", unit), units=UNITS)
    assert (found.kg, found.pieces, found.litres) == (None, None, None)
    assert said in found.method


def test_a_number_that_is_none_is_not_converted() -> None:
    assert canonical(of("NaN", "KGM"), units=UNITS).kg is None
    assert canonical(of("-1", "KGM"), units=UNITS).kg is None


def test_a_unit_is_known_by_its_base_where_its_kind_is_another_word() -> None:
    assert UNITS["TAB"] == UnitFacts("pieces", Decimal(1))
    assert UNITS["BQL"].kind == UNITS["BAD"].kind == "other"


@given(st.decimals(min_value=0, max_value=10**15, allow_nan=False, allow_infinity=False))
def test_conversion_loses_no_digit(value: Decimal) -> None:
    kg = canonical(Quantity(value, "GRM"), units=UNITS).kg
    assert kg is not None
    assert kg.as_tuple().digits == value.as_tuple().digits or kg == value.scaleb(-3)
