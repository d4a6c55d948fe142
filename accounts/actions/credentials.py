"""Issuing and revoking a seat's machine keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.api.authentication import hash_secret, new_secret
from accounts.models import ApiCredential
from accounts.refusals import Finding, RulesBroken
from accounts.scopes import Scope, scopes_for
from audit import trail
from audit.verbs import Verb

# Long enough for a quarter's rotation, short enough that a forgotten key dies.
LONGEST = timedelta(days=90)
# From then on the page says that the key ends soon: time to bring a second one into use.
SOON = timedelta(days=14)


def issue(actor: Actor, *, name: str, scopes: Iterable[Scope], lasts: timedelta = LONGEST) -> tuple[ApiCredential, str]:
    """A new key of the actor's seat; the second value, `prefix.secret`, is shown once and kept nowhere."""
    wanted = frozenset(scopes)
    if not wanted or not wanted <= frozenset(scopes_for(administration=actor.administration_id is not None)):
        raise RulesBroken([Finding("SCOPES", str(_("Choose at least one scope that this seat can have.")), "scopes")])
    issuer: Any = actor.officer_id
    prefix, secret = new_secret()
    credential = ApiCredential(
        prefix=prefix,
        secret_hash=hash_secret(secret),
        name=name,
        administration_id=actor.administration_id,
        liaison_office_id=actor.liaison_office_id,
        secretariat=actor.secretariat,
        scopes=sorted(wanted),
        issued_by_id=issuer,
        expires_at=timezone.now() + min(lasts, LONGEST),
    )
    policy_for(ApiCredential).require(actor, Action.CREATE, credential)
    credential.save(force_insert=True)
    trail.record(
        actor.who(),
        Verb.CREDENTIAL_ISSUED,
        trail.What("api_credential", str(credential.pk)),
        facts={"scopes": credential.scopes},
    )
    return credential, f"{prefix}.{secret}"


def revoke(actor: Actor, credential: ApiCredential) -> None:
    """Ends a key at once; ending it twice is no error."""
    policy_for(ApiCredential).require(actor, Action.REVOKE, credential)
    if credential.revoked_at is None:
        credential.revoked_at = timezone.now()
        credential.save(update_fields=["revoked_at"])
        trail.record(actor.who(), Verb.CREDENTIAL_REVOKED, trail.What("api_credential", str(credential.pk)))
