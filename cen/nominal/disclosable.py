"""What somebody outside may ask for, in groups, since he can't know what is kept; and the copy that is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cen.identifiers.kinds import KINDS
from cen.nominal.fields import COMPANY, FIELDS, PERSON


@dataclass(frozen=True, slots=True)
class Group:
    """A group of fields that is asked for as one. of: person, company or identifier; fields: codes or kinds."""

    label: Any
    of: str
    fields: tuple[str, ...]


IDENTIFIER = "identifier"
GROUPS: dict[str, Group] = {
    "person.name": Group(_("Persons: names"), PERSON, ("family_name", "given_names", "aliases")),
    "person.birth": Group(_("Persons: date and place of birth"), PERSON, ("birth_date", "birth_place")),
    "person.origin": Group(_("Persons: sex and nationality"), PERSON, ("sex", "nationality")),
    "person.document": Group(_("Persons: document"), PERSON, ("document_kind", "document_number", "document_issuer")),
    "person.address": Group(_("Persons: address"), PERSON, ("address", "address_country")),
    "person.contact": Group(_("Persons: telephone and e-mail"), PERSON, ("phones", "emails")),
    "person.account": Group(_("Persons: bank accounts"), PERSON, ("accounts",)),
    "person.other": Group(_("Persons: occupation and notes"), PERSON, ("occupation", "note")),
    "company.name": Group(_("Companies: names"), COMPANY, ("name", "aliases")),
    "company.registration": Group(
        *(_("Companies: register and tax numbers"), COMPANY),
        ("registration_number", "registration_country", "vat", "eori", "lei"),
    ),
    "company.address": Group(_("Companies: address"), COMPANY, ("address", "address_country")),
    "company.contact": Group(_("Companies: telephone and e-mail"), COMPANY, ("phones", "emails")),
    "company.account": Group(_("Companies: bank accounts"), COMPANY, ("accounts",)),
    "company.other": Group(_("Companies: business and notes"), COMPANY, ("occupation", "note")),
    "identifier.vehicle": Group(_("Plates and vehicle numbers"), IDENTIFIER, ("plate", "vin")),
    "identifier.contact": Group(_("Telephones and devices"), IDENTIFIER, ("phone", "imei", "email")),
    "identifier.document": Group(_("Documents and accounts"), IDENTIFIER, ("passport_number", "passport_mrz", "iban")),
}


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One field of one entry that may be granted. key: how a form names it; name: how the grant names it, by
    place in the copy and field, such as `1.family_name`; nothing of it but `value` is nominal."""

    key: str
    name: str
    of: str
    field: str
    role: str
    value: str

    @property
    def label(self) -> Any:
        """The field's own word."""
        return KINDS[self.field].label if self.of == IDENTIFIER else FIELDS[self.field].label

    def is_wanted(self, wanted: list[str]) -> bool:
        """Whether one of the groups that were asked for holds it."""
        return any(GROUPS[one].of == self.of and self.field in GROUPS[one].fields for one in wanted if one in GROUPS)

    def as_json(self) -> dict[str, str]:
        """The item as it stands in the sealed copy."""
        return {"name": self.name, "of": self.of, "field": self.field, "role": self.role, "value": self.value}


def item_of(content: Mapping[str, str]) -> Item:
    """An item of a sealed copy."""
    return Item(key="", **{name: content[name] for name in ("name", "of", "field", "role", "value")})
