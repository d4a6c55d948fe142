"""Telephone numbers in running text, told apart from quantities, dates, tariff codes and waybills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cen.identifiers import air, words_before

_INTERNATIONAL = re.compile(r"(?<![\w.,/+\-])\(?(?:\+ ?|00 ?)[1-9](?:[ ().\-/]{0,3}[0-9]){6,14}(?![0-9])")
_NATIONAL = re.compile(r"(?<![\w.,/\-])(?:\(0[0-9]{1,4}\)|0[1-9])(?:[ .\-/]{0,2}[0-9]){6,9}(?![\w]|[.,\-/][0-9])")
_THREE_THREE_FOUR = re.compile(
    r"(?<![\w.,/\-])(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[.\-])[0-9]{3}[.\-][0-9]{4}(?![\w\-])"
)
_AFTER_WORD = re.compile(r"(?<![\w+])\(?[0-9](?:[ ().\-/]{0,3}[0-9]){5,14}(?![\w])")

_DATE = re.compile(r"(?<![0-9./\-])[0-9]{1,2}[./\-][0-9]{1,2}[./\-](?:[0-9]{4}|[0-9]{2})(?![./\-]?[0-9])")
_TARIFF = re.compile(r"0[0-9]{3}\.[0-9]{2}(?:\.[0-9]{2}){0,3}")
_THOUSANDS = re.compile(r"\+ ?[0-9]{1,3}(?: [0-9]{3})* 000")
_UNIT = re.compile(
    r" ?(?:KGS?|KILO\w*|GR?|GRAM\w*|TONN?E?S?|T|MG|ML|CL|HL|L|LIT\w+|PCS|PIECES?|PIEZAS?|UNITS?|UNITES?"
    r"|UNIDADES"
    r"|CIGAR\w*|TABLET\w*|PILLS?|STICKS?|PACKS?|BOX\w*|CARTONS?|M|M2|M3|KM|EUR\w*|USD|DOLLARS?|%|€"
    r"|\$)(?![A-Z0-9])"
)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _is_waybill(written: str) -> bool:
    number = _digits(written)
    return re.fullmatch(r"[0-9]{3}-[0-9]{4} ?[0-9]{4}", written) is not None and air.check_awb(number) == "ok"


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each telephone number in ``text`` (capitals without accents)."""
    for pattern in (_INTERNATIONAL, _NATIONAL, _THREE_THREE_FOUR):
        for match in pattern.finditer(text):
            written = match[0]
            count = len(_digits(written))
            if pattern is _INTERNATIONAL and (count < 8 or _THOUSANDS.fullmatch(written)):
                continue
            if pattern is _NATIONAL and (count < 9 or _TARIFF.fullmatch(written) or _is_waybill(written)):
                continue
            if _DATE.search(written) or _UNIT.match(text, match.end()):
                continue
            if words_before.stands_before(words_before.THINGS, text, match.start()):
                continue
            yield match.span()
    for match in _AFTER_WORD.finditer(text):
        if (
            words_before.stands_before(words_before.PHONE, text, match.start())
            and not words_before.stands_before(words_before.THINGS, text, match.start())
            and not _DATE.search(match[0])
            and not _UNIT.match(text, match.end())
            and not re.fullmatch(r"[0-9]{1,3}(?:[ .][0-9]{3})* ?000", match[0])
        ):
            yield match.span()
