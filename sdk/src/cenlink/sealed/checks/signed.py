"""Signed objects: COSE_Sign in one fixed profile, every signer by Ed25519 and ML-DSA-65 (sealed-protocol §3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.public_keys import ED25519, ML_DSA_65, PublicKey
from cenlink.sealed.refusals import Code, Refused

ALGORITHMS = (ED25519, ML_DSA_65)
SIGNATURE_BYTES = {ED25519: 64, ML_DSA_65: 3309}
MOST_SIGNERS = 18


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@dataclass(frozen=True)
class Signed:
    """A signed object as received: its bytes, its payload, the (protected, signature) pairs. Not yet verified."""

    raw: bytes
    payload: bytes
    entries: tuple[tuple[bytes, bytes], ...]

    @property
    def lhash(self) -> bytes:
        return sha256(self.payload)

    def content(self) -> Any:
        return dec(self.payload)


def read(raw: bytes) -> Signed:
    """Takes the envelope apart, every part of it checked exactly. Refused: `cbor`, `schema`."""
    outer = dec(raw)
    if not isinstance(outer, list) or len(outer) != 4:
        raise Refused(Code.SCHEMA, "envelope: not four parts")
    protected, unprotected, payload, signatures = outer
    if protected != b"" or unprotected != {} or not isinstance(payload, bytes) or not isinstance(signatures, list):
        raise Refused(Code.SCHEMA, "envelope")
    if not isinstance(unprotected, dict) or not isinstance(protected, bytes):
        raise Refused(Code.SCHEMA, "envelope")
    if not signatures or len(signatures) % 2 or len(signatures) > 2 * MOST_SIGNERS:
        raise Refused(Code.SIGNER, "not two signatures for each signer")
    entries = []
    for place, entry in enumerate(signatures):
        if not isinstance(entry, list) or len(entry) != 3:
            raise Refused(Code.SCHEMA, f"signature {place}")
        header, extra, signature = entry
        if not isinstance(header, bytes) or not isinstance(extra, dict) or extra or not isinstance(signature, bytes):
            raise Refused(Code.SCHEMA, f"signature {place}")
        if len(signature) != SIGNATURE_BYTES[ALGORITHMS[place % 2]]:
            raise Refused(Code.SCHEMA, f"signature {place}: length")
        entries.append((header, signature))
    return Signed(bytes(raw), payload, tuple(entries))


def verify(signed: Signed, kind: str, signers: Sequence[PublicKey]) -> None:
    """Checks that exactly these keys signed, in this order. Refused: `schema`, `signer`, `signature`."""
    if not signers or len({key.kid for key in signers}) != len(signers):
        raise Refused(Code.SIGNER, "nobody, or the same key twice")
    content = signed.content()
    if not isinstance(content, dict) or content.get("k") != kind:
        raise Refused(Code.SCHEMA, f"not of kind {kind}")
    if len(signed.entries) != 2 * len(signers):
        raise Refused(Code.SIGNER, "another number of signatures")
    pairs = [(key, algorithm) for key in signers for algorithm in ALGORITHMS]
    for (header, _), (key, algorithm) in zip(signed.entries, pairs, strict=True):
        if header != protected_header(algorithm, key.kid):
            raise Refused(Code.SIGNER, "another key or algorithm than expected")
    for (header, signature), (key, algorithm) in zip(signed.entries, pairs, strict=True):
        key.verify(algorithm, signature, to_be_signed(header, kind, signed.payload))


def protected_header(algorithm: int, kid: bytes) -> bytes:
    """CBOR {1: algorithm, 4: kid}; written out, since our own encoding has text keys only."""
    return b"\xa2\x01" + enc(algorithm) + b"\x04" + enc(kid)


def to_be_signed(header: bytes, kind: str, payload: bytes) -> bytes:
    return enc(["Signature", b"", header, f"comm/1/{kind}".encode("ascii"), payload])


def lhash(raw: bytes) -> bytes:
    """The name of a link or a message: the hash of its payload, since signatures are randomised."""
    return read(raw).lhash
