"""Chemicals: CAS registry numbers, UN numbers of dangerous goods, international non-proprietary names."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import casrn

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, MAX_LENGTH, compact, one_line

_CAS = re.compile(r"([1-9][0-9]{1,6})-([0-9]{2})-([0-9])")
_UN = re.compile(r"[0-9]{4}")
_INN = re.compile(r"[^\W\d_](?:[^\W_]|[ '(),\-]){2,79}")
_FIRST_UN, _LAST_UN = 4, 3600
_SHORTEST, _LONGEST = 5, 10


def _hyphenated(digits: str) -> str:
    return f"{digits[:-3]}-{digits[-3:-1]}-{digits[-1]}"


def normalise_cas(raw: str) -> str:
    """``CAS 103 81 1`` and ``0103-81-1`` become ``103-81-1``."""
    digits = compact(raw, ILLEGIBLE)
    while digits.startswith(("CASRN", "CASNO", "CAS")):
        digits = digits.removeprefix("CAS").removeprefix("RN").removeprefix("NO")
    digits = digits.lstrip("0")
    return _hyphenated(digits) if _SHORTEST <= len(digits) <= _LONGEST else digits


def complete_cas(number: str) -> str | None:
    """The number with the right check digit."""
    if not _CAS.fullmatch(number):
        return None
    return number[:-1] + str(casrn.calc_check_digit(number[:-1]))


def check_cas(number: str) -> Outcome:
    """Two to seven digits, two digits and a check digit."""
    right = complete_cas(number)
    if right is None:
        return Finding(
            "cas_pattern",
            _("A CAS number has two to seven digits, then two, then one: 103-81-1."),
        )
    if right != number:
        return Finding(
            "cas_check_digit",
            format_lazy(
                _("The last digit is {given}, but the others ask for {right}. Read the number again."),
                given=number[-1],
                right=right[-1],
            ),
        )
    return "ok"


def repair_cas(number: str) -> tuple[str, ...]:
    """CAS numbers that may have been meant."""
    return repairs(
        number,
        template="".join("X" if char == "-" else "N" for char in number),
        passes=lambda guess: check_cas(guess) == "ok",
        complete=complete_cas,
    )


def normalise_un(raw: str) -> str:
    """``UN 1942`` becomes ``1942``; leading zeros stay."""
    number = compact(raw)
    while number.startswith("UN"):
        number = number[2:]
    return number


def check_un(number: str) -> Outcome:
    """Four digits within the numbers given so far; the list decides whether it is one."""
    if not _UN.fullmatch(number):
        return Finding("un_number_pattern", _("A UN number of dangerous goods has four digits."))
    if not _FIRST_UN <= int(number) <= _LAST_UN:
        return Finding("un_number_range", _("No dangerous goods have a UN number in this range."))
    return "unchecked"


def normalise_inn(raw: str) -> str:
    """The name in small letters with single spaces."""
    name = raw[:MAX_LENGTH]
    for _round in range(4):
        settled = " ".join(one_line(name.lower()).split())[:MAX_LENGTH].strip()
        if settled == name:
            break
        name = settled
    return name


def check_inn(name: str) -> Outcome:
    """A word of letters; whether it is a listed name is for the code list to say."""
    if not _INN.fullmatch(name):
        return Finding(
            "inn_pattern",
            _("A substance name begins with a letter and has no signs like / or ;."),
        )
    return "unchecked"
