"""GS1 numbers of logistic units and articles, and the identity of mobile phones."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import ean, luhn

from cen.identifiers.finding import Finding, Outcome, Sentence
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact

_SSCC_LENGTH = 18
_GTIN_LENGTHS = (8, 12, 13, 14)
_IMEI_LENGTH = 15
_IMEI_UNCHECKED_LENGTHS = (14, 16)


def normalise(raw: str) -> str:
    """Digits without separators."""
    return compact(raw, ILLEGIBLE)


def normalise_sscc(raw: str) -> str:
    """As scanned, ``(00)106141411234567897``, or as printed: the eighteen digits."""
    number = normalise(raw)
    return number[2:] if len(number) == _SSCC_LENGTH + 2 and number.startswith("00") else number


def _is_number(text: str, lengths: Collection[int]) -> bool:
    return text.isascii() and text.isdecimal() and len(text) in lengths


def _completed(number: str, lengths: Collection[int]) -> str | None:
    if _is_number(number, lengths):
        number = number[:-1]
    elif not _is_number(number, [length - 1 for length in lengths]):
        return None
    return number + str(ean.calc_check_digit(number))


def _judged(number: str, lengths: Collection[int], code: str, pattern: Sentence) -> Outcome:
    if not _is_number(number, lengths):
        return Finding(f"{code}_pattern", pattern)
    right = str(ean.calc_check_digit(number[:-1]))
    if right != number[-1]:
        return Finding(f"{code}_check_digit", _wrong_digit(number[-1], right))
    return "ok"


def _wrong_digit(given: str, right: str) -> Sentence:
    return format_lazy(
        _("The last digit is {given}, but the others ask for {right}. Read the number again."),
        given=given,
        right=right,
    )


def check_sscc(number: str) -> Outcome:
    """Eighteen digits, the last by modulo 10 with weights 3 and 1."""
    return _judged(
        number,
        (_SSCC_LENGTH,),
        "sscc",
        _("A shipping container code (SSCC) has eighteen digits."),
    )


def check_gtin(number: str) -> Outcome:
    """Eight, twelve, thirteen or fourteen digits, the last by modulo 10 with weights 3 and 1."""
    return _judged(
        number,
        _GTIN_LENGTHS,
        "gtin",
        _("An article number (GTIN) has 8, 12, 13 or 14 digits."),
    )


def check_imei(number: str) -> Outcome:
    """Fifteen digits with a Luhn digit; fourteen (without it) and sixteen (software version) have none."""
    if _is_number(number, _IMEI_UNCHECKED_LENGTHS):
        return "unchecked"
    if not _is_number(number, (_IMEI_LENGTH,)):
        return Finding("imei_pattern", _("An IMEI has fifteen digits."))
    right = str(luhn.calc_check_digit(number[:-1]))
    if right != number[-1]:
        return Finding("imei_check_digit", _wrong_digit(number[-1], right))
    return "ok"


def repair_sscc(number: str) -> tuple[str, ...]:
    """SSCC numbers that may have been meant."""
    return repairs(
        number,
        template="N" * _SSCC_LENGTH,
        passes=lambda guess: check_sscc(guess) == "ok",
        complete=lambda guess: _completed(guess, (_SSCC_LENGTH,)),
    )


def repair_gtin(number: str) -> tuple[str, ...]:
    """Article numbers that may have been meant."""
    return repairs(
        number,
        template="N" * len(number),
        passes=lambda guess: check_gtin(guess) == "ok",
        complete=lambda guess: _completed(guess, _GTIN_LENGTHS),
    )


def _completed_imei(number: str) -> str | None:
    if not _is_number(number, (_IMEI_LENGTH,)):
        return None
    return number[:-1] + str(luhn.calc_check_digit(number[:-1]))


def repair_imei(number: str) -> tuple[str, ...]:
    """IMEI numbers that may have been meant."""
    return repairs(
        number,
        template="N" * _IMEI_LENGTH,
        passes=lambda guess: check_imei(guess) == "ok",
        complete=_completed_imei,
    )
