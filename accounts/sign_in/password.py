"""The first factor: a password, checked in constant effort whether the account exists or not."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from accounts.models import Officer
from accounts.models.officer import plain_address


def officer_with_password(email: str, password: str) -> Officer | None:
    """The active officer with this address and password, or None for every other case."""
    officer = Officer.unguarded.filter(email=plain_address(email)).first()
    if officer is None:
        # The same work as a real check, so that time does not tell who has an account.
        make_password(password)
        return None
    right = officer.check_password(password)
    return officer if right and officer.is_active else None
