"""The private half of one generation of an account; everything comes from one seed (sealed-protocol §3.4)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, mlkem, x25519
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.public_keys import ED25519, ML_DSA_65, PublicKey
from cenlink.sealed.checks.signed import protected_header, to_be_signed

SEED_BYTES = 32


def derive(key: bytes, info: bytes, *, salt: bytes = b"") -> bytes:
    """32 bytes by HKDF-SHA256."""
    return HKDF(hashes.SHA256(), 32, salt or None, info).derive(key)


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def wing_parts(seed: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    """The two private keys behind an X-Wing seed of 32 bytes."""
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def wing_public(seed: bytes) -> bytes:
    """The 1216 bytes to which others seal."""
    lattice, curve = wing_parts(seed)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


class Keys:
    """Signs and opens for one generation. Never printed: `repr` shows the kid only."""

    def __init__(self, seed: bytes) -> None:
        wing = derive(seed, b"comm/1/key/xwing")
        self.opener = MLKEM768X25519PrivateKey(*wing_parts(wing))
        self._ed25519 = ed25519.Ed25519PrivateKey.from_private_bytes(derive(seed, b"comm/1/key/ed25519"))
        self._mldsa = mldsa.MLDSA65PrivateKey.from_seed_bytes(derive(seed, b"comm/1/key/mldsa65"))
        self.public = PublicKey(
            e=self._ed25519.public_key().public_bytes_raw(),
            m=self._mldsa.public_key().public_bytes_raw(),
            x=wing_public(wing),
        )

    def __repr__(self) -> str:
        return f"<Keys {self.kid.hex()}>"

    @property
    def kid(self) -> bytes:
        return self.public.kid

    def signatures(self, kind: str, payload: bytes) -> list[Any]:
        """The two entries of this signer, in the order of the profile."""
        entries = []
        for algorithm, sign in ((ED25519, self._ed25519.sign), (ML_DSA_65, self._mldsa.sign)):
            header = protected_header(algorithm, self.kid)
            entries.append([header, {}, sign(to_be_signed(header, kind, payload))])
        return entries


def sign(content: dict[str, Any], *signers: Keys) -> bytes:
    """The signed object of this content; the kind is its `k`."""
    payload = enc(content)
    entries = [entry for keys in signers for entry in keys.signatures(content["k"], payload)]
    return enc([b"", {}, payload, entries])
