"""Passkeys (WebAuthn): the person verified, the site ours, each challenge used once.

The sign-in library stores the keys and names the site; the ceremonies are run here, since the library's own
look up the person and keep a challenge after a wrong answer.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import Officer
from accounts.sign_in.adapter import MFAAdapter

# Time enough to find the key in a drawer.
CHALLENGE_LASTS_SECONDS = 300
# More than anybody owns; a bound on what an account can make us store.
MOST = 10
_STATE = "opencen_passkey"
_LARGEST_ANSWER = 20_000


class WrongPasskey(Exception):
    """The browser's answer proves nothing; why is not said."""


def begin_enrolment(session: SessionBase, officer: Officer) -> dict[str, Any]:
    """Options for `navigator.credentials.create`: a discoverable key that verifies its user."""
    options, state = _server().register_begin(
        user=PublicKeyCredentialUserEntity(id=officer.pk.bytes, name=officer.email, display_name=officer.display_name),
        credentials=[_credential(row) for row in keys_of(officer)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(session, "enrol", str(officer.pk), state)
    return dict(options)


def complete_enrolment(session: SessionBase, officer: Officer, answer: str) -> dict[str, Any]:
    """What the browser answered, once it is proved; raises WrongPasskey. `store` keeps it."""
    state, credential = _take(session, "enrol", str(officer.pk)), _parse(answer)
    try:
        _server().register_complete(state, credential)
    except (ValueError, TypeError, KeyError) as error:
        raise WrongPasskey from error
    return credential


def store(officer: Officer, name: str, credential: dict[str, Any]) -> None:
    """Adds the proved key to the officer's."""
    WebAuthn.add(officer, name[:60], credential)


def begin(session: SessionBase, officer: Officer | None = None) -> dict[str, Any]:
    """Options for `navigator.credentials.get`: any key of this site, or one of the officer's."""
    options, state = _server().authenticate_begin(
        credentials=[_credential(row) for row in keys_of(officer)] if officer else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(session, "show", str(officer.pk) if officer else "", state)
    return dict(options)


def complete(session: SessionBase, answer: str, officer: Officer | None = None) -> Officer:
    """The active officer whose key answered; raises WrongPasskey for every other case."""
    state, response = _take(session, "show", str(officer.pk) if officer else ""), _parse(answer)
    shown = officer or _officer_named_in(response)
    if not shown.is_active:
        raise WrongPasskey
    rows = {bytes(_credential(row).credential_id): row for row in keys_of(shown)}
    try:
        used = _server().authenticate_complete(state, [_credential(row) for row in rows.values()], response)
        counter = AuthenticationResponse.from_dict(response).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError) as error:
        raise WrongPasskey from error
    _count(rows[bytes(used.credential_id)], counter)
    return shown


def keys_of(officer: Officer) -> list[Any]:
    """The officer's passkeys, oldest first."""
    return list(Authenticator.objects.filter(user=officer, type=Authenticator.Type.WEBAUTHN).order_by("created_at"))


def _count(row: Any, counter: int) -> None:
    """A counter that does not grow tells of a copied key; keys that don't count answer 0 for ever."""
    before = row.data.get("counter", 0)
    if (counter or before) and counter <= before:
        raise WrongPasskey
    row.data["counter"], row.last_used_at = counter, timezone.now()
    row.save(update_fields=["data", "last_used_at"])


def _server() -> Fido2Server:
    site = PublicKeyCredentialRpEntity(**MFAAdapter().get_public_key_credential_rp_entity())
    return Fido2Server(site, verify_origin=lambda origin: origin == settings.PUBLIC_ORIGIN)


def _credential(row: Any) -> AttestedCredentialData:
    data: Any = row.wrap().authenticator_data.credential_data
    return data


def _officer_named_in(response: dict[str, Any]) -> Officer:
    try:
        handle = websafe_decode(response["response"]["userHandle"])
        officer = Officer.unguarded.filter(pk=UUID(bytes=handle)).first()
    except (ValueError, TypeError, KeyError) as error:
        raise WrongPasskey from error
    if officer is None:
        raise WrongPasskey
    return officer


def _keep(session: SessionBase, purpose: str, owner: str, state: Any) -> None:
    session[_STATE] = [purpose, owner, timezone.now().timestamp(), state]


def _take(session: SessionBase, purpose: str, owner: str) -> Any:
    kept = session.pop(_STATE, None)
    if not kept or kept[:2] != [purpose, owner] or timezone.now().timestamp() - kept[2] > CHALLENGE_LASTS_SECONDS:
        raise WrongPasskey
    return kept[3]


def _parse(answer: str) -> dict[str, Any]:
    if len(answer) > _LARGEST_ANSWER:
        raise WrongPasskey
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise WrongPasskey from error
    if not isinstance(parsed, dict):
        raise WrongPasskey
    return parsed
