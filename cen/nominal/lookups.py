"""What parties and nominal identifiers are found by: exact values, normalised, then hashed under a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cen.identifiers.kinds import NOMINAL_KINDS
from cen.identifiers.reading import read
from cen.identifiers.spelling import compact
from cen.nominal.fields import FIELDS, lines
from cen.nominal.name_keys import name_keys, person_keys


@dataclass(frozen=True, slots=True)
class Lookup:
    """One way to look up. in_parties: among the hashes of parties; identifier: the kind of nominal identifiers."""

    code: str
    label: Any
    in_parties: bool = False
    identifier: str = ""


LOOKUPS: dict[str, Lookup] = {
    one.code: one
    for one in (
        Lookup("name", _("Name of a person or company"), True),
        Lookup("document", _("Number of a personal document"), True, "passport_number"),
        Lookup("phone", _("Telephone number"), True, "phone"),
        Lookup("email", _("E-mail address"), True, "email"),
        Lookup("account", _("Bank account (IBAN)"), True, "iban"),
        Lookup("registration", _("Registration number of a company"), True),
        Lookup("tax", _("VAT, EORI or LEI number"), True),
        Lookup("plate", _("Vehicle plate"), False, "plate"),
        Lookup("vin", _("Vehicle identification number"), False, "vin"),
        Lookup("imei", _("IMEI of a mobile phone"), False, "imei"),
        Lookup("mrz", _("Machine-readable zone of a travel document"), False, "passport_mrz"),
    )
}


def terms(lookup: str, text: str) -> set[str]:
    """The normalised values that a look-up of the text asks for; empty where the text says nothing."""
    if lookup == "name":
        return name_keys(text)
    kind = LOOKUPS[lookup].identifier
    number = read(kind, text).normalised if kind else compact(text)
    return {number} - {""}


def terms_of(details: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pairs of look-up and normalised value under which a party is found."""
    found = {("name", key) for key in person_keys(details.get("family_name", ""), details.get("given_names", ""))}
    for code, value in details.items():
        lookup = FIELDS[code].lookup
        if not lookup or code in {"family_name", "given_names"}:
            continue
        for one in lines(value):
            found |= {(lookup, term) for term in terms(lookup, one)}
    return found


def lookup_of_kind(kind: str) -> str:
    """The look-up that finds nominal identifiers of the kind."""
    return next(one.code for one in LOOKUPS.values() if one.identifier == kind)


# Every nominal kind can be looked up; a new kind without a way to find it would stop the start here.
NOMINAL_LOOKUPS = {kind: lookup_of_kind(kind) for kind in sorted(NOMINAL_KINDS)}
