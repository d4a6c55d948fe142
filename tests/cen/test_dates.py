"""Dates as written: what they mean, how exactly, and what is wrong with those that mean nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cen.dates import EARLIEST_YEAR, Order, read_date

TODAY = date(2026, 1, 15)

READ = [
    ("2012-03-28", date(2012, 3, 28), "day", None),
    ("2012/3/28", date(2012, 3, 28), "day", None),
    ("20120328", date(2012, 3, 28), "day", None),
    ("2012-03-28T10:15:00Z", date(2012, 3, 28), "day", None),
    ("2012-03-28 10:15:00+02:00", date(2012, 3, 28), "day", None),
    ("28.03.2012", date(2012, 3, 28), "day", None),
    ("03.04.2012", date(2012, 4, 3), "day", None),
    ("28/03/2012", date(2012, 3, 28), "day", None),
    ("04/04/2012", date(2012, 4, 4), "day", None),
    ("٢٨/٠٣/٢٠١٢", date(2012, 3, 28), "day", None),
    ("14 March 2011", date(2011, 3, 14), "day", None),
    ("14-Mar-2011", date(2011, 3, 14), "day", None),
    ("March 14, 2011", date(2011, 3, 14), "day", None),
    ("14 mars 2011", date(2011, 3, 14), "day", None),
    ("le 1er août 2012", date(2012, 8, 1), "day", None),
    ("14 de marzo de 2011", date(2011, 3, 14), "day", None),
    ("14 марта 2011", date(2011, 3, 14), "day", None),
    ("2011 Mar 14", date(2011, 3, 14), "day", None),
    ("29.02.2012", date(2012, 2, 29), "day", None),
    ("2012-03", date(2012, 3, 1), "month", None),
    ("03/2012", date(2012, 3, 1), "month", None),
    ("MAR 2011", date(2011, 3, 1), "month", None),
    ("juillet 2011", date(2011, 7, 1), "month", None),
    ("juin 2011", date(2011, 6, 1), "month", None),
    ("2011-MAR", date(2011, 3, 1), "month", None),
    ("2011", date(2011, 1, 1), "year", None),
    ("2011.0", date(2011, 1, 1), "year", None),
    (2011, date(2011, 1, 1), "year", None),
    (2011.0, date(2011, 1, 1), "year", None),
    (datetime(2011, 3, 4, 23, 59, tzinfo=UTC), date(2011, 3, 4), "day", None),
    (date(2011, 3, 4), date(2011, 3, 4), "day", None),
    ("2008-2008", date(2008, 1, 1), "year", None),
    ("2008-2010", date(2008, 1, 1), "year", "date_range"),
    ("2008 – 2010", date(2008, 1, 1), "year", "date_range"),
    ("SPLIT 2005-2006", date(2005, 1, 1), "year", "date_range"),
    ("between 2005 and 2006", date(2005, 1, 1), "year", "date_range"),
    ("2008 to 2010", date(2008, 1, 1), "year", "date_range"),
    ("01/02/2011", date(2011, 2, 1), "day", "date_ambiguous"),
    ("03/18/2019 12:00:00 AM", date(2019, 3, 18), "day", "date_month_first"),
    ("14-Mar-11", date(2011, 3, 14), "day", "date_two_digit_year"),
    ("14.03.98", date(1998, 3, 14), "day", "date_two_digit_year"),
    ("40616", date(2011, 3, 14), "day", "date_from_serial"),
    (40616, date(2011, 3, 14), "day", "date_from_serial"),
    (40616.75, date(2011, 3, 14), "day", "date_from_serial"),
    ("2026-01-16", date(2026, 1, 16), "day", "date_future"),
    ("2026-02", date(2026, 2, 1), "month", "date_future"),
    ("2024-2030", date(2024, 1, 1), "year", "date_future"),
]


@pytest.mark.parametrize(("given_date", "value", "precision", "code"), READ)
def test_a_date_is_read_with_its_precision(
    given_date: str | float | date, value: date, precision: str, code: str | None
) -> None:
    reading = read_date(given_date, today=TODAY)
    assert (reading.value, reading.precision, reading.code) == (value, precision, code)
    assert bool(reading.sentence) == (code is not None)
    assert reading.given == str(given_date)


@pytest.mark.parametrize(
    ("given_date", "code"),
    [
        ("", "date_absent"),
        (None, "date_absent"),
        ("  ", "date_absent"),
        ("Unknown", "date_unknown"),
        ("n/a", "date_unknown"),
        ("2012-02-30", "date_impossible"),
        ("29.02.2011", "date_impossible"),
        ("2012-13-01", "date_impossible"),
        ("2012-00-10", "date_impossible"),
        ("2012-01-00", "date_impossible"),
        ("13/13/2011", "date_impossible"),
        ("31 April 2012", "date_impossible"),
        ("2012-15", "date_impossible"),
        ("0000-01-01", "date_impossible"),
        ("2010-2008", "date_impossible"),
        ("1850", "date_too_early"),
        ("1212-03-28", "date_too_early"),
        ("yesterday", "date_not_understood"),
        ("14 Brumaire 2011", "date_not_understood"),
        ("123456", "date_not_understood"),
        ("5", "date_not_understood"),
        ("2012-03-28; DROP TABLE", "date_not_understood"),
        ("2" * 65, "date_too_long"),
    ],
)
def test_what_is_no_date_says_what_to_write(given_date: str | None, code: str) -> None:
    reading = read_date(given_date, today=TODAY)
    assert (reading.value, reading.precision, reading.code) == (None, None, code)
    assert str(reading.sentence).strip()


@pytest.mark.parametrize(
    ("order", "value", "code"),
    [
        ("mdy", date(2011, 1, 2), None),
        ("dmy", date(2011, 2, 1), None),
        (None, date(2011, 2, 1), "date_ambiguous"),
    ],
)
def test_the_mapping_says_which_comes_first(order: Order | None, value: date, code: str | None) -> None:
    reading = read_date("01/02/2011", order=order, today=TODAY)
    assert (reading.value, reading.code) == (value, code)


def test_a_hint_is_obeyed_and_never_swapped() -> None:
    assert read_date("03/18/2019", order="dmy", today=TODAY).code == "date_impossible"
    assert read_date("18/03/2019", order="mdy", today=TODAY).code == "date_impossible"


def test_a_hint_does_not_touch_dates_with_points() -> None:
    assert read_date("01.02.2011", order="mdy", today=TODAY).value == date(2011, 2, 1)


def test_the_last_year_of_a_range_is_kept() -> None:
    assert read_date("2008-2010", today=TODAY).until == date(2010, 1, 1)
    assert read_date("2008", today=TODAY).until is None


def test_sheets_that_count_from_1904_are_read() -> None:
    assert read_date(39154, from_1904=True, today=TODAY).value == date(2011, 3, 14)


def test_today_is_not_the_future() -> None:
    assert read_date(TODAY.isoformat(), today=TODAY).code is None


@given(st.text(max_size=80))
def test_any_text_can_be_read_as_a_date(text: str) -> None:
    reading = read_date(text, today=TODAY)
    assert (reading.value is None) == (reading.precision is None)


@given(st.text("0123456789-/. :TZMarch", max_size=20), st.sampled_from([None, "dmy", "mdy"]))
def test_date_like_text_can_be_read(text: str, order: Order | None) -> None:
    reading = read_date(text, order=order, today=TODAY)
    assert reading.value is None or reading.value.year >= EARLIEST_YEAR


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_of_a_sheet_can_be_read(number: float) -> None:
    read_date(number, today=TODAY)


@given(st.dates(min_value=date(1928, 1, 1), max_value=date(2026, 1, 15)))
def test_every_day_is_read_in_every_writing(day: date) -> None:
    for writing in (
        day.isoformat(),
        f"{day:%d.%m.%Y}",
        f"{day:%Y%m%d}",
        f"{day:%d %B %Y}",
        f"{day:%b %d, %Y}",
    ):
        assert read_date(writing, today=TODAY).value == day
    assert read_date(f"{day:%m/%d/%Y}", order="mdy", today=TODAY).value == day
    assert read_date(f"{day:%d/%m/%Y}", order="dmy", today=TODAY).value == day
    assert read_date((day - date(1899, 12, 30)).days, today=TODAY).value == day
