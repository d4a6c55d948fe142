"""Identifiers inside free text: narratives, remarks, file names, captions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from stdnum import numdb

from cen.identifiers import words_before
from cen.identifiers.kinds import kind_of
from cen.identifiers.phones_in_text import phones
from cen.identifiers.plates_in_text import plates
from cen.identifiers.reading import Verdict, read
from cen.identifiers.spelling import aligned, capitals

LONGEST_TEXT = 100_000
"""Characters that are searched; what follows in a longer text is not."""

Spans = Iterator[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier: ``raw`` is ``text[start:end]``."""

    kind: str
    raw: str
    normalised: str
    start: int
    end: int
    verdict: Verdict


# Every repetition below has an upper bound and most begin only where no letter or digit stands before: the
# time
# grows with the length of the text and nothing else.
_AT = re.compile(r"@| ?[(\[{] ?(?:AT|ARROBA) ?[)\]}] ?")
_LOCAL = re.compile(r"[A-Z0-9._%+'\-]{1,64}$")
_DOMAIN = re.compile(r"[A-Z0-9](?:[A-Z0-9\-]{0,62})(?:\.[A-Z0-9\-]{1,63}){0,6}\.[A-Z][A-Z0-9\-]{1,62}")
_MRZ_LINE = re.compile(r"(?<![A-Z0-9<])[A-Z0-9<]{10,90}(?![A-Z0-9<])")
_IBAN_START = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}")
_CONTAINER = re.compile(r"(?<![A-Z0-9])[A-Z]{3} ?[UJZR][ \-]?[0-9]{3}[ .]?[0-9]{3}[ \-/]?[0-9](?![A-Z0-9])")
_MRN = re.compile(r"(?<![A-Z0-9])[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9](?![A-Z0-9])")
_S10 = re.compile(r"(?<![A-Z0-9])[A-Z]{2} ?[0-9]{2,3} ?[0-9]{3} ?[0-9]{3} ?[0-9]? ?[A-Z]{2}(?![A-Z0-9])")
_VIN = re.compile(r"(?<![A-Z0-9\-])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9\-])")
_AWB = re.compile(r"(?<![A-Z0-9.,\-/+])[0-9]{3}[ \-]?[0-9]{4}[ \-]?[0-9]{4}(?![A-Z0-9]|[\-.,/][0-9])")
_IMO = re.compile(r"(?<![A-Z0-9])IMO[ :.#\-]{0,3}(?:(?:NO|NUMBER|NR|NUMERO)[ :.]{1,3})?([0-9]{7})(?![0-9])")
_CAS = re.compile(r"(?<![A-Z0-9\-/.])[1-9][0-9]{1,6}-[0-9]{2}-[0-9](?![A-Z0-9\-/])")
_DIGITS_OF_DOCUMENT = 4
_ISO_DAY = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-[1-9]")
_IMEI = re.compile(r"(?<![A-Z0-9])[0-9]{2}[ \-/]?[0-9]{6}[ \-/]?[0-9]{6}[ \-/]?[0-9](?![A-Z0-9])")
_PASSPORT = re.compile(
    r"(?<!\w)(?:(?:[A-Z]{0,3}|[A-Z]{1,2}[ \-])[0-9]{1,3}[A-Z]{0,2} ?[0-9]{3,9}[\- ]?[A-Z]?"
    r"|[0-9]{1,3}(?:[. ][0-9]{3}){2}-?[A-Z]?|[A-Z0-9]{6,15})(?!\w)"
)


def _emails(text: str) -> Spans:
    for sign in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, sign.start() - 64) : sign.start()])
        domain = _DOMAIN.match(text, sign.end())
        if local and domain:
            yield sign.start() - len(local[0]), domain.end()


def _zones(text: str) -> Spans:
    lines = [line for line in _MRZ_LINE.finditer(text) if _is_zone_line(line[0])]
    place = 0
    while place < len(lines):
        last = place
        size = len(lines[place][0])
        most = 3 if size == 30 else 2 if size in (36, 44) else 1
        while (
            last + 1 < len(lines)
            and last + 1 - place < most
            and len(lines[last + 1][0]) == size
            and not text[lines[last].end() : lines[last + 1].start()].strip()
        ):
            last += 1
        yield lines[place].start(), lines[last].end()
        place = last + 1


def _is_zone_line(line: str) -> bool:
    return "<<" in line or ("<" in line and len(line) in (30, 36, 44))


@lru_cache(maxsize=512)
def _account_length(country: str) -> int | None:
    """Characters of an IBAN of this country."""
    shape = numdb.get("iban").info(country)[0][1].get("bban")
    return 4 + sum(int(size) for size in re.findall(r"(\d+)!", shape)) if shape else None


