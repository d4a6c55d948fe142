"""The people one may step into. Every name is invented; addresses end in demo.example.org."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Administration, LiaisonOffice, Office, Officer, Posting
from accounts.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """seat: two letters of an administration, `office:CODE` of a liaison office, or `secretariat`."""

    key: str
    name: str
    seat: str
    role: Role
    language: str = "en"


CAST = (
    Person("port-officer", "Adjoa Mensah", "GH", Role.OFFICER),
    Person("supervisor", "Kofi Boateng", "GH", Role.SUPERVISOR),
    Person("contact-point", "Efua Owusu", "GH", Role.NCP),
    Person("liaison-analyst", "Mariama Diallo", "office:WA", Role.LIAISON_ANALYST, "fr"),
    Person("national-analyst", "Yaw Darko", "GH", Role.NATIONAL_ANALYST),
    Person("second-administration", "Pieter de Wit", "NL", Role.NCP),
    Person("secretariat", "Ines Cardoso", "secretariat", Role.SECRETARIAT_ANALYST, "pt"),
    Person("data-protection", "Abena Asante", "GH", Role.DATA_PROTECTION),
)
OFFICES = (
    ("GH", "TEM", "Tema port", "SP", "GHTEM"),
    ("GH", "ACC", "Accra airport cargo", "AC", "GHACC"),
    ("NL", "RTM", "Rotterdam port", "SP", "NLRTM"),
)
SINCE = date(2024, 1, 1)


def seat_cast() -> int:
    """Adds the people and offices that are missing; returns how many people were added."""
    administrations = {one.code: one for one in Administration.unguarded.all()}
    before = Officer.unguarded.count()
    with transaction.atomic():
        for code, short, name, location_type, locode in OFFICES:
            Office.unguarded.get_or_create(
                administration=administrations[code],
                code=short,
                defaults={
                    "name": name,
                    "location_type": location_type,
                    "locode": locode,
                    "time_zone": administrations[code].time_zone,
                },
            )
        for person in CAST:
            officer = seat_person(person.key, person.name, person.seat, person.role, person.language)
            if person.role is Role.SECRETARIAT_ANALYST:
                administrator = {"officer": officer, "role": Role.SECRETARIAT_ADMINISTRATOR}
                Posting.unguarded.get_or_create(**administrator, defaults={"since": SINCE, **_seat(person.seat)})
    return Officer.unguarded.count() - before


def seat_person(key: str, name: str, seat: str, role: Role, language: str = "en") -> Officer:
    """The person of this key with a posting at the seat; made where missing, never changed."""
    email = f"{key}@demo.example.org"
    if officer := Officer.unguarded.filter(email=email).first():
        return officer
    made = Officer.unguarded.create_user(email, display_name=name, language=language)
    Posting.unguarded.create(officer=made, role=role, since=SINCE, **_seat(seat))
    return made


def _seat(seat: str) -> dict[str, object]:
    if seat == "secretariat":
        return {"secretariat": True}
    if seat.startswith("office:"):
        return {"liaison_office": LiaisonOffice.unguarded.get(code=seat.removeprefix("office:"))}
    home = Administration.unguarded.get(code=seat)
    return {"administration": home, "office": Office.unguarded.filter(administration=home).first()}
