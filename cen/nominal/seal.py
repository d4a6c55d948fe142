"""Sealing: AES-256-GCM under a fresh nonce, bound to the place where the sealed value stands."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refusal

KEY_BYTES = 32
_NONCE_BYTES = 12
# The first byte says how the rest is to be read, so that another cipher can follow without a guess.
_AES_256_GCM = b"\x01"


class SealBroken(Refusal):
    """Something sealed does not open: wrong key, or not the row it was sealed for. Nothing is shown instead."""

    status = 503
    code = "seal_broken"
    sentence = _(
        "This nominal data can't be opened: the key of this installation does not fit it, or it was moved or "
        "changed. Nothing was shown. Tell your operator; docs/operations/nominal-key.md says what to check."
    )


def place(table: str, administration_id: int, row: object) -> bytes:
    """Where a sealed value stands, as the bytes it is bound to: it opens nowhere else."""
    return f"opencen|1|{table}|{administration_id}|{row}".encode()


def new_key() -> bytes:
    """A fresh random key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, content: bytes, where: bytes) -> bytes:
    """Format byte, 12 bytes of nonce, then ciphertext and tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _AES_256_GCM + nonce + AESGCM(key).encrypt(nonce, content, where)


def unseal(key: bytes, sealed: bytes, where: bytes) -> bytes:
    """The content; raises SealBroken where key, bytes or place are not those of the sealing."""
    sealed = bytes(sealed)
    if sealed[:1] != _AES_256_GCM:
        raise SealBroken
    nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, content, where)
    except (InvalidTag, ValueError):
        raise SealBroken from None


def installation_key() -> bytes:
    """The key that wraps all others, read from OPENCEN_NOMINAL_KEY_FILE each time and never kept."""
    try:
        key = base64.b64decode(settings.NOMINAL_KEY_FILE.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error):
        raise SealBroken(_UNREADABLE) from None
    if len(key) != KEY_BYTES:
        raise SealBroken(_UNREADABLE)
    return key


_UNREADABLE = _(
    "The file named by OPENCEN_NOMINAL_KEY_FILE is not a key: it must hold 32 random bytes in base64. "
    "Tell your operator to put the right file back."
)
