"""Names as they are compared: without accents, case and separators, in any order of their words."""

from __future__ import annotations

import re

from cen.identifiers.spelling import aligned

LONGEST = 200
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# Forms of companies: one writes them, the next leaves them out.
_FORMS_WRITTEN = (
    "ltd limited inc llc llp plc corp co gmbh ag sa sarl sas spa srl bv nv bvba pty pte bhd sdn oy ab as ooo zao jsc"
)
_FORMS = frozenset(_FORMS_WRITTEN.split())


def words(name: str) -> list[str]:
    """The words of a name, folded."""
    plain, _places = aligned(name[:LONGEST])
    return _WORD.findall(plain.casefold().translate(_LETTERS))


def name_keys(name: str) -> set[str]:
    """The spellings under which a name is kept and looked up: equal keys mean the same name.

    Umlauts count both ways ("Müller" is "Muller" and "Mueller"); a company also without its legal form.
    """
    keys = set()
    for spelling in {name, name.casefold().translate(_SPELT_OUT)}:
        parts = sorted(words(spelling))
        without_form = [part for part in parts if part not in _FORMS]
        keys |= {" ".join(parts), " ".join(without_form)}
    return keys - {""}


def person_keys(family: str, given: str) -> set[str]:
    """Keys of a person: all names, and the family name with the first given name alone."""
    first = given.split()[:1]
    return name_keys(f"{given} {family}") | (name_keys(" ".join([*first, family])) if first else set())
