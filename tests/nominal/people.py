"""Invented persons and companies, and purposes, for the tests of this folder."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor
from cen.actions.parties import OpenParty, record_party
from cen.nominal.purpose import Purpose

WHY = Purpose("INVESTIGATION", "Establishing who drove the lorry of this case")
KWABENA = {
    "family_name": "Ofosu-Mensāh",
    "given_names": "Kwabena Yaw",
    "aliases": "Kobby the Welder",
    "birth_date": "1985-04-12",
    "sex": "M",
    "nationality": "GH",
    "document_kind": "passport",
    "document_number": "G 4418802",
    "address": "12 Harbour Lane\nTema",
    "phones": "+233 24 555 0187\n020 555 0144",
    "emails": "kwabena.welder@example.org",
    "accounts": "GB82 WEST 1234 5698 7654 32",
    "note": "Limps on the left leg",
}
COMPANY = {
    "name": "Blue Heron Müller Trading Ltd",
    "registration_number": "CS-2291/04",
    "vat": "DE 136695976",
    "address": "Dock Road 7",
}


def as_(actor: Actor, act: Any, *args: Any, **kwargs: Any) -> Any:
    """The act as the portal runs it: one transaction in which the database knows the actor."""
    with transaction.atomic(), acting_as(actor):
        return act(actor, *args, **kwargs)


def kwabena(actor: Actor, **changes: str) -> OpenParty:
    """The person, recorded by the actor."""
    opened: OpenParty = as_(actor, record_party, "person", KWABENA | changes, purpose=WHY)[0]
    return opened
