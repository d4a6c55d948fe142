"""Codes of places and the letters of countries inside other identifiers."""

from __future__ import annotations

import re
from functools import lru_cache

import pycountry
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cen.identifiers.finding import Finding, Outcome

_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
# Used in customs and postal numbers beside ISO 3166: Northern Ireland, Kosovo, the European Union, the high
# seas.
_BESIDE_ISO = frozenset(("XI", "XK", "EU", "XZ"))


@lru_cache(maxsize=1)
def country_letters() -> frozenset[str]:
    """Two-letter codes that may stand for a country or territory."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | _BESIDE_ISO


def unknown_country(letters: str) -> Finding:
    """The doubt about two letters that stand where a country should."""
    return Finding(
        "country_letters",
        format_lazy(_("The letters {letters} are no country or territory."), letters=letters),
    )


def check_locode(code: str) -> Outcome:
    """Country letters and three characters. Whether the place is listed is for the code list to say."""
    if not _LOCODE.fullmatch(code):
        return Finding(
            "locode_pattern",
            _("A UN/LOCODE has two letters of the country and three characters."),
        )
    if code[:2] not in country_letters():
        return unknown_country(code[:2])
    return "unchecked"
