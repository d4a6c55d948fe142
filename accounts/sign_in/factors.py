"""A person's second factors together: which there are, and taking them away."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import F

from accounts.models import Officer

# A recovery code opens a door but is no factor to live with.
REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def count(officer: Officer) -> int:
    """How many real factors: the app counts as one, each passkey as one."""
    return int(Authenticator.objects.filter(user=officer, type__in=REAL).count())


def forget_all(officer: Officer) -> None:
    """Removes every factor and recovery code, and ends all sessions."""
    Authenticator.objects.filter(user=officer).delete()
    raise_epoch(officer)


def raise_epoch(officer: Officer) -> None:
    """Ends every session of the officer at once; the one that asks must be marked again."""
    Officer.unguarded.filter(pk=officer.pk).update(auth_epoch=F("auth_epoch") + 1)
    officer.refresh_from_db(fields=["auth_epoch"])
