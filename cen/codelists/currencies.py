"""Currencies: the codes of ISO 4217, with their names by CLDR."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# Codes of the standard that are no money: testing, and "no currency".
_NO_MONEY = frozenset({"XTS", "XXX"})


@cache
def codes() -> frozenset[str]:
    """Every code in use."""
    return frozenset(one.alpha_3 for one in pycountry.currencies) - _NO_MONEY


def is_known(code: str) -> bool:
    """Whether this is a currency in use."""
    return code in codes()


def label(code: str) -> str:
    """`EUR — Euro` in the active language, else in English; the code itself where it is unknown."""
    name = _names((get_language() or "en")[:2]).get(code)
    return f"{code} — {name}" if name else code


def choices() -> list[tuple[str, str]]:
    """Pairs for a form: `EUR — Euro`, by code."""
    return [(code, label(code)) for code in sorted(codes())]


@cache
def _names(language: str) -> dict[str, str]:
    try:
        given = Locale.parse(language).currencies
    except (UnknownLocaleError, ValueError):
        given = Locale.parse("en").currencies
    return {code: str(given.get(code, code)) for code in codes()}
