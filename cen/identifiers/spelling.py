"""One spelling for what people type: compatibility forms, foreign digits, look-alike letters, separators."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MAX_LENGTH = 100
"""Characters of one identifier that are looked at; no identifier known here is longer (an MRZ has 90)."""

ILLEGIBLE = "?"
"""How a character that cannot be read is written in a normalised number; people type ``?`` or ``_``."""

# Capitals of other scripts that are drawn like a Latin capital. Plates of several administrations use just
# these
# letters, and a keyboard left in the other layout produces them in container numbers.
_LOOKALIKE = str.maketrans("АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTYXABEZHIKMNOPTYX")
_DASHES = frozenset("‐‑‒–—―−﹘﹣－")
_NOT_WRITTEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_ROUNDS = 6


def latin_digits(text: str) -> str:
    """Replace decimal digits of any script by 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def one_line(text: str) -> str:
    """Compatibility-normalised text with plain digits, dashes and spaces, without invisible characters."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join("-" if char in _DASHES else " " if char.isspace() else char for char in plain)
    plain = "".join(char for char in plain if unicodedata.category(char) not in _NOT_WRITTEN)
    return latin_digits(plain).strip()


def _settled(text: str, keep: str) -> str:
    capitals = unicodedata.normalize("NFKC", one_line(text).upper()).translate(_LOOKALIKE)
    if ILLEGIBLE in keep:
        capitals = capitals.replace("_", ILLEGIBLE)
    return "".join(char for char in latin_digits(capitals) if char.isalnum() or char in keep)


def compact(raw: str, keep: str = "") -> str:
    """Capital letters and digits of ``raw`` without separators; characters of ``keep`` stay.

    Repeating it changes nothing: a few letters change again when capitalised and normalised, so it runs until
    the text is settled. At most ``MAX_LENGTH`` characters are read and returned.
    """
    text = raw[:MAX_LENGTH]
    for _round in range(_ROUNDS):
        settled = _settled(text, keep)[:MAX_LENGTH]
        if settled == text:
            break
        text = settled
    return text


def is_plain(text: str) -> bool:
    """Whether only ASCII letters and digits stand in ``text``."""
    return text.isascii() and text.isalnum()


def aligned(text: str) -> tuple[str, Sequence[int]]:
    """``text`` for searching, and for each of its characters the place in ``text`` it came from.

    Compatibility forms, foreign digits, dashes and spaces become plain and accents go; case stays. Invisible
    characters are left out, so that a number cannot be hidden by a zero-width space in its middle.
    """
    if text.isascii() and text.isprintable():
        return text, range(len(text))
    characters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        written = _plain.get(char)
        if written is None:
            written = _plain[char] = _searchable(char)
            if len(_plain) > _MOST_REMEMBERED:
                _plain.clear()
        characters.append(written)
        places.extend([place] * len(written))
    return "".join(characters), places


_MOST_REMEMBERED = 4000
_plain: dict[str, str] = {}
_TATWEEL = "\u0640"


def _searchable(char: str) -> str:
    if char in "\n\r\t":
        return char
    if char in _DASHES:
        return "-"
    if char.isspace():
        return " "
    return "".join(
        part
        for part in latin_digits(unicodedata.normalize("NFKD", char))
        if part != _TATWEEL and not unicodedata.combining(part) and unicodedata.category(part) not in _NOT_WRITTEN
    )


def capitals(text: str) -> str:
    """``text`` in capitals, place by place: letters whose capital is longer stay as they are."""
    upper = text.upper()
    if len(upper) == len(text):
        return upper
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)
