"""Ways of unlocking an account: passphrase with Secret Key, passkey, remembered device (sealed-protocol §10)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cenlink.sealed.private.slots import (
    Stretching,
    device_key,
    new_salt,
    open_slot,
    passkey_key,
    passphrase_key,
    slot_public,
    stretching_of,
)
from cenlink.sealed.refusals import Code, Refused

MOST_SLOTS = 32


class Way(Protocol):
    """What an officer has or knows. Makes the key of a slot; says to which slot it belongs."""

    def new_slot(self) -> dict[str, Any]:
        """A slot of this kind without id, number and content."""
        ...

    def fits(self, slot: dict[str, Any]) -> bool: ...

    def key(self, uid: bytes, slot: dict[str, Any]) -> bytes:
        """Refused: `kdf`."""
        ...


@dataclass(frozen=True)
class ByPassphrase:
    """The passphrase and the Secret Key of 16 bytes, which is printed and never sent."""

    passphrase: str = field(repr=False)
    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls, passphrase: str) -> ByPassphrase:
        """With a new Secret Key."""
        return cls(passphrase, secrets.token_bytes(16))

    def new_slot(self) -> dict[str, Any]:
        return {"kind": "pass", **Stretching(new_salt()).as_fields()}

    def fits(self, slot: dict[str, Any]) -> bool:
        return bool(slot["kind"] == "pass")

    def key(self, uid: bytes, slot: dict[str, Any]) -> bytes:
        return passphrase_key(self.passphrase, self.secret, stretching_of(slot))


@dataclass(frozen=True)
class ByPasskey:
    """The output of a passkey's PRF for the constant of the protocol."""

    credential: bytes
    output: bytes = field(repr=False)

    def new_slot(self) -> dict[str, Any]:
        return {"kind": "passkey", "credential": self.credential}

    def fits(self, slot: dict[str, Any]) -> bool:
        return bool(slot["kind"] == "passkey" and slot["credential"] == self.credential)

    def key(self, uid: bytes, slot: dict[str, Any]) -> bytes:
        return passkey_key(self.output)


@dataclass(frozen=True)
class ByDevice:
    """What this machine keeps (64 bytes), with the passphrase; neither opens alone."""

    passphrase: str = field(repr=False)
    held: bytes = field(repr=False)
    device: bytes

    def new_slot(self) -> dict[str, Any]:
        return {"kind": "device", "dev": self.device, **Stretching(new_salt()).as_fields()}

    def fits(self, slot: dict[str, Any]) -> bool:
        return bool(slot["kind"] == "device" and slot["dev"] == self.device)

    def key(self, uid: bytes, slot: dict[str, Any]) -> bytes:
        return device_key(self.passphrase, self.held, uid, slot["id"], slot["dev"], stretching_of(slot))


@dataclass(frozen=True)
class NewSlot:
    """A slot as it is sent but for its content, and as it is named in the key store."""

    slot: dict[str, Any]
    entry: dict[str, Any]


def new_slot(uid: bytes, way: Way, rev: int) -> NewSlot:
    slot = {"id": secrets.token_bytes(16), "rev": rev, **way.new_slot()}
    return NewSlot(slot, {"id": slot["id"], "kind": slot["kind"], "x": slot_public(way.key(uid, slot))})


def opened_by(way: Way, uid: bytes, slots: Sequence[dict[str, Any]]) -> bytes:
    """The account key, by the first slot of this way that opens.

    Refused: `kdf` where the server weakens the stretching, `sealed` (wrong passphrase, Secret Key or passkey),
    `keyset` where there is no slot of this kind.
    """
    refusal = Refused(Code.KEYSET, "there is no such way of unlocking this account")
    for slot in slots:
        if not way.fits(slot):
            continue
        try:
            return open_slot(uid, slot, way.key(uid, slot))
        except Refused as refused:
            if refused.code is Code.KDF:
                raise
            refusal = refused
    raise refusal
