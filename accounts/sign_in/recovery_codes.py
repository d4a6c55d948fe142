"""Ten codes for the day the phone is lost: each opens one sign-in, and they are shown once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from accounts.models import Officer

HOW_MANY = 10
# Without the letters and digits that are mixed up by hand; 12 of 30 signs are 58 random bits.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12


def make(officer: Officer) -> list[str]:
    """New codes in place of all earlier ones; kept as keyed hashes, so this is the only time they are known."""
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(HOW_MANY)]
    with transaction.atomic():
        _rows(officer).delete()
        Authenticator.objects.create(
            user=officer, type=Authenticator.Type.RECOVERY_CODES, data={"hashes": [_hash(code) for code in codes]}
        )
    return ["-".join(code[start : start + 4] for start in range(0, _LENGTH, 4)) for code in codes]


def left(officer: Officer) -> int:
    """How many codes are unused."""
    found = _rows(officer).first()
    return len(found.data["hashes"]) if found else 0


def use(officer: Officer, typed: str) -> bool:
    """Whether the typed code is one of the unused; it is then spent."""
    wanted = _hash("".join(typed.split()).replace("-", "").upper())
    with transaction.atomic():
        found = _rows(officer).select_for_update().first()
        if found is None:
            return False
        kept = [one for one in found.data["hashes"] if not hmac.compare_digest(one, wanted)]
        if len(kept) == len(found.data["hashes"]):
            return False
        found.data["hashes"] = kept
        found.save(update_fields=["data"])
        found.record_usage()
    return True


def _rows(officer: Officer) -> Any:
    return Authenticator.objects.filter(user=officer, type=Authenticator.Type.RECOVERY_CODES)


def _hash(code: str) -> str:
    key = hashlib.sha256(b"recovery-code" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, code.encode(), "sha256").hex()
