"""Who asks the API: a credential `prefix.secret` in the Authorization header, nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.actor import Actor, ActorKind
from accounts.models import ApiCredential, Posting
from accounts.roles import Role
from accounts.scopes import Scope


def hash_secret(secret: str) -> bytes:
    """HMAC-SHA-256 under the installation's key: fast, since the secret has 256 random bits."""
    key = hashlib.sha256(b"api-credential" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, secret.encode(), "sha256")


def new_secret() -> tuple[str, str]:
    """A new prefix (public) and secret (shown once)."""
    return secrets.token_hex(6), secrets.token_urlsafe(32)


class CredentialAuthentication(BaseAuthentication):
    """Puts the Actor of a valid credential into `request.auth`; None for everything else."""

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        prefix, _, secret = token.strip().partition(".")
        if scheme.lower() != "bearer" or not prefix or not secret:
            return None
        actor = actor_of_credential(prefix, secret)
        return (None, actor) if actor else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _with_issuer(found: Collection[ApiCredential]) -> list[ApiCredential]:
    """Those whose maker still holds a posting at their seat: with the last one his keys end too."""
    makers = Posting.unguarded.in_force().filter(officer_id__in={one.issued_by_id for one in found})
    seats = set(makers.values_list("officer_id", "administration_id", "liaison_office_id", "secretariat"))
    return [
        one
        for one in found
        if (one.issued_by_id, one.administration_id, one.liaison_office_id, one.secretariat) in seats
    ]


def actor_of_credential(prefix: str, secret: str) -> Actor | None:
    """The actor, if the key is live, its secret right, and its issuer and seat still active."""
    found = live_credentials().filter(prefix=prefix[:16]).first()
    if found is not None and not _with_issuer([found]):
        found = None
    expected = bytes(found.secret_hash) if found else bytes(32)
    if not hmac.compare_digest(expected, hash_secret(secret)) or found is None:
        return None
    today = timezone.now().date()
    if found.last_used_on != today:
        ApiCredential.unguarded.filter(pk=found.pk).update(last_used_on=today)
    return actor_of_key(found)


def live_credentials() -> QuerySet[ApiCredential]:
    """Keys that are neither revoked nor expired, of an active issuer and an active seat."""
    return (
        ApiCredential.unguarded.filter(revoked_at__isnull=True)
        .filter(expires_at__gt=timezone.now(), issued_by__is_active=True)
        .exclude(Q(administration__active=False) | Q(liaison_office__active=False))
    )


def still_live(keys: Collection[UUID]) -> dict[UUID, Actor]:
    """Those of the keys that would be let in now, each with its actor; their secrets were shown before."""
    return {one.pk: actor_of_key(one) for one in _with_issuer(live_credentials().filter(pk__in=keys))}


def actor_of_key(found: ApiCredential) -> Actor:
    """Who asks with this key."""
    return Actor(
        kind=ActorKind.CLIENT,
        client_id=found.pk,
        administration_id=found.administration_id,
        liaison_office_id=found.liaison_office_id,
        secretariat=found.secretariat,
        roles=frozenset({Role.API_CLIENT}),
        scopes=frozenset(Scope(scope) for scope in found.scopes),
        display_name=found.name,
    )
