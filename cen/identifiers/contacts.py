"""Telephone numbers and e-mail addresses (nominal)."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.spelling import MAX_LENGTH, compact, one_line

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_NATIONAL = re.compile(r"[0-9]{4,15}")
_LABEL = re.compile(r"^(?:TELEPHONE|TELEFONO|TEL|PHONE|MOBILE|MOB|FAX|GSM)(?=[0-9+])")
_EMAIL_LONGEST = 254
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[^\W_]|-){0,62}\.){1,10}[^\W\d_](?:[^\W_]|-){1,62}")


def normalise_phone(raw: str) -> str:
    """``0033 (0)6 12 34 56 78`` becomes ``+33612345678``; a national number keeps its digits."""
    text = one_line(raw[:MAX_LENGTH])
    if text.startswith(("+", "00")):
        text = text.replace("(0)", "", 1)
    number = _LABEL.sub("", compact(text, "+"))
    plus = number.startswith("+")
    digits = number.replace("+", "")
    if not plus and digits.startswith("00"):
        plus, digits = True, digits[2:]
    return f"+{digits}" if plus and digits else digits


def check_phone(number: str) -> Outcome:
    """Plus, country and up to fifteen digits; a national number is four to fifteen digits."""
    if _INTERNATIONAL.fullmatch(number) or _NATIONAL.fullmatch(number):
        return "unchecked"
    return Finding(
        "phone_pattern",
        _("A telephone number has up to fifteen digits; + and the country come first."),
    )


def normalise_email(raw: str) -> str:
    """Small letters without spaces."""
    address = raw[:_EMAIL_LONGEST]
    for _round in range(4):
        settled = unicodedata.normalize("NFKC", one_line(address)).casefold()
        settled = "".join(settled.split()).removeprefix("mailto:")[:_EMAIL_LONGEST]
        if settled == address:
            break
        address = settled
    return address


def check_email(address: str) -> Outcome:
    """A name, ``@`` and a domain with a dot."""
    if not _EMAIL.fullmatch(address):
        return Finding(
            "email_pattern",
            _("An e-mail address has a name, an @ and a domain with a dot."),
        )
    return "unchecked"
