"""The check before a record leaves an administration: what in its texts still points at a person?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cen.identifiers.extraction import LONGEST_TEXT, find_identifiers
from cen.identifiers.kinds import NOMINAL_KINDS
from cen.identifiers.spelling import aligned, capitals
from cen.names_in_text import names_in

LONGEST_EXCERPT = 60
_OVERLAP = 400
_CONTEXT = 12
_SHORTEST_VALUE = 4
_PHONE_TAIL = 8
_PHONE_REST = 7
_GAP = re.compile(r"[\s.\-/_(),:|]{0,3}")
_PHONE_VALUE = re.compile(r"\(?(?:\+|00)[0-9 ().\-/]{8,}|0[0-9 ().\-/]{8,}")

_SENTENCES: dict[str, str | Promise] = {
    "name": _("A name of a linked person or company is in this text. Take it out, or say why it may stay."),
    "value": _("A number kept with the parties of this case is in this text. Take it out, or say why it may stay."),
    "email": _("An e-mail address is in this text. Take it out, or say why it may stay."),
    "phone": _("A telephone number seems to be in this text. Take it out, or say why it may stay."),
    "passport_mrz": _("The machine-readable lines of a travel document are in this text. Take them out."),
    "passport_number": _("The number of a personal document is in this text. Take it out, or say why it may stay."),
    "iban": _("A bank account is in this text. Take it out, or say why it may stay."),
    "vin": _("A vehicle number is in this text. Take it out, or say why it may stay."),
    "plate": _("A vehicle plate seems to be in this text. Take it out, or say why it may stay."),
    "imei": _("The number of a mobile phone is in this text. Take it out, or say why it may stay."),
}


@dataclass(frozen=True, slots=True)
class Leftover:
    """One find in ``texts[field][start:end]``; ``excerpt`` shows at most 60 characters."""

    field: str
    kind: str
    excerpt: str
    start: int
    end: int
    sentence: str | Promise


def find_leftovers(
    texts: Mapping[str, str],
    *,
    names: Collection[str] = (),
    values: Collection[str] = (),
) -> list[Leftover]:
    """What in ``texts`` (field name: text or file name) must be resolved or justified before release.

    ``names`` are the linked persons and companies, ``values`` what is kept of them (document numbers, plates,
    telephones), found in any spacing. E-mail addresses, telephone numbers, machine-readable zones, personal
    documents, accounts, vehicle numbers and plates are found without being given. Ordered by field, then
    place;
    what overlaps is reported once.
    """
    wanted = sorted(
        {number for value in values if (number := _alnum(value)[0])},
        key=len,
        reverse=True,
    )
    tails = {_alnum(value)[0][-_PHONE_TAIL:] for value in values if _PHONE_VALUE.fullmatch(value.strip())}
    found: list[Leftover] = []
    for field, text in texts.items():
        taken = bytearray(len(text))
        here: list[Leftover] = []
        for kind, start, end in _finds(text, names, wanted, tails):
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\x01" * (end - start)
            here.append(Leftover(field, kind, excerpt(text, start, end), start, end, _SENTENCES[kind]))
        found.extend(sorted(here, key=lambda one: one.start))
    return found


def _finds(
    text: str, names: Collection[str], values: Collection[str], tails: Collection[str]
) -> Iterator[tuple[str, int, int]]:
    for start, end in _values_in(text, values, tails):
        yield "value", start, end
    identifiers = list(_nominal_in(text))
    # An address is found whole, though a name stands in it.
    yield from (one for one in identifiers if one[0] in ("email", "passport_mrz"))
    for start, end in names_in(text, names):
        yield "name", start, end
    yield from (one for one in identifiers if one[0] not in ("email", "passport_mrz"))


def _nominal_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Nominal identifiers of the whole text, however long: pieces overlap so that none is cut in two."""
    # An underscore joins the words of a file name; here it only parts them.
    text = text.replace("_", " ") if "@" not in text else text
    for offset in range(0, max(len(text), 1), LONGEST_TEXT - _OVERLAP):
        for one in find_identifiers(text[offset : offset + LONGEST_TEXT]):
            if one.kind in NOMINAL_KINDS:
                yield one.kind, offset + one.start, offset + one.end


def _alnum(text: str) -> tuple[str, list[int]]:
    """Letters and digits of ``text`` in capitals, and where in ``text`` each came from."""
    plain, places = aligned(text)
    upper = capitals(plain)
    kept = [place for place, char in enumerate(upper) if char.isalnum()]
    return "".join(upper[place] for place in kept), [places[place] for place in kept]


def _values_in(text: str, values: Collection[str], tails: Collection[str]) -> Iterator[tuple[int, int]]:
    stream, places = _alnum(text)

    def joined(first: int, last: int) -> bool:
        """Whether nothing but separators stands between the two characters of the stream."""
        return all(
            _GAP.fullmatch(text, places[place] + 1, max(places[place] + 1, places[place + 1]))
            for place in range(first, last)
        )

    def adjacent(left: int, right: int) -> bool:
        """Whether the two characters of the stream stand side by side in one word."""
        return left >= 0 and right < len(places) and places[right] - places[left] <= 1

    for number in (*values, *tails):
        tail = number in tails
        if len(number) < _SHORTEST_VALUE:
            continue
        place = stream.find(number)
        while place >= 0:
            last = place + len(number) - 1
            first = place
            # The country or trunk digits before the tail belong to the number.
            while tail and place - first < _PHONE_REST and first and stream[first - 1].isdecimal():
                if not joined(first - 1, first):
                    break
                first -= 1
            whole = not adjacent(last, last + 1) and not adjacent(first - 1, first)
            if whole and joined(place, last):
                yield places[first], places[last] + 1
            place = stream.find(number, place + 1)


def excerpt(text: str, start: int, end: int) -> str:
    """The find with a few characters around it, on one line, at most ``LONGEST_EXCERPT`` long."""
    around = min(_CONTEXT, max(0, (LONGEST_EXCERPT - 2 - (end - start)) // 2))
    first, last = max(0, start - around), min(len(text), end + around)
    shown = " ".join(text[first:last].split())
    shown = ("…" if first > 0 else "") + shown + ("…" if last < len(text) else "")
    return shown if len(shown) <= LONGEST_EXCERPT else shown[: LONGEST_EXCERPT - 1] + "…"
