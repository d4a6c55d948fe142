"""Ships: IMO number and maritime mobile service identity."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import imo

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact

_IMO = re.compile(r"[1-9][0-9]{6}")
_MMSI = re.compile(r"[0-9]{9}")
# Where the three digits of the flag stand: ships, groups of ships, coast stations, aircraft in rescue, craft
# of
# a mother ship, aids to navigation. Personal beacons (970, 972, 974) name no flag.
_FLAG_PLACES = (("00", 2), ("0", 1), ("111", 3), ("98", 2), ("99", 2))
_BEACONS = ("970", "972", "974")
_FIRST_FLAG, _LAST_FLAG = 201, 775


def normalise_imo(raw: str) -> str:
    """``IMO 9074729`` becomes ``9074729``."""
    number = compact(raw, ILLEGIBLE)
    while number.startswith("IMO"):
        number = number[3:]
    return number


def complete_imo(number: str) -> str | None:
    """The number with the right check digit, from its first six digits."""
    if len(number) not in (6, 7) or not number[:6].isdecimal():
        return None
    return number[:6] + str(imo.calc_check_digit(number[:6]))


def check_imo(number: str) -> Outcome:
    """Seven digits; the last is the weighted sum of the others. Real ships break it: only a doubt."""
    if not _IMO.fullmatch(number):
        return Finding("imo_pattern", _("An IMO number has seven digits."))
    right = complete_imo(number)
    if right != number:
        return Finding(
            "imo_check_digit",
            format_lazy(
                _("The check digit is {given}, but the number asks for {right}. Some ships do carry such numbers."),
                given=number[-1],
                right=(right or "")[-1:],
            ),
        )
    return "ok"


def repair_imo(number: str) -> tuple[str, ...]:
    """IMO numbers that may have been meant."""
    return repairs(
        number,
        template="N" * 7,
        passes=lambda guess: check_imo(guess) == "ok",
        complete=complete_imo,
    )


def normalise_mmsi(raw: str) -> str:
    """``MMSI 211 339 980`` becomes ``211339980``."""
    number = compact(raw)
    while number.startswith("MMSI"):
        number = number[4:]
    return number


def check_mmsi(number: str) -> Outcome:
    """Nine digits that hold the three digits of a flag; there is no check digit."""
    if not _MMSI.fullmatch(number):
        return Finding("mmsi_pattern", _("An MMSI has nine digits."))
    if number.startswith(_BEACONS):
        return "unchecked"
    place = next((place for start, place in _FLAG_PLACES if number.startswith(start)), 0)
    if not _FIRST_FLAG <= int(number[place : place + 3]) <= _LAST_FLAG:
        return Finding("mmsi_flag", _("No flag belongs to the country digits of this MMSI."))
    return "unchecked"
