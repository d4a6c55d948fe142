"""The public half of one generation of an account, and whether it is fit for use (sealed-protocol §3.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, mlkem, x25519

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.schema import Rule, closed, octets, several
from cenlink.sealed.refusals import Code, Refused

ED25519: Final = -19
ML_DSA_65: Final = -49
ML_KEM_BYTES: Final = 1184
_Q: Final = 3329
_P: Final = 2**255 - 19
# Points that a peer's secret cannot move: with them an X25519 secret is known, and an Ed25519 signature
# of zeros fits every message. Canonical encodings only; the others fall to the check against p.
_SMALL_U: Final = frozenset(
    {
        0,
        1,
        _P - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    }
)
_SMALL_Y: Final = frozenset(
    {
        0,
        1,
        _P - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)
PUB: Rule = closed({"e": octets(32), "m": octets(1952), "x": octets(1216)})


@dataclass(frozen=True)
class PublicKey:
    """Ed25519 (`e`), ML-DSA-65 (`m`) and X-Wing (`x`) keys that belong together; made by `public_key` only."""

    e: bytes
    m: bytes
    x: bytes

    @cached_property
    def kid(self) -> bytes:
        return hashlib.sha256(enc(self.as_map())).digest()[:16]

    def as_map(self) -> dict[str, bytes]:
        return {"e": self.e, "m": self.m, "x": self.x}

    @cached_property
    def _verifiers(self) -> tuple[ed25519.Ed25519PublicKey, mldsa.MLDSA65PublicKey]:
        return ed25519.Ed25519PublicKey.from_public_bytes(self.e), mldsa.MLDSA65PublicKey.from_public_bytes(self.m)

    def verify(self, algorithm: int, signature: bytes, signed: bytes) -> None:
        """Refused: `signature`."""
        verifier = self._verifiers[0 if algorithm == ED25519 else 1]
        try:
            verifier.verify(signature, signed)
        except InvalidSignature:
            raise Refused(Code.SIGNATURE, "Ed25519" if algorithm == ED25519 else "ML-DSA-65") from None


def public_key(value: Any, where: str = "pub") -> PublicKey:
    """The key in this map, if it is fit for use. Refused: `schema`, `key`."""
    PUB(value, where)
    return _fit(value["e"], value["m"], value["x"])


def pubs_rule(value: Any, where: str) -> None:
    """One to nine maps of keys; whether each is fit is asked when they are read."""
    several(PUB, least=1, most=9)(value, where)


def public_keys(values: Sequence[Any]) -> tuple[PublicKey, ...]:
    """Keys that differ pairwise in kid, `e` and `m`, so that a threshold counts people. Refused: `key`."""
    keys = tuple(public_key(value) for value in values)
    for part in ("kid", "e", "m"):
        if len({getattr(key, part) for key in keys}) != len(keys):
            raise Refused(Code.KEY, "the same key stands twice")
    return keys


@lru_cache(maxsize=4096)
def _fit(e: bytes, m: bytes, x: bytes) -> PublicKey:
    y = int.from_bytes(e, "little") & (1 << 255) - 1
    if y >= _P or y in _SMALL_Y:
        raise Refused(Code.KEY, "Ed25519 key is not canonical or of small order")
    u = int.from_bytes(x[ML_KEM_BYTES:], "little")
    if u >= _P or u in _SMALL_U:
        raise Refused(Code.KEY, "X25519 key is not canonical or of small order")
    if not _reduced(x[: ML_KEM_BYTES - 32]):
        raise Refused(Code.KEY, "ML-KEM key has a coefficient that is not reduced")
    _try_to_encapsulate(x)
    return PublicKey(e, m, x)


def _reduced(coefficients: bytes) -> bool:
    """FIPS 203 §7.2: each 12-bit coefficient is below q."""
    for at in range(0, len(coefficients), 3):
        low, middle, high = coefficients[at : at + 3]
        if low | (middle & 15) << 8 >= _Q or middle >> 4 | high << 4 >= _Q:
            return False
    return True


def _try_to_encapsulate(x: bytes) -> None:
    try:
        mlkem.MLKEM768PublicKey.from_public_bytes(x[:ML_KEM_BYTES]).encapsulate()
        x25519.X25519PrivateKey.generate().exchange(x25519.X25519PublicKey.from_public_bytes(x[ML_KEM_BYTES:]))
    except ValueError as error:
        raise Refused(Code.KEY, str(error)) from None
