"""Ways to unlock: passphrase with Secret Key, passkey, remembered device (sealed-protocol §10)."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.schema import ID, Rule, closed, number, octets, one_of
from cenlink.sealed.private.keys import derive, wing_public
from cenlink.sealed.private.sealing import seal_to, unseal_own, wing_opener
from cenlink.sealed.refusals import Code, Refused

MEMORY_KIB, TURNS, LANES = 65536, 3, 1
MOST_MEMORY_KIB, MOST_TURNS = 262144, 10
SEALED_KEY = octets(1168)
_ARGON2: dict[str, Rule] = {"salt": octets(16), "m": number(), "t": number(), "p": number()}
SLOT: dict[str, Rule] = {
    "pass": closed({"id": ID, "kind": one_of("pass"), "rev": number(1), "ct": SEALED_KEY, **_ARGON2}),
    "passkey": closed(
        {"id": ID, "kind": one_of("passkey"), "rev": number(1), "ct": SEALED_KEY, "credential": octets(most=1023)}
    ),
    "device": closed({"id": ID, "kind": one_of("device"), "rev": number(1), "ct": SEALED_KEY, "dev": ID, **_ARGON2}),
}


@dataclass(frozen=True)
class Stretching:
    """How a passphrase is stretched; parameters come from the server and are therefore bounded on both sides."""

    salt: bytes
    memory: int = MEMORY_KIB
    turns: int = TURNS
    lanes: int = LANES

    def stretched(self, passphrase: str) -> bytes:
        """Refused: `kdf`."""
        fits = MEMORY_KIB <= self.memory <= MOST_MEMORY_KIB and TURNS <= self.turns <= MOST_TURNS
        if not fits or self.lanes != LANES or len(self.salt) != 16:
            raise Refused(Code.KDF, f"m={self.memory} t={self.turns} p={self.lanes}")
        argon = Argon2id(salt=self.salt, length=32, iterations=self.turns, lanes=self.lanes, memory_cost=self.memory)
        return argon.derive(unicodedata.normalize("NFC", passphrase).encode())

    def as_fields(self) -> dict[str, Any]:
        return {"salt": self.salt, "m": self.memory, "t": self.turns, "p": self.lanes}


def stretching_of(slot: dict[str, Any]) -> Stretching:
    return Stretching(slot["salt"], slot["m"], slot["t"], slot["p"])


def passphrase_key(passphrase: str, secret: bytes, stretching: Stretching) -> bytes:
    """A stolen database cannot be searched for it, since 16 of its bytes were never in it. Refused: `kdf`."""
    if len(secret) != 16:
        raise Refused(Code.KDF, "the Secret Key has 16 bytes")
    return derive(stretching.stretched(passphrase) + secret, b"comm/1/slot/pass")


def passkey_key(prf_output: bytes) -> bytes:
    return derive(prf_output, b"comm/1/slot/passkey")


def device_key(passphrase: str, held: bytes, uid: bytes, slot: bytes, dev: bytes, stretching: Stretching) -> bytes:
    """`held` never leaves the device; without the passphrase it opens nothing. Refused: `kdf`."""
    answer = hmac.digest(held, enc(["comm/1/slot/device", uid, slot, dev]), "sha512")[:32]
    return derive(answer + stretching.stretched(passphrase), b"comm/1/slot/device")


def slot_public(key: bytes) -> bytes:
    """To what the account key is sealed for this slot; it stands inside the keyset."""
    return wing_public(derive(key, b"comm/1/slot/x"))


def slot_context(uid: bytes, slot: dict[str, Any]) -> list[Any]:
    kind = slot["kind"]
    context = ["comm/1/slot", uid, slot["rev"], slot["id"], kind]
    if kind == "passkey":
        return [*context, slot["credential"]]
    if kind == "device":
        context.append(slot["dev"])
    return [*context, slot["salt"], slot["m"], slot["t"], slot["p"]]


def sealed_slot(uid: bytes, slot: dict[str, Any], x: bytes, account_key: bytes) -> dict[str, Any]:
    """The slot with `ct`: the account key for whoever can make this slot's key."""
    return {**slot, "ct": seal_to(x, slot_context(uid, slot), account_key)}


def open_slot(uid: bytes, slot: Any, key: bytes) -> bytes:
    """The account key. Refused: `schema`, `sealed` (wrong passphrase, Secret Key or passkey)."""
    require_slot(slot)
    return unseal_own(wing_opener(derive(key, b"comm/1/slot/x")), slot_context(uid, slot), slot["ct"])


def require_slot(slot: Any) -> None:
    kind = slot.get("kind") if isinstance(slot, dict) else None
    if kind not in SLOT:
        raise Refused(Code.NEWER, "this way of unlocking is not known")
    SLOT[kind](slot, "slot")


def new_salt() -> bytes:
    return secrets.token_bytes(16)
