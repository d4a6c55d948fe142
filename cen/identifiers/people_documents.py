"""What points at a person: travel documents, vehicles and their plates, bank accounts (all nominal)."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import InvalidChecksum

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact, is_plain

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
_VIN_CHECK_PLACE = 8
# World regions whose makers must set the check digit: North America and China. Others may put any character
# there.
_VIN_CHECKED = ("1", "2", "3", "4", "5", "L")
_VIN_NEVER = str.maketrans("IOQ", "100")
_PLATE_SHORTEST, _PLATE_LONGEST = 2, 12
_PASSPORT_SHORTEST, _PASSPORT_LONGEST = 5, 15
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def normalise(raw: str) -> str:
    """Letters and digits without separators."""
    return compact(raw, ILLEGIBLE)


def vin_check_character(number: str) -> str:
    """The ninth character that the other sixteen ask for."""
    total = sum(_VIN_VALUES[char] * weight for char, weight in zip(number, _VIN_WEIGHTS, strict=True))
    return "X" if total % 11 == 10 else str(total % 11)


def _completed_vin(number: str) -> str | None:
    if not _VIN.fullmatch(number):
        return None
    return number[:_VIN_CHECK_PLACE] + vin_check_character(number) + number[_VIN_CHECK_PLACE + 1 :]


def check_vin(number: str) -> Outcome:
    """Seventeen characters without I, O and Q; the ninth is checked where its region demands it."""
    if not _VIN.fullmatch(number):
        return Finding(
            "vin_pattern",
            _("A vehicle number has seventeen letters and digits, never I, O or Q."),
        )
    right = vin_check_character(number)
    if right == number[_VIN_CHECK_PLACE]:
        return "ok"
    if not number.startswith(_VIN_CHECKED):
        return "unchecked"
    return Finding(
        "vin_check_character",
        format_lazy(
            _("The ninth character is {given}, but the others ask for {right}. Read the number again."),
            given=number[_VIN_CHECK_PLACE],
            right=right,
        ),
    )


def repair_vin(number: str) -> tuple[str, ...]:
    """Vehicle numbers that may have been meant."""
    plain = number.translate(_VIN_NEVER)
    near = repairs(
        plain,
        template="X" * 17,
        passes=lambda guess: check_vin(guess) == "ok",
        complete=_completed_vin,
    )
    if plain != number and not isinstance(check_vin(plain), Finding):
        return (plain, *(guess for guess in near if guess != plain))[:5]
    return near


def check_plate(number: str) -> Outcome:
    """Two to twelve letters and digits of any script."""
    if not number.isalnum() or not _PLATE_SHORTEST <= len(number) <= _PLATE_LONGEST:
        return Finding("plate_pattern", _("A plate has two to twelve letters and digits."))
    return "unchecked"


def check_passport_number(number: str) -> Outcome:
    """Five to fifteen letters and digits, at least one a digit."""
    if (
        not is_plain(number)
        or not _PASSPORT_SHORTEST <= len(number) <= _PASSPORT_LONGEST
        or not any(char.isdecimal() for char in number)
    ):
        return Finding(
            "passport_pattern",
            _("A document number has five to fifteen letters and digits."),
        )
    return "unchecked"


def _completed_iban(number: str) -> str | None:
    if not is_plain(number) or not 15 <= len(number) <= 34:
        return None
    return number[:2] + str(iban.calc_check_digits(number)) + number[4:]


def check_iban(number: str) -> Outcome:
    """Country, two check digits by modulo 97-10, and as many characters as that country uses."""
    shape = Finding("iban_pattern", _("This account number has not the form that its country uses."))
    if not _IBAN.fullmatch(number):
        return shape
    try:
        iban.validate(number, check_country=False)
    except InvalidChecksum:
        right = _completed_iban(number) or ""
        if not iban.is_valid(right, check_country=False):
            return shape
        return Finding(
            "iban_check_digits",
            format_lazy(
                _("The check digits are {given}, but the number asks for {right}. Read the number again."),
                given=number[2:4],
                right=right[2:4],
            ),
        )
    except ValueError:
        return shape
    return "ok"


def repair_iban(number: str) -> tuple[str, ...]:
    """Account numbers that may have been meant."""
    return repairs(
        number,
        template="AANN" + "X" * max(len(number) - 4, 0),
        passes=lambda guess: check_iban(guess) == "ok",
        complete=_completed_iban,
    )
