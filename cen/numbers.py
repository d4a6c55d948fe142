"""Numbers as people write them: thousands marks, decimal commas, foreign digits, "Y", "unknown"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cen.identifiers.spelling import latin_digits

State = Literal["measured", "unmeasured", "absent", "refused"]
LONGEST = 64
MOST_INTEGER_DIGITS = 15
MOST_DECIMALS = 30
DISPLAY_DIGITS = 12


@dataclass(frozen=True, slots=True)
class NumberReading:
    """``given`` as written, its exact ``value`` and a ``display`` of at most twelve significant digits.

    ``state``: ``measured`` has a value; ``unmeasured`` says that there was something, not how much;
    ``absent`` says
    nothing; ``refused`` cannot be a quantity. ``code`` and ``sentence`` give the reason or a note.
    """

    given: str
    state: State
    value: Decimal | None = None
    display: str = ""
    code: str | None = None
    sentence: str | Promise | None = None


_REMARKS: dict[str, tuple[State, str | Promise]] = {
    "number_empty": ("absent", _("No quantity is given.")),
    "number_unknown": ("absent", _("The quantity is given as unknown.")),
    "number_none": ("absent", _("The source says that there was none.")),
    "number_unmeasured": (
        "unmeasured",
        _("The goods were there, but were not weighed or counted."),
    ),
    "number_negative": (
        "refused",
        _("A quantity cannot be less than zero. Correct it."),
    ),
    "number_not_finite": (
        "refused",
        _("This is no number that can be measured. Write the quantity in digits."),
    ),
    "number_too_large": (
        "refused",
        _("This number is too large or too fine to be a quantity. Check the unit."),
    ),
    "number_too_long": (
        "refused",
        _("This text is too long for a number. Write only the digits."),
    ),
    "number_separators": (
        "refused",
        _("The points and commas do not fit together. Write it like 1234.56."),
    ),
    "number_not_understood": (
        "refused",
        _("This is not a number. Write only digits, and the unit in its own field."),
    ),
    "number_ambiguous_thousands": (
        "measured",
        _("The mark before the last three digits is read as thousands. Correct the number if it is a decimal mark."),
    ),
    "number_ambiguous_decimal": (
        "measured",
        _("The point before the last three digits is read as a decimal mark. Correct the number if it is thousands."),
    ),
    "number_approximate": (
        "measured",
        _("The source gives the quantity as approximate."),
    ),
    "number_rounded": (
        "measured",
        _("The number is kept as given and shown with twelve digits."),
    ),
}

_PRESENT = frozenset(
    (
        "y",
        "yes",
        "some",
        "present",
        "x",
        "several",
        "various",
        "many",
        "oui",
        "sí",
        "si",
        "sim",
        "да",
        "نعم",
        "true",
    )
)
_UNKNOWN_WRITTEN = (
    "unknown n/a na n.a. n.a nd n.d. n.d n/d ns null nil ? ?? - -- --- . unk unspecified undetermined "
    "inconnu inconnue desconocido desconocida desconhecido неизвестно"
)
_UNKNOWN_PHRASES = (
    "not known",
    "not available",
    "not stated",
    "not applicable",
    "not specified",
    "sin datos",
    "no data",
)
_UNKNOWN = frozenset(_UNKNOWN_WRITTEN.split()).union(_UNKNOWN_PHRASES)
_NONE = frozenset(("n", "no", "none", "non", "false", "ninguno", "aucun"))
_NOT_FINITE = frozenset(
    (
        "nan",
        "inf",
        "infinity",
        "+inf",
        "-inf",
        "+infinity",
        "-infinity",
        "∞",
        "-∞",
        "+∞",
    )
)

_GROUP_MARKS = str.maketrans(dict.fromkeys("’‘ʼ´`_ ٬", "'") | {"\u066b": "\u066b"})
_APPROXIMATE = re.compile(
    r"^(?:~|≈|ca\.?|circa|about|approx\.?|approximately|env\.?|environ|aprox\.?|unos) ?(?=[0-9])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<body>[0-9.,'\u066b]+)(?:[eE](?P<exponent>[+-]?[0-9]{1,9}))?")
_DECIMAL_COMMA = frozenset(
    (
        "fr",
        "es",
        "de",
        "pt",
        "ru",
        "it",
        "nl",
        "pl",
        "tr",
        "el",
        "sv",
        "da",
        "nb",
        "fi",
        "cs",
        "comma",
    )
)
_DECIMAL_POINT = frozenset(("en", "zh", "ja", "ko", "th", "he", "hi", "point"))


def _remark(given: str, code: str) -> NumberReading:
    state, sentence = _REMARKS[code]
    return NumberReading(given, state, code=code, sentence=sentence)


def shown(value: Decimal) -> str:
    """``value`` with at most twelve significant digits, without exponent and without zeros at the end."""
    rounded = Context(prec=DISPLAY_DIGITS, rounding=ROUND_HALF_EVEN).create_decimal(value)
    text = format(rounded, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _grouped(parts: list[str]) -> bool:
    """Groups of three after the first; or India's groups of two before a last one of three."""
    first, *rest = parts
    if not rest or not 1 <= len(first) <= 3:
        return False
    if all(len(part) == 3 for part in rest):
        return True
    return len(first) <= 2 and len(rest[-1]) == 3 and all(len(part) == 2 for part in rest[:-1])


