"""Does a text name a person or a company? By the words that stand beside names, without knowing any name."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FORMS = (
    *("Ltd", "Limited", "LLC", "LLP", "Inc", "Incorporated", "Corp", "Corporation", "PLC", "GmbH", "AG", "SARL"),
    *("SAS", "SASU", "EURL", "SpA", "SRL", "BV", "NV", "BVBA", "Oy", "A/S", "ApS", "Pty", "Pte", "Bhd", "Sdn"),
    *("OOO", "ZAO", "JSC", "FZE", "FZCO", "Ltda", "EIRL", "S.A.", "S.A.R.L.", "S.L.", "S.r.l.", "S.p.A.", "B.V."),
    *("N.V.", "& Co", "Co."),
)
_TITLES = (
    "Mr",
    "Mrs",
    "Ms",
    "Miss",
    "Mme",
    "Mlle",
    "Monsieur",
    "Madame",
    "Sr",
    "Sra",
    "Señor",
    "Señora",
    "Herr",
    "Frau",
)
_ROLES = (
    *("shipper", "consignor", "consignee", "notify party", "importer", "exporter", "passenger", "driver", "pilot"),
    *("captain", "suspect", "agent", "forwarder", "expéditeur", "destinataire", "passager", "conducteur"),
    *("remitente", "destinatario", "pasajero", "conductor"),
)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# Bounded, so that a long text without blanks costs no more than its length.
_WORD = r"\w(?:[\w&.'’/-]{0,30}\w)?"
_CAPITAL = rf"(?![a-zß-öø-ÿа-яё_\d]){_WORD}"
_COMPANY = re.compile(rf"\b{_CAPITAL}(?:[ ,]{{1,2}}(?:{_WORD}|&)){{0,4}}?[ ,]{{1,2}}(?:{_any(_FORMS)})(?!\w)")
_PERSON = re.compile(rf"\b(?:{_any(_TITLES)})\.? {{1,2}}{_CAPITAL}(?: {_CAPITAL})?")
_BESIDE = r"(?i: ?[:=] ?| (?:is|named|called|est|nommée?|es|llamad[oa]) )[\"'“‘«]?"
_IN_ROLE = re.compile(rf"\b(?i:{_any(_ROLES)}){_BESIDE}(?!.[\W_])(?i:(?!unknown|inconnu|desconocid)){_CAPITAL}")


def names_somebody(text: str) -> Iterator[str]:
    """Each place of the text that seems to name somebody, as it stands there, at most 60 characters long."""
    for pattern in (_COMPANY, _PERSON, _IN_ROLE):
        for found in pattern.finditer(text):
            yield " ".join(found[0].split())[:60]
