"""The signing secrets of endpoints at rest: sealed under a key of the server, bound to their endpoint."""

from __future__ import annotations

import base64
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# The mark of a Standard Webhooks secret, before its base64.
MARK = "whsec_"
_BYTES = 32
_NONCE = 12


class SealBroken(Exception):
    """A secret does not open: the server's key was changed, or the row is not its own."""


def new_secret() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(_BYTES)


def shown(secret: bytes) -> str:
    """The secret as its owner gets it, once: whsec_ and base64."""
    return MARK + base64.b64encode(secret).decode()


def seal(secret: bytes, endpoint: object) -> bytes:
    """Nonce, ciphertext and tag; opens for this endpoint alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, secret, _place(endpoint))


def unseal(sealed: bytes, endpoint: object) -> bytes:
    """The secret; raises SealBroken where no key of the server opens it."""
    sealed = bytes(sealed)
    for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(one)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(endpoint))
        except InvalidTag:
            continue
    raise SealBroken


def _place(endpoint: object) -> bytes:
    return f"opencen|1|endpoint|{endpoint}".encode()


@cache
def _key(server: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"opencen endpoint secrets", info=b"1").derive(server.encode())
