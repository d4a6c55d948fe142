"""Which country or territory a text names: codes, names in six languages, former names, usual variants.

A text is compared without regard to case, accents, punctuation and the order of its words. What names no
single territory of today is reported by `why_unresolved`, never guessed.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt")
NAMES_FILE = Path(__file__).parent / "country_names.csv"

# Codes outside ISO 3166-1 that records need: user-assigned, exceptionally reserved, and one that was divided.
ADDED = {
    "XK": {"en": "Kosovo"},
    "EU": {"en": "European Union"},
    "AN": {
        "en": "Netherlands Antilles",
        "fr": "Antilles néerlandaises",
        "es": "Antillas Neerlandesas",
        "ar": "جزر الأنتيل الهولندية",
        "ru": "Нидерландские Антильские острова",
        "pt": "Antilhas Holandesas",
    },
}
# Codes that were withdrawn and have exactly one successor, and codes in use beside ISO's.
_OTHER_CODES = {
    "BU": "MM", "ZR": "CD", "TP": "TL", "DD": "DE", "YD": "YE", "HV": "BF", "DY": "BJ", "RH": "ZW", "NH": "VU",
    "FX": "FR", "UK": "GB", "EL": "GR", "XKX": "XK", "UNK": "XK", "ROM": "RO", "ZAR": "CD", "BUR": "MM",
    "TMP": "TL", "ANT": "AN",
}  # fmt: skip
_FORMER_CODES = frozenset(_OTHER_CODES) - {"UK", "EL", "XKX", "UNK", "FX"}
_SILENT_WORDS = frozenset(
    {"the", "of", "and", "de", "del", "la", "las", "le", "les", "el", "los", "et", "y", "e", "da", "do", "das", "dos"}
)


class NameKind(StrEnum):
    """How a text names its territory."""

    CODE = "code"
    NAME = "name"
    ALTERNATE = "alternate"
    FORMER = "former"
    PART = "part"


class Unresolved(StrEnum):
    """Why a text names no territory."""

    BLANK = "blank"
    UNKNOWN = "unknown"
    SEVERAL = "several"
    DISSOLVED = "dissolved"
    NOT_FOUND = "not_found"

    @property
    def sentence(self) -> str | Promise:
        """What to do, for a report."""
        return {
            Unresolved.BLANK: _("No country is given."),
            Unresolved.UNKNOWN: _("The source says that the country is unknown."),
            Unresolved.SEVERAL: _("This names more than one country. Give one, or leave it out."),
            Unresolved.DISSOLVED: _("This state no longer exists and has several successors. Choose one of them."),
            Unresolved.NOT_FOUND: _("No country of this name is known. Write its two-letter code."),
        }[self]


@dataclass(frozen=True, slots=True)
class CountryMatch:
    """The territory named: its code in the list `country`, and how it was named."""

    code: str
    kind: NameKind

    @property
    def old(self) -> bool:
        """Whether the text was a former name or code."""
        return self.kind is NameKind.FORMER


def resolve_country(text: str) -> CountryMatch | None:
    """The territory that the text names; None where it names none, several, or one that was divided."""
    stripped = text.strip()
    plain = _plain(stripped)
    # "NA" is Namibia's code, "na" means that nothing is known.
    if (found := _codes().get(stripped.upper())) and (stripped.isupper() or plain not in _words_without_territory()):
        return found
    if not plain or plain in _words_without_territory():
        return None
    by_name, by_words = _names()
    return by_name.get(plain) or by_words.get(_words(plain))


def why_unresolved(text: str) -> Unresolved | None:
    """The reason where `resolve_country` finds nothing; None where it finds something."""
    if resolve_country(text):
        return None
    plain = _plain(text)
    if not plain:
        return Unresolved.BLANK
    return _words_without_territory().get(plain, Unresolved.NOT_FOUND)


def territory_codes() -> list[str]:
    """The codes of the list `country`: ISO 3166-1 alpha-2 and the few added to it."""
    import pycountry

    return sorted({country.alpha_2 for country in pycountry.countries} | set(ADDED))


def territory_names(code: str) -> dict[str, str]:
    """The name in each language as CLDR has it; "" where there is none, English always."""
    names = {language: _cldr(language).get(code, "") for language in LANGUAGES}
    for language, name in ADDED.get(code, {}).items():
        names[language] = names[language] or name
    if not names["en"]:
        import pycountry

        iso = pycountry.countries.get(alpha_2=code)
        names["en"] = iso.name if iso else code
    return names


@cache
def _own_names() -> list[dict[str, str]]:
    """The rows of the own file: name, code and kind; without a code the kind says why there is none."""
    with NAMES_FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _words_without_territory() -> dict[str, Unresolved]:
    return {_plain(row["name"]): Unresolved(row["kind"]) for row in _own_names() if not row["code"]}


@cache
def _codes() -> dict[str, CountryMatch]:
    import pycountry

    found = {code: CountryMatch(code, NameKind.CODE) for code in territory_codes()}
    found |= {country.alpha_3: CountryMatch(country.alpha_2, NameKind.CODE) for country in pycountry.countries}
    for code, of in _OTHER_CODES.items():
        found[code] = CountryMatch(of, NameKind.FORMER if code in _FORMER_CODES else NameKind.ALTERNATE)
    found["AN"] = found["ANT"] = CountryMatch("AN", NameKind.FORMER)
    return found


@cache
def _names() -> tuple[dict[str, CountryMatch], dict[frozenset[str], CountryMatch]]:
    """Matches by plain name, and by the set of a name's words where only one territory has that set."""
    by_name: dict[str, CountryMatch] = {}
    for name, match in _all_names():
        by_name.setdefault(_plain(name), match)
    by_words: dict[frozenset[str], CountryMatch | None] = {}
    for plain, match in by_name.items():
        words = _words(plain)
        known = by_words.setdefault(words, match)
        if known is not None and known.code != match.code:
            by_words[words] = None
    return by_name, {words: match for words, match in by_words.items() if match and words}


def _all_names() -> Iterator[tuple[str, CountryMatch]]:
    """The own file first: it says which of two meanings a name has, and which names are old."""
    own = [(row["name"], CountryMatch(row["code"], NameKind(row["kind"]))) for row in _own_names() if row["code"]]
    current = {code: CountryMatch(code, NameKind.NAME) for code in territory_codes()}
    shown = {_plain(name): code for code in current for name in territory_names(code).values() if name}
    for name, match in own:
        # A name the list itself shows is the name, whatever else it is.
        plain_code = shown.get(_plain(name))
        yield name, current[plain_code] if plain_code == match.code and not match.old else match
    for code, match in current.items():
        for name in territory_names(code).values():
            yield name, match
    import pycountry

    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            if name := getattr(country, field, ""):
                yield name, current[country.alpha_2]
    for language in ("fr", "es", "pt"):
        translated = _iso_translation(language)
        for country in pycountry.countries:
            if name := translated(country.name):
                yield name, current[country.alpha_2]


def _iso_translation(language: str) -> Callable[[str], str]:
    import gettext

    import pycountry

    catalogue = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    return catalogue.gettext


@cache
def _cldr(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale.parse(language).territories)


def _plain(text: str) -> str:
    """Lower case, without accents and punctuation, `&` and `St.` written out, one blank between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    plain = re.sub(r"['’ʼ`.]", "", plain.replace("&", " and "))
    plain = re.sub(r"[^\w]+", " ", plain).replace("_", " ").strip()
    plain = re.sub(r"\bst\b", "saint", plain)
    return plain.removeprefix("the ")


def _words(plain: str) -> frozenset[str]:
    return frozenset(plain.split()) - _SILENT_WORDS
