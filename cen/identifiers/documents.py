"""Trade documents and traders: bills of lading, declarations, consignments, EORI, LEI, VAT."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import iso6346, vatin
from stdnum.exceptions import InvalidComponent
from stdnum.iso7064 import mod_97_10

from cen.identifiers.finding import Finding, Outcome, Sentence
from cen.identifiers.places import country_letters, unknown_country
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact, is_plain

_MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]")
_UCR = re.compile(r"[0-9][A-Z]{2}[A-Z0-9]{1,32}")
_EORI = re.compile(r"[A-Z]{2}[A-Z0-9]{1,15}")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_VAT = re.compile(r"[A-Z]{2}[A-Z0-9]{2,18}")
_BL_SHORTEST, _BL_LONGEST = 5, 20
_GREECE_FOR_VAT = "EL"


def normalise(raw: str) -> str:
    """Letters and digits without separators."""
    return compact(raw, ILLEGIBLE)


def _wrong_ending(given: str, right: str) -> Sentence:
    return format_lazy(
        _("The number ends with {given}, but the rest of it asks for {right}. Read the number again."),
        given=given,
        right=right,
    )


def check_bl(number: str) -> Outcome:
    """Five to twenty letters and digits; carriers put their four letters in front, or do not."""
    if not is_plain(number) or not _BL_SHORTEST <= len(number) <= _BL_LONGEST:
        return Finding("bl_pattern", _("A bill of lading has five to twenty letters and digits."))
    return "unchecked"


def complete_mrn(number: str) -> str | None:
    """The reference with the right last digit: container arithmetic over the seventeen before it."""
    if not _MRN.fullmatch(number):
        return None
    return number[:17] + str(iso6346.calc_check_digit(number[:17]))


def check_mrn(number: str) -> Outcome:
    """Year, country, thirteen characters and a check digit."""
    right = complete_mrn(number)
    if right is None:
        return Finding(
            "mrn_pattern",
            _("A movement reference has two digits of the year, two letters of the country and fourteen characters."),
        )
    if number[2:4] not in country_letters():
        return unknown_country(number[2:4])
    if right != number:
        return Finding("mrn_check_digit", _wrong_ending(number[-1], right[-1]))
    return "ok"


def repair_mrn(number: str) -> tuple[str, ...]:
    """Movement references that may have been meant."""
    return repairs(
        number,
        template="NNAA" + "X" * 13 + "N",
        passes=lambda guess: check_mrn(guess) == "ok",
        complete=complete_mrn,
    )


def check_ucr(number: str) -> Outcome:
    """The last digit of the year, the country and up to thirty-two characters of the trader."""
    if not _UCR.fullmatch(number):
        return Finding(
            "ucr_pattern",
            _("A unique consignment reference has a digit of the year, two letters of the country, then up to 32."),
        )
    if number[1:3] not in country_letters():
        return unknown_country(number[1:3])
    return "unchecked"


def check_eori(number: str) -> Outcome:
    """Country letters and up to fifteen characters of the national number."""
    if not _EORI.fullmatch(number):
        return Finding(
            "eori_pattern",
            _("An EORI has two letters of the country and up to fifteen letters and digits."),
        )
    if number[:2] not in country_letters():
        return unknown_country(number[:2])
    return "unchecked"


def complete_lei(number: str) -> str | None:
    """The identifier with the right two last digits."""
    if not is_plain(number) or len(number) not in (18, 20):
        return None
    return number[:18] + str(mod_97_10.calc_check_digits(number[:18]))


def check_lei(number: str) -> Outcome:
    """Twenty characters, ISO 7064 modulo 97-10."""
    if not _LEI.fullmatch(number):
        return Finding(
            "lei_pattern",
            _("A legal entity identifier has eighteen letters and digits, then two digits."),
        )
    right = complete_lei(number) or ""
    if not mod_97_10.is_valid(number):
        return Finding("lei_check_digits", _wrong_ending(number[-2:], right[-2:]))
    return "ok"


def repair_lei(number: str) -> tuple[str, ...]:
    """Legal entity identifiers that may have been meant."""
    return repairs(
        number,
        template="X" * 18 + "NN",
        passes=lambda guess: check_lei(guess) == "ok",
        complete=complete_lei,
    )


def check_vat(number: str) -> Outcome:
    """Country letters and a national tax number, by that country's own rule where one is known."""
    if not _VAT.fullmatch(number):
        return Finding("vat_pattern", _("A tax number begins with two letters of the country."))
    if number[:2] not in country_letters() and number[:2] != _GREECE_FOR_VAT:
        return unknown_country(number[:2])
    try:
        vatin.validate(number)
    except InvalidComponent:
        return "unchecked"
    except ValueError:
        return Finding(
            "vat_national_rule",
            _("The number breaks the rule of its country. Read it again."),
        )
    return "ok"
