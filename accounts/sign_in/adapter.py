"""What the sign-in library is told: nobody signs himself up, and which site the passkeys belong to."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys and codes are sealed by the installation's key before they are stored."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PUBLIC_ORIGIN).hostname or "localhost", "name": "OpenCEN"}

    def encrypt(self, text: str) -> str:
        return seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_text(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)


def _fernet() -> Fernet:
    digest = hashlib.sha256(b"sign-in-secrets" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def seal_text(text: str) -> str:
    """The text under a key derived from the installation's secret key."""
    return _fernet().encrypt(text.encode()).decode()


def open_text(sealed: str) -> str:
    """The text back; raises InvalidToken where the key is another one."""
    return _fernet().decrypt(sealed.encode()).decode()
