"""What is kept of a person or a company, field by field, and how each is checked, found and left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding, RulesBroken
from cen.codelists import lists
from cen.identifiers.reading import read
from cen.models.party import PartyKind

PERSON, COMPANY = PartyKind.PERSON.value, PartyKind.COMPANY.value
_BOTH = (PERSON, COMPANY)
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")

DOCUMENT_KINDS: tuple[tuple[str, Any], ...] = (
    ("passport", _("Passport")),
    ("identity_card", _("Identity card")),
    ("driving_licence", _("Driving licence")),
    ("residence_permit", _("Residence permit")),
    ("seafarer", _("Seafarer’s document")),
    ("other", _("Other document")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. listed: the code list of its values; identifier: the kind its number is read as; lookup: what it
    is found by; many: one value a line; word: `name` or `value` where the release check must know it."""

    code: str
    label: Any
    of: tuple[str, ...]
    listed: str = ""
    identifier: str = ""
    lookup: str = ""
    many: bool = False
    word: str = ""
    longest: int = 200
    hint: Any = ""


FIELDS: dict[str, Field] = {
    field.code: field
    for field in (
        Field("family_name", _("Family name"), (PERSON,), lookup="name", word="name"),
        Field("given_names", _("Given names"), (PERSON,), lookup="name", word="name"),
        Field("name", _("Name"), (COMPANY,), lookup="name", word="name"),
        Field("aliases", _("Other names"), _BOTH, lookup="name", many=True, word="name", hint=_("One a line.")),
        Field("birth_date", _("Date of birth"), (PERSON,), hint=_("1985-04-12, or 1985-04, or 1985."), longest=10),
        Field("birth_place", _("Place of birth"), (PERSON,)),
        Field("sex", _("Sex"), (PERSON,), listed="sex"),
        Field("nationality", _("Nationality"), (PERSON,), listed="country"),
        Field("document_kind", _("Kind of document"), (PERSON,)),
        Field(
            *("document_number", _("Number of the document"), (PERSON,)),
            identifier="passport_number",
            lookup="document",
            word="value",
        ),
        Field("document_issuer", _("Issued by"), (PERSON,), listed="country"),
        Field("registration_number", _("Registration number"), (COMPANY,), lookup="registration", word="value"),
        Field("registration_country", _("Registered in"), (COMPANY,), listed="country"),
        Field("vat", _("Tax number (VAT)"), (COMPANY,), identifier="vat", lookup="tax", word="value"),
        Field("eori", _("EORI number"), (COMPANY,), identifier="eori", lookup="tax", word="value"),
        Field("lei", _("Legal entity identifier"), (COMPANY,), identifier="lei", lookup="tax", word="value"),
        Field("address", _("Address"), _BOTH, many=True, longest=500),
        Field("address_country", _("Country of the address"), _BOTH, listed="country"),
        Field(
            *("phones", _("Telephone numbers"), _BOTH),
            identifier="phone",
            lookup="phone",
            many=True,
            word="value",
            hint=_("One a line, with the country: +233 24 123 4567"),
        ),
        Field(
            *("emails", _("E-mail addresses"), _BOTH),
            identifier="email",
            lookup="email",
            many=True,
            word="value",
            hint=_("One a line."),
        ),
        Field(
            *("accounts", _("Bank accounts (IBAN)"), _BOTH),
            identifier="iban",
            lookup="account",
            many=True,
            word="value",
            hint=_("One a line."),
        ),
        Field("occupation", _("Occupation or business"), _BOTH),
        Field("note", _("Note"), _BOTH, many=True, longest=2_000),
    )
}


def fields_of(kind: str) -> list[Field]:
    """The fields of a person or a company, in the order they are asked."""
    return [field for field in FIELDS.values() if kind in field.of]


def lines(value: str) -> list[str]:
    """The values of a field that takes several."""
    return [line.strip() for line in value.splitlines() if line.strip()]


def checked(kind: str, details: Mapping[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """The fields that say something, and warnings; raises RulesBroken for what can't be kept as it is.

    Numbers that break their check rule are kept and warned about, never refused.
    """
    if kind not in _BOTH:
        raise RulesBroken([Finding("kind_unknown", _now("Choose a person or a company."), "kind")])
    given = {code: _settled(value) for code, value in details.items() if value and value.strip()}
    findings: list[Finding] = []
    for code, value in given.items():
        findings += _of_field(kind, code, value)
    if kind == PERSON and not {"family_name", "given_names", "aliases"} & set(given):
        findings.append(Finding("name_missing", _now("Write at least one name of the person."), "family_name"))
    if kind == COMPANY and "name" not in given:
        findings.append(Finding("name_missing", _now("Write the name of the company."), "name"))
    if any(one.severity == "error" for one in findings):
        raise RulesBroken(findings)
    return given, findings


def _settled(value: str) -> str:
    return "\n".join(" ".join(line.split()) for line in value.replace("\x00", "").splitlines() if line.strip())


def _of_field(kind: str, code: str, value: str) -> list[Finding]:
    field = FIELDS.get(code)
    if field is None or kind not in field.of:
        return [Finding("field_unknown", _now("This field does not belong here."), code)]
    if len(value) > field.longest:
        sentence = _now("Write at most %(number)s characters.") % {"number": field.longest}
        return [Finding("too_long", sentence, code)]
    if field.listed and not lists.is_valid(field.listed, value):
        return [Finding("code_unknown", _now("Choose a value of the list."), code)]
    if code == "document_kind" and value not in dict(DOCUMENT_KINDS):
        return [Finding("code_unknown", _now("Choose a value of the list."), code)]
    if code == "birth_date" and not _is_date(value):
        return [Finding("date_unreadable", _now("Write the date like 1985-04-12, 1985-04 or 1985."), code)]
    return doubts(field, value)


def doubts(field: Field, value: str) -> list[Finding]:
    """Warnings about numbers of the field that break their check rule."""
    if not field.identifier:
        return []
    readings = [read(field.identifier, one) for one in (lines(value) if field.many else [value])]
    return [
        Finding(
            f"{field.code}_doubtful",
            str(reading.sentence),
            field.code,
            severity="warning",
            suggestion=reading.suggestion[0] if reading.suggestion else "",
        )
        for reading in readings
        if reading.verdict == "doubtful"
    ]


def _is_date(value: str) -> bool:
    found = _DATE.fullmatch(value)
    if not found:
        return False
    try:
        day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return date(1850, 1, 1) <= day <= date.today()
