"""Sealing under a shared key (Cobblestone-256), sealing to a key's owner (HPKE), padding (sealed-protocol §3.3)."""

from __future__ import annotations

from typing import Any

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.public_keys import ML_KEM_BYTES
from cenlink.sealed.private.keys import wing_parts
from cenlink.sealed.refusals import Code, Refused

FLOOR = 1024
CHUNK = 16 << 10
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(key: bytes, context: Any, text: bytes) -> bytes:
    sealer = Cobblestone256Encryptor(key, enc(context))
    return bytes(sealer.update(text)) + bytes(sealer.finalize())


def unseal(key: bytes, context: Any, sealed: bytes) -> bytes:
    """Refused: `sealed`."""
    try:
        opener = Cobblestone256Decryptor(key, enc(context))
        return bytes(opener.update(sealed)) + bytes(opener.finalize())
    except (InvalidTag, ValueError) as error:
        raise Refused(Code.SEALED, type(error).__name__) from None


def seal_to(x: bytes, info: Any, text: bytes) -> bytes:
    """To the owner of these 1216 bytes."""
    key = MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(x[:ML_KEM_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(x[ML_KEM_BYTES:]),
    )
    return _SUITE.encrypt(text, key, info=enc(info))


def unseal_own(key: MLKEM768X25519PrivateKey, info: Any, sealed: bytes) -> bytes:
    """Refused: `sealed`."""
    try:
        return _SUITE.decrypt(sealed, key, info=enc(info))
    except (InvalidTag, ValueError) as error:
        raise Refused(Code.SEALED, type(error).__name__) from None


def wing_opener(seed: bytes) -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(*wing_parts(seed))


def padme(length: int) -> int:
    """The padded length: at most 12 % more, and it tells little about the true one."""
    if length <= FLOOR:
        return FLOOR
    exponent = length.bit_length() - 1
    free = exponent - exponent.bit_length()
    mask = (1 << free) - 1
    return (length + mask) & ~mask


def pad(text: bytes) -> bytes:
    return text + b"\x80" + bytes(padme(len(text) + 1) - len(text) - 1)


def unpad(padded: bytes) -> bytes:
    """Refused: `padding`."""
    text = padded.rstrip(b"\x00")
    if not text.endswith(b"\x80") or padme(len(text)) != len(padded):
        raise Refused(Code.PADDING)
    return text[:-1]
