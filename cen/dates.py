"""Dates as people write them, with the precision they have: a day, a month, a year."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cen.identifiers.spelling import one_line

Precision = Literal["day", "month", "year"]
Order = Literal["dmy", "mdy"]

LONGEST = 64
EARLIEST_YEAR = 1900
_LATEST_YEAR = 2999
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_1904_DAY_ZERO = date(1904, 1, 1)
# Sheets count days; below these numbers a plain number is a year, above them no plausible day (1927 to 2119).
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000


@dataclass(frozen=True, slots=True)
class DateReading:
    """The first day that ``given`` can mean, and how exact that is; ``until`` is the last year of a range.

    ``code`` is None when nothing needs saying. Without a ``value`` the sentence says what to write instead;
    with
    one it is a note. ``date_future`` keeps the value: whether it is refused is for the record's rules.
    """

    given: str
    value: date | None
    precision: Precision | None
    code: str | None = None
    sentence: str | Promise | None = None
    until: date | None = None


_SENTENCES: dict[str, str | Promise] = {
    "date_absent": _("No date is given."),
    "date_unknown": _("The date is given as unknown."),
    "date_impossible": _("This day does not exist. Look at the source and correct the day, the month or their order."),
    "date_not_understood": _("This is not a date. Write it like 2012-03-28, 2012-03 or 2012."),
    "date_too_long": _("This text is too long for a date. Write it like 2012-03-28."),
    "date_too_early": _("This year is before 1900. Correct it."),
    "date_future": _("This date is in the future. Correct it."),
    "date_ambiguous": _("Day and month could be exchanged; read as day, month, year. Choose the order for this file."),
    "date_month_first": _("Only the order month, day, year gives a date here."),
    "date_two_digit_year": _("The year has two digits. Check that the century is right."),
    "date_range": _("The source gives several years. The first is kept as the date, with the precision of a year."),
    "date_from_serial": _("The day was read from the number a sheet stores for it. Check one against the source."),
}

_UNKNOWN = frozenset(
    (
        "unknown",
        "n/a",
        "na",
        "nd",
        "n.d.",
        "?",
        "-",
        "--",
        "none",
        "null",
        "inconnu",
        "inconnue",
    )
)
_UNKNOWN |= frozenset(
    (
        "desconocido",
        "desconocida",
        "not known",
        "undated",
        "s/f",
        "sin fecha",
        "sans date",
    )
)

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january janvier enero janeiro januar januari gennaio января январь",
        "february fevrier febrero fevereiro februar februari febbraio февраля февраль fevr",
        "march mars marzo marco maerz marz maart марта март",
        "april avril abril aprile апреля апрель",
        "may mai mayo maio mei maggio мая май",
        "june juin junio junho juni giugno июня июнь",
        "july juillet julio julho juli luglio июля июль",
        "august aout agosto augustus августа август",
        "september septembre septiembre setiembre setembro settembre сентября сентябрь sept",
        "october octobre octubre outubro oktober ottobre октября октябрь",
        "november novembre noviembre novembro ноября ноябрь",
        "december decembre diciembre dezembro dezember dicembre декабря декабрь",
    ),
    start=1,
):
    for _name in _names.split():
        _MONTHS[_name] = _number
        # "jui" alone would be June or July.
        if _name not in ("juin", "juillet"):
            _MONTHS.setdefault(_name[:3], _number)
_MONTHS |= {"juil": 7, "avr": 4, "janv": 1}

_TIME = re.compile(
    r"(?:[T ,]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?: ?[AP]\.?M\.?)?(?: ?(?:Z|UTC|GMT"
    r"|[+-][0-9]{2}:?[0-9]{2}))?)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:le|el|the|on) (?=[0-9])", re.IGNORECASE)
_ISO_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_PACKED_DAY = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_NUMERIC_DAY = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_YEAR_MONTH = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})")
_YEAR = re.compile(r"([0-9]{4})(?:\.0+)?")
_YEARS = re.compile(
    r"(?:(?:split|between|from|entre|de) )?([0-9]{4}) ?(?:-|/|to|until|a|à|al|bis|et|and|y|&) ?([0-9]{4})",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]([0-9]{1,15}))?")
_WORD = r"([^\W\d_]{3,12})\.?"
_DAY_WORD = re.compile(
    rf"([0-9]{{1,2}})(?:st|nd|rd|th|er|º|o|\.)?[ -]?(?:de |of )?{_WORD}[ ,-]{{0,2}}(?:de |del "
    rf"|of )?([0-9]{{4}}|[0-9]{{2}})",
    re.IGNORECASE,
)
_WORD_DAY = re.compile(rf"{_WORD} ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})", re.IGNORECASE)
_WORD_YEAR = re.compile(rf"{_WORD}[ ,/-]{{0,2}}(?:de |del |of )?([0-9]{{4}}|[0-9]{{2}})", re.IGNORECASE)
_YEAR_WORD = re.compile(rf"([0-9]{{4}})[ ,/-]{{1,2}}{_WORD}(?:[ -]([0-9]{{1,2}}))?", re.IGNORECASE)


class _Impossible(Exception):
    """The parts are those of a date, but there is no such day."""


@dataclass(slots=True)
class _Parts:
    year: int
    month: int | None = None
    day: int | None = None
    note: str | None = None
    last_year: int | None = None


def _month(word: str) -> int | None:
    plain = "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(char))
    return _MONTHS.get(plain) or _MONTHS.get(unicodedata.normalize("NFC", word.casefold()))


def _full_year(text: str, today: date) -> tuple[int, str | None]:
    year = int(text)
    if len(text) == 4:
        return year, None
    century = today.year // 100 * 100
    return (century + year if century + year <= today.year + 1 else century - 100 + year), "date_two_digit_year"


def _numeric(match: re.Match[str], order: Order | None, today: date) -> _Parts:
    first, mark, second = int(match[1]), match[2], int(match[3])
    year, note = _full_year(match[4], today)
    if mark == "." or order == "dmy":
        return _Parts(year, second, first, note)
    if order == "mdy":
        return _Parts(year, first, second, note)
    if second > 12 >= first:
        return _Parts(year, first, second, "date_month_first")
    if first <= 12 and first != second:
        note = "date_ambiguous"
    return _Parts(year, second, first, note)


def _worded(text: str, today: date) -> _Parts | None:
    if (match := _DAY_WORD.fullmatch(text)) and (month := _month(match[2])):
        year, note = _full_year(match[3], today)
        return _Parts(year, month, int(match[1]), note)
    if (match := _WORD_DAY.fullmatch(text)) and (month := _month(match[1])):
        return _Parts(int(match[3]), month, int(match[2]))
    if (match := _WORD_YEAR.fullmatch(text)) and (month := _month(match[1])):
        year, note = _full_year(match[2], today)
        return _Parts(year, month, None, note)
    if (match := _YEAR_WORD.fullmatch(text)) and (month := _month(match[2])):
        return _Parts(int(match[1]), month, int(match[3]) if match[3] else None)
    return None


def _parts(text: str, order: Order | None, today: date, day_zero: date) -> _Parts | None:
    if match := _ISO_DAY.fullmatch(text) or _PACKED_DAY.fullmatch(text):
        return _Parts(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC_DAY.fullmatch(text):
        return _numeric(match, order, today)
    if match := _YEARS.fullmatch(text):
        if int(match[2]) < int(match[1]):
            raise _Impossible
        same = match[1] == match[2]
        return _Parts(
            int(match[1]),
            note=None if same else "date_range",
            last_year=None if same else int(match[2]),
        )
    if match := _YEAR.fullmatch(text):
        return _Parts(int(match[1]))
    if match := _YEAR_MONTH.fullmatch(text):
        return _Parts(int(match[1]), int(match[2]))
    if match := _MONTH_YEAR.fullmatch(text):
        return _Parts(int(match[2]), int(match[1]))
    if (match := _SERIAL.fullmatch(text)) and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        day = day_zero + timedelta(days=int(match[1]))
        return _Parts(day.year, day.month, day.day, "date_from_serial")
    return _worded(text, today)


def _said(given: str, code: str) -> DateReading:
    return DateReading(given, None, None, code, _SENTENCES[code])


def _dated(given: str, parts: _Parts, today: date) -> DateReading:
    month, day = parts.month, parts.day
    exists = (month is None or 1 <= month <= 12) and (
        day is None or month is None or 1 <= day <= calendar.monthrange(max(parts.year, 1), month)[1]
    )
    if not exists or not 1 <= parts.year <= _LATEST_YEAR:
        return _said(given, "date_impossible")
    if parts.year < EARLIEST_YEAR:
        return _said(given, "date_too_early")
    value = date(parts.year, month or 1, day or 1)
    precision: Precision = "day" if day else "month" if month else "year"
    until = date(parts.last_year, 1, 1) if parts.last_year and parts.last_year <= _LATEST_YEAR else None
    code = "date_future" if (until or value) > today else parts.note
    return DateReading(given, value, precision, code, _SENTENCES[code] if code else None, until)


def read_date(
    value: str | float | date | None,
    *,
    order: Order | None = None,
    today: date | None = None,
    from_1904: bool = False,
) -> DateReading:
    """Read a date from a form, a file or a cell of a sheet; never raises on what is in it.

    ``order`` is the mapping's hint for ``03/04/2012`` and is obeyed: what it makes impossible is reported,
    never
    swapped. Without it the day comes first, with a note. Dates with points are always day first. A time of
    day is
    left out. ``today`` (default: today, UTC) bounds the future; ``from_1904`` is for sheets that count from
    there.
    """
    now = today or datetime.now(UTC).date()
    given = "" if value is None else str(value)
    if isinstance(value, datetime):
        return _dated(given, _Parts(value.year, value.month, value.day), now)
    if isinstance(value, date):
        return _dated(given, _Parts(value.year, value.month, value.day), now)
    if len(given) > LONGEST:
        return _said(given[:LONGEST], "date_too_long")
    text = _ARTICLE.sub("", " ".join(one_line(given).split()))
    if not text:
        return _said(given, "date_absent")
    if text.casefold() in _UNKNOWN:
        return _said(given, "date_unknown")
    day_zero = _EXCEL_1904_DAY_ZERO if from_1904 else _EXCEL_DAY_ZERO
    try:
        parts = _parts(_TIME.sub("", text), order, now, day_zero)
    except _Impossible:
        return _said(given, "date_impossible")
    return _dated(given, parts, now) if parts else _said(given, "date_not_understood")