def _decimal_mark(hint: str | None) -> str | None:
    language = (hint or "").replace("_", "-").split("-")[0].lower()
    if language in _DECIMAL_COMMA:
        return ","
    return "." if language in _DECIMAL_POINT else None


def _plain(body: str, hint: str | None) -> tuple[str, str | None] | None:
    """``body`` with a decimal point only, and the code of a note; None when its marks do not fit together."""
    decimal = ""
    note: str | None = None
    if "\u066b" in body:
        body, _mark, decimal = body.partition("\u066b")
        if not decimal.isdecimal() or "." in body:
            return None
    elif "," in body and "." in body:
        mark = max(",.", key=body.rindex)
        body, _mark, decimal = body.rpartition(mark)
        if mark in body or "'" in decimal or (decimal and not decimal.isdecimal()):
            return None
    else:
        mark = "," if "," in body else "."
        count = body.count(mark)
        if count == 1:
            whole, _mark, last = body.partition(mark)
            if "'" in last:
                return None
            expected = _decimal_mark(hint)
            could_be_thousands = len(last) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" and whole.isdecimal()
            if could_be_thousands and expected != mark:
                if mark == "." and expected is None:
                    body, decimal, note = whole, last, "number_ambiguous_decimal"
                else:
                    body = whole + last
                    note = "number_ambiguous_thousands" if expected is None else None
            else:
                body, decimal = whole, last
    marks = {char for char in body if not char.isdecimal()}
    if len(marks) > 1:
        return None
    if marks:
        parts = body.split(marks.pop())
        if not _grouped(parts):
            return None
        body = "".join(parts)
    if not body and not decimal:
        return None
    return f"{body or '0'}.{decimal or '0'}", note


def _words(given: str) -> str | None:
    word = " ".join(given.casefold().split())
    for words, code in (
        (_PRESENT, "number_unmeasured"),
        (_UNKNOWN, "number_unknown"),
        (_NONE, "number_none"),
        (_NOT_FINITE, "number_not_finite"),
    ):
        if word in words:
            return code
    return None


def read_number(text: str | float | Decimal | None, *, locale_hint: str | None = None) -> NumberReading:
    """Read one quantity from a form, a sheet or a file; never raises on what is in it.

    ``locale_hint`` is a language (``"fr"``, ``"es-MX"``) or ``"point"`` / ``"comma"`` for the decimal mark;
    without it
    ``1,234`` is read as thousands, ``1.234`` as a decimal number, both with a note.
    """
    given = "" if text is None else str(text)
    if len(given) > LONGEST:
        return _remark(given[:LONGEST], "number_too_long")
    written = latin_digits(unicodedata.normalize("NFKC", given)).strip()
    written = "".join(char for char in written if unicodedata.category(char) != "Cf")
    written = written.replace("−", "-").replace("–", "-")
    if not written:
        return _remark(given, "number_empty")
    if code := _words(written):
        return _remark(given, code)
    exact = _APPROXIMATE.sub("", written)
    match = _NUMBER.fullmatch("".join(exact.split(" ")) if _is_padded(exact) else exact.translate(_GROUP_MARKS))
    if not match:
        return _remark(given, "number_not_understood")
    hint = "point" if match["exponent"] or isinstance(text, int | float | Decimal) else locale_hint
    plain = _plain(match["body"], hint)
    if plain is None:
        return _remark(given, "number_separators")
    number, note = plain
    exponent = int(match["exponent"] or 0)
    if abs(exponent) > 50:
        return _remark(given, "number_too_large")
    with localcontext(prec=200):
        value = Decimal(f"{number}E{exponent}")
        value = value.normalize() if value else Decimal(0)
        if value.adjusted() >= MOST_INTEGER_DIGITS or _decimals(value) > MOST_DECIMALS:
            return _remark(given, "number_too_large")
        if match["sign"] == "-" and value:
            return _remark(given, "number_negative")
        value = value.quantize(Decimal(1)) if _decimals(value) <= 0 else value
    if exact != written:
        note = "number_approximate"
    elif note is None and len(value.as_tuple().digits) > DISPLAY_DIGITS and _decimals(value) > 0:
        note = "number_rounded"
    sentence = _REMARKS[note][1] if note else None
    return NumberReading(given, "measured", value, shown(value), note, sentence)


def _is_padded(text: str) -> bool:
    """Whether the only blank stands behind a sign: ``- 5``."""
    return re.fullmatch(r"[+-] [0-9.,]+", text) is not None


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
