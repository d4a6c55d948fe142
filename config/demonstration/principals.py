"""Everybody an outside test signs in as: each role at each seat, with password, authenticator and keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actions.credentials import issue, revoke
from accounts.actor import Actor
from accounts.middleware import actor_of_officer
from accounts.models import Administration, ApiCredential, LiaisonOffice, Officer, Posting
from accounts.roles import AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT, Role
from accounts.scopes import Scope, scopes_for
from accounts.sign_in import totp

# Three administrations of one liaison office, two of another.
ADMINISTRATIONS = ("GH", "SN", "NG", "NL", "DE")
LIAISON_OFFICES = ("WA", "WE")
SINCE = date(2024, 1, 1)
DOMAIN = "acceptance.example.org"


@dataclass(frozen=True, slots=True)
class Seat:
    """code: as in the references; facts: the owner columns of a posting at it."""

    kind: str
    code: str
    facts: dict[str, Any]
    roles: tuple[Role, ...]


def seed_principals() -> dict[str, Any]:
    """Makes or renews every principal; returns what a test needs to sign in as each of them.

    All share one new password, since hashing one is slow on purpose; each has an authenticator of its own.
    """
    password = secrets.token_urlsafe(18)
    encoded = make_password(password)
    with transaction.atomic():
        people = [person | {"password": password} for seat in _seats() for person in _people(seat, encoded)]
    clients = [client for seat in _seats() for client in _clients(seat)]
    return {"origin": settings.PUBLIC_ORIGIN, "people": people, "clients": clients}


def _seats() -> Iterator[Seat]:
    national, regional, central = (tuple(sorted(r)) for r in (AT_ADMINISTRATION, AT_LIAISON_OFFICE, AT_SECRETARIAT))
    for one in Administration.unguarded.filter(code__in=ADMINISTRATIONS).order_by("code"):
        yield Seat("administration", one.code, {"administration": one}, national)
    for office in LiaisonOffice.unguarded.filter(code__in=LIAISON_OFFICES).order_by("code"):
        yield Seat("liaison_office", office.code, {"liaison_office": office}, regional)
    yield Seat("secretariat", "", {"secretariat": True}, central)


def _people(seat: Seat, encoded: str) -> Iterator[dict[str, Any]]:
    for role in seat.roles:
        yield _person(seat, encoded, role, role.value)
    if seat.kind == "administration":
        yield _person(seat, encoded, Role.OFFICER, "second_officer")
        yield _person(seat, encoded, Role.OFFICER, "suspended", active=False)
        yield _person(seat, encoded, Role.OFFICER, "password_only", factor=False)
        yield _person(seat, encoded, Role.OFFICER, "posting_ended", until=SINCE + timedelta(days=30))


def _person(
    seat: Seat,
    encoded: str,
    role: Role,
    key: str,
    *,
    active: bool = True,
    factor: bool = True,
    until: date | None = None,
) -> dict[str, Any]:
    email = f"{key}.{seat.code.lower() or 'secretariat'}@{DOMAIN}".replace("_", "-")
    officer = Officer.unguarded.filter(email=email).first() or Officer.unguarded.create_user(
        email, display_name=f"{role.label} {seat.code}".strip()
    )
    secret = totp.new_secret() if factor else ""
    officer.password, officer.is_active = encoded, active
    officer.save()
    Authenticator.objects.filter(user=officer).delete()
    if factor:
        TOTP.activate(officer, secret)
    if not Posting.unguarded.filter(officer=officer, role=role).exists():
        Posting.unguarded.create(officer=officer, role=role, since=SINCE, until=until, **seat.facts)
    return {
        "key": key,
        "email": email,
        "totp_secret": secret,
        "role": role.value,
        "seat": {"kind": seat.kind, "code": seat.code},
        "may_sign_in": active and factor and until is None,
    }


def _clients(seat: Seat) -> Iterator[dict[str, Any]]:
    issuer = _issuer(seat)
    for old in ApiCredential.unguarded.filter(issued_by_id=issuer.officer_id, revoked_at=None):
        with transaction.atomic(), acting_as(issuer):
            revoke(issuer, old)
    every = tuple(scopes_for(administration=seat.kind == "administration"))
    kinds: dict[str, tuple[Scope, ...]] = {
        "all": every,
        "reading": (Scope.PUBLISHED_READ, Scope.REFERENCE_READ),
        "without_scope": (),
        "expired": every,
        "revoked": every,
    }
    for key, scopes in kinds.items():
        with transaction.atomic(), acting_as(issuer):
            credential, token = issue(issuer, name=f"Acceptance: {key}", scopes=scopes or every)
            if not scopes:
                ApiCredential.unguarded.filter(pk=credential.pk).update(scopes=[])
            if key == "revoked":
                revoke(issuer, credential)
            if key == "expired":
                gone = timezone.now() - timedelta(seconds=1)
                ApiCredential.unguarded.filter(pk=credential.pk).update(expires_at=gone)
        yield {
            "key": key,
            "token": token,
            "scopes": sorted(scopes),
            "seat": {"kind": seat.kind, "code": seat.code},
            "may_call": key not in {"expired", "revoked"},
        }


def _issuer(seat: Seat) -> Actor:
    role = {"administration": Role.NCP, "liaison_office": Role.LIAISON_HEAD}.get(
        seat.kind, Role.SECRETARIAT_ADMINISTRATOR
    )
    email = f"{role.value}.{seat.code.lower() or 'secretariat'}@{DOMAIN}".replace("_", "-")
    actor = actor_of_officer(Officer.unguarded.get(email=email), stepped_up=timezone.now().timestamp())
    if actor is None:
        raise LookupError(email)
    return actor
