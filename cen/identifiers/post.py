"""Postal items (UPU standard S10)."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.places import country_letters, unknown_country
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact

_PATTERN = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_SPECIAL = {10: 0, 11: 5}
TEMPLATE = "AANNNNNNNNNAA"


def normalise(raw: str) -> str:
    """``RB 123 456 785 GB`` becomes ``RB123456785GB``."""
    return compact(raw, ILLEGIBLE)


def check_digit(serial: str) -> str:
    """The ninth digit for eight digits."""
    total = sum(int(digit) * weight for digit, weight in zip(serial, _WEIGHTS, strict=True))
    rest = 11 - total % 11
    return str(_SPECIAL.get(rest, rest))


def complete(number: str) -> str | None:
    """The item number with the right check digit."""
    if not _PATTERN.fullmatch(number):
        return None
    return number[:10] + check_digit(number[2:10]) + number[11:]


def check(number: str) -> Outcome:
    """Two letters of the service, eight digits, a check digit, two letters of the country of posting."""
    right = complete(number)
    if right is None:
        return Finding(
            "s10_pattern",
            _("A postal item number has two letters, nine digits and two letters."),
        )
    if right != number:
        return Finding(
            "s10_check_digit",
            format_lazy(
                _("The ninth digit is {given}, but the others ask for {right}. Read the number again."),
                given=number[10],
                right=right[10],
            ),
        )
    if number[-2:] not in country_letters():
        return unknown_country(number[-2:])
    return "ok"


def repair(number: str) -> tuple[str, ...]:
    """Postal item numbers that may have been meant."""
    return repairs(
        number,
        template=TEMPLATE,
        passes=lambda guess: check(guess) == "ok",
        complete=complete,
    )