def _accounts(text: str) -> Spans:
    for start in _IBAN_START.finditer(text):
        length = _account_length(start[0][:2])
        if length is None:
            continue
        end, taken = start.end(), 4
        while taken < length and end < len(text):
            if text[end].isascii() and text[end].isalnum():
                taken += 1
            elif text[end] not in " -" or text[end - 1] in " -":
                break
            end += 1
        if taken < length or (end < len(text) and text[end].isalnum()):
            continue
        sure = read("iban", text[start.start() : end]).verdict == "ok"
        if sure or words_before.stands_before(words_before.IBAN, text, start.start()):
            yield start.start(), end


def _containers(text: str) -> Spans:
    return (match.span() for match in _CONTAINER.finditer(text))


def _movements(text: str) -> Spans:
    for match in _MRN.finditer(text):
        if read("mrn", match[0]).finding != "country_letters":
            yield match.span()


def _postal_items(text: str) -> Spans:
    for match in _S10.finditer(text):
        if read("s10", match[0]).finding in (None, "s10_check_digit"):
            yield match.span()


def _vehicles(text: str) -> Spans:
    for match in _VIN.finditer(text):
        number = match[0]
        mixed = sum(map(str.isalpha, number)) >= 3 and sum(map(str.isdecimal, number)) >= 4
        named = words_before.stands_before(words_before.VIN, text, match.start())
        if (mixed and number[-3:].isdecimal()) or named:
            yield match.span()


def _waybills(text: str) -> Spans:
    for match in _AWB.finditer(text):
        named = words_before.stands_before(words_before.AWB, text, match.start())
        hyphenated = match[0][3] == "-"
        if named or (hyphenated and read("awb", match[0]).verdict == "ok"):
            yield match.span()


def _ships(text: str) -> Spans:
    return (match.span(1) for match in _IMO.finditer(text))


def _substances(text: str) -> Spans:
    for match in _CAS.finditer(text):
        named = words_before.stands_before(words_before.CAS, text, match.start())
        if named or (read("cas", match[0]).verdict == "ok" and not _ISO_DAY.fullmatch(match[0])):
            yield match.span()


def _mobiles(text: str) -> Spans:
    for match in _IMEI.finditer(text):
        if words_before.stands_before(words_before.IMEI, text, match.start()):
            yield match.span()


def _travel_documents(text: str) -> Spans:
    for match in _PASSPORT.finditer(text):
        named = words_before.stands_before(words_before.PASSPORT, text, match.start())
        # The word itself can be taken for the letters of the number: "PP 1234567".
        letters = match[0].split(" ")[0]
        if (named or words_before.stands_before(words_before.PASSPORT, text, match.start() + len(letters))) and sum(
            map(str.isdecimal, match[0])
        ) >= _DIGITS_OF_DOCUMENT:
            yield match.span()


# The surer a shape, the earlier it comes: what overlaps something found before is not reported again.
_FINDERS: tuple[tuple[str, Callable[[str], Spans]], ...] = (
    ("email", _emails),
    ("passport_mrz", _zones),
    ("iban", _accounts),
    ("container", _containers),
    ("mrn", _movements),
    ("s10", _postal_items),
    ("vin", _vehicles),
    ("imo", _ships),
    ("awb", _waybills),
    ("imei", _mobiles),
    ("cas", _substances),
    ("passport_number", _travel_documents),
    ("phone", phones),
)


def find_identifiers(text: str) -> list[Found]:
    """Identifiers in ``text``, in their order; none overlaps another.

    Finds containers, IMO numbers, air waybills, postal items, movement references, CAS numbers, telephone
    numbers, e-mail addresses, plates, IBAN, machine-readable zones, vehicle numbers, IMEI and numbers named
    as
    travel documents. A number that breaks its check rule is found all the same where its shape or a word
    before
    it is plain. Searches ``LONGEST_TEXT`` characters, in time that grows with the length only.
    """
    text = text[:LONGEST_TEXT]
    plain, places = aligned(text)
    plain = plain[:LONGEST_TEXT]
    upper = capitals(plain)
    taken = bytearray(len(plain))
    found: list[Found] = []

    def keep(kind: str, spans: Spans) -> None:
        for start, end in spans:
            if end <= start or any(taken[start:end]):
                continue
            taken[start:end] = b"\x01" * (end - start)
            first, last = places[start], places[end - 1] + 1
            reading = read(kind_of(kind).code, _spelt(kind, upper[start:end]))
            found.append(
                Found(
                    kind,
                    text[first:last],
                    reading.normalised,
                    first,
                    last,
                    reading.verdict,
                )
            )

    for kind, finder in _FINDERS:
        keep(kind, finder(upper))
    keep("plate", plates(plain, upper))
    return sorted(found, key=lambda one: one.start)


def _spelt(kind: str, written: str) -> str:
    return _AT.sub("@", written) if kind == "email" else written
