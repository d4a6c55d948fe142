"""Air: waybills, flights, aircraft and airports."""

from __future__ import annotations

import re
from functools import lru_cache

import airportsdata
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cen.identifiers.aircraft_marks import MARKS
from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact, is_plain

_AWB = re.compile(r"[0-9]{11}")
_FLIGHT = re.compile(r"([A-Z]{3}|[A-Z]{2}|[A-Z][0-9]|[0-9][A-Z])([0-9]{1,4})([A-Z]?)")
_REGISTRATION = re.compile(r"[A-Z0-9]{2,8}")
_UNITED_STATES = re.compile(r"N[1-9][0-9]{0,4}|N[1-9][0-9]{0,3}[A-HJ-NP-Z]|N[1-9][0-9]{0,2}[A-HJ-NP-Z]{2}")
_ICAO24 = re.compile(r"[0-9A-F]{6}")
_AIRPORT = re.compile(r"[A-Z]{3}|[A-Z0-9]{4}")
_HAWB_LONGEST = 12


def normalise_awb(raw: str) -> str:
    """``125-1234 5675`` becomes ``12512345675``: three digits of the airline and eight of the serial."""
    number = compact(raw, ILLEGIBLE)
    while number.startswith("AWB"):
        number = number[3:]
    return number


def complete_awb(number: str) -> str | None:
    """The number with the right check digit: the seven digits before it, modulo 7."""
    if len(number) not in (10, 11) or not number[:10].isdecimal():
        return None
    return number[:10] + str(int(number[3:10]) % 7)


def check_awb(number: str) -> Outcome:
    """Eleven digits; the last is the serial modulo 7."""
    if not _AWB.fullmatch(number) or number.startswith("000"):
        return Finding(
            "awb_pattern",
            _("An air waybill has three digits of the airline and eight of the serial."),
        )
    right = complete_awb(number)
    if right != number:
        return Finding(
            "awb_check_digit",
            format_lazy(
                _("The last digit is {given}, but the serial asks for {right}. Read the number again."),
                given=number[-1],
                right=(right or "")[-1:],
            ),
        )
    return "ok"


def repair_awb(number: str) -> tuple[str, ...]:
    """Air waybills that may have been meant."""
    return repairs(
        number,
        template="N" * 11,
        passes=lambda guess: check_awb(guess) == "ok",
        complete=complete_awb,
    )


def check_hawb(number: str) -> Outcome:
    """A forwarder's own number: up to twelve letters and digits."""
    if not is_plain(number) or len(number) > _HAWB_LONGEST:
        return Finding(
            "hawb_pattern",
            _("A house air waybill has at most twelve letters and digits."),
        )
    return "unchecked"


def normalise_flight(raw: str) -> str:
    """``lh 0400`` becomes ``LH400``: zeros in front of the number are not part of it."""
    number = compact(raw)
    flight = _FLIGHT.fullmatch(number)
    if not flight:
        return number
    return flight[1] + (flight[2].lstrip("0") or "0") + flight[3]


def check_flight(number: str) -> Outcome:
    """Two or three characters of the airline, one to four digits, perhaps a letter."""
    if not _FLIGHT.fullmatch(number):
        return Finding(
            "flight_pattern",
            _("A flight has two or three characters of the airline and up to four digits."),
        )
    return "unchecked"


def check_registration(number: str) -> Outcome:
    """A nationality mark of the table, then the aircraft's own mark."""
    if not _REGISTRATION.fullmatch(number):
        return Finding(
            "aircraft_pattern",
            _("An aircraft registration has two to eight letters and digits."),
        )
    if number.startswith("N") and not _UNITED_STATES.fullmatch(number):
        return Finding(
            "aircraft_pattern",
            _("A registration with N has one to five digits and letters after it."),
        )
    if not any(number[:length] in MARKS and len(number) > length for length in range(1, 5)):
        return Finding("aircraft_mark", _("No nationality mark begins like this."))
    return "unchecked"


def check_icao24(number: str) -> Outcome:
    """Six hexadecimal digits; all zeros and all ones are given to nobody."""
    if not _ICAO24.fullmatch(number):
        return Finding(
            "icao24_pattern",
            _("An ICAO 24-bit address has six characters 0-9 and A-F."),
        )
    if number in ("000000", "FFFFFF"):
        return Finding(
            "icao24_unassigned",
            _("This address is given to no aircraft; a transponder was not set."),
        )
    return "unchecked"


@lru_cache(maxsize=1)
def airports() -> frozenset[str]:
    """IATA and ICAO codes of the world's airports."""
    return frozenset(airportsdata.load("IATA")) | frozenset(airportsdata.load("ICAO"))


def check_airport(code: str) -> Outcome:
    """An IATA code of three letters or an ICAO code of four, found in the list."""
    if not _AIRPORT.fullmatch(code):
        return Finding(
            "airport_pattern",
            _("An airport code has three letters (IATA) or four (ICAO)."),
        )
    if code not in airports():
        return Finding("airport_unknown", _("No airport of the list has this code."))
    return "ok"
