"""An epoch's key as it is handed to one member: its shape only (sealed-protocol §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.schema import ID, closed, number, octets, one_of
from cenlink.sealed.refusals import Code, Refused

# HPKE: encapsulation 1120, key 32, tag 16.
CIPHERTEXT_BYTES = 1168
WRAP = closed(
    {"k": one_of("wrap"), "g": ID, "n": number(1), "u": ID, "kid": ID, "ct": octets(CIPHERTEXT_BYTES)},
)


@dataclass(frozen=True)
class Wrap:
    group: bytes
    n: int
    account: bytes
    kid: bytes
    ct: bytes

    def encoded(self) -> bytes:
        fields = {"g": self.group, "n": self.n, "u": self.account, "kid": self.kid, "ct": self.ct}
        return enc({"k": "wrap", **fields})


def read_wrap(raw: bytes) -> Wrap:
    """Refused: `cbor`, `schema`."""
    value: Any = dec(raw)
    WRAP(value, "wrap")
    return Wrap(value["g"], value["n"], value["u"], value["kid"], value["ct"])


def require_exactly(wraps: Iterable[Wrap], group: bytes, owed: Iterable[tuple[int, bytes, bytes]]) -> None:
    """That there is one wrap for each recipient and none for anybody else. Refused: `recipients`."""
    brought = sorted((wrap.n, wrap.account, wrap.kid) for wrap in wraps if wrap.group == group)
    if brought != sorted(owed) or any(wrap.group != group for wrap in wraps):
        raise Refused(Code.RECIPIENTS, "not one wrapped key for each recipient")
