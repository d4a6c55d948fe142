"""The second factor by a code of an authenticator app (RFC 6238), through the sign-in library."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code

from accounts.models import Officer


def new_secret() -> str:
    """A new secret in base32, to be shown once."""
    return str(generate_totp_secret())


def enrol(officer: Officer, secret: str, code: str) -> bool:
    """Stores the secret if the code proves that the app has it."""
    if not validate_totp_code(secret, code.strip().replace(" ", "")):
        return False
    Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(officer, secret)
    return True


def is_enrolled(officer: Officer) -> bool:
    return bool(Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).exists())


def code_is_right(officer: Officer, code: str) -> bool:
    """Whether the code is the present one and was not used before."""
    found = Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).first()
    return bool(found and found.wrap().validate_code(code.strip().replace(" ", "")))
