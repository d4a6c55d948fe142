"""Machine-readable zones of travel documents (ICAO 9303): nominal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cen.identifiers.finding import Finding, Outcome, Sentence
from cen.identifiers.spelling import compact

_CHARACTERS = re.compile(r"[A-Z0-9<]+")
_WEIGHTS = (7, 3, 1)
_FILLER = "<"


class _Field(NamedTuple):
    code: str
    name: Sentence
    parts: tuple[tuple[int, int], ...]
    digit: int


def _fields(number: int, birth: int, expiry: int, offset: int = 0) -> tuple[_Field, ...]:
    return (
        _Field("number", _("document number"), ((number, number + 9),), number + 9),
        _Field(
            "birth",
            _("date of birth"),
            ((birth + offset, birth + offset + 6),),
            birth + offset + 6,
        ),
        _Field(
            "expiry",
            _("date of expiry"),
            ((expiry + offset, expiry + offset + 6),),
            expiry + offset + 6,
        ),
    )


_SECOND_LINE = _fields(0, 13, 21)
_PASSPORT = (
    *_SECOND_LINE,
    _Field("optional", _("personal number"), ((28, 42),), 42),
    _Field("composite", _("whole line"), ((0, 10), (13, 20), (21, 43)), 43),
)
_CARD = (
    *_fields(5, 0, 8, offset=30),
    _Field("composite", _("whole card"), ((5, 30), (30, 37), (38, 45), (48, 59)), 59),
)
_OFFICIAL = (
    *_SECOND_LINE,
    _Field("composite", _("whole line"), ((0, 10), (13, 20), (21, 35)), 35),
)

_LINE_BREAKS = {88: 44, 72: 36}


def normalise(raw: str) -> str:
    """The lines of the zone one after another, fillers kept."""
    return compact(raw, _FILLER)


def check_digit(field: str) -> str:
    """The digit for letters (A = 10), digits and fillers (0), weights 7, 3, 1."""
    total = sum((0 if char == _FILLER else int(char, 36)) * _WEIGHTS[place % 3] for place, char in enumerate(field))
    return str(total % 10)


def _layout(zone: str) -> tuple[str, Iterable[_Field]] | None:
    """The part of the zone that holds check digits, and where they stand."""
    visa = zone.startswith("V")
    match len(zone):
        case 90:
            return zone, _CARD
        case 88:
            return zone[44:], _SECOND_LINE if visa else _PASSPORT
        case 72:
            return zone[36:], _SECOND_LINE if visa else _OFFICIAL
        case 44:
            return zone, _PASSPORT
        case 36:
            return zone, _OFFICIAL
        case 10:
            return zone, _SECOND_LINE[:1]
    return None


def check(zone: str) -> Outcome:
    """The whole zone (2 x 44, 2 x 36 or 3 x 30), its second line, or a number with its digit (9 + 1)."""
    layout = _layout(zone)
    if layout is None or not _CHARACTERS.fullmatch(zone):
        return Finding(
            "mrz_pattern",
            _("A machine-readable zone has 44 or 36 characters a line on two lines, or 30 on three lines."),
        )
    line, fields = layout
    if len(zone) in (44, 36) and not any(char.isdecimal() for char in zone):
        return "unchecked"
    for field in fields:
        given = line[field.digit]
        content = "".join(line[start:end] for start, end in field.parts)
        # A card with a long number goes on in the optional data; an empty personal number needs no digit.
        empty = field.code == "optional" and not content.strip(_FILLER)
        if given == _FILLER and (empty or len(zone) == 90):
            continue
        right = check_digit(content)
        if given != right:
            return Finding(
                f"mrz_{field.code}_digit",
                format_lazy(
                    _("The check digit of the {field} is {given}, but should be {right}. Read the line again."),
                    field=field.name,
                    given=given,
                    right=right,
                ),
            )
    return "ok"
