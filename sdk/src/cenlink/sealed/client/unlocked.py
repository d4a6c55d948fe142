"""An account that is unlocked: its keys in memory, and the key store that stands on the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.client.network import KnownNetwork
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.keyset import Keyset, open_keyset, require_own, sealed_slots
from cenlink.sealed.private.slots import require_slot
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import KeyStore


@dataclass
class Unlocked:
    """Never printed: `repr` shows the account only."""

    keyset: Keyset
    account_key: bytes
    ct: bytes
    slots: list[dict[str, Any]]

    def __repr__(self) -> str:
        return f"<Unlocked {self.uid.hex()}>"

    @property
    def uid(self) -> bytes:
        return self.keyset.uid

    @property
    def keys(self) -> Keys:
        return self.keyset.newest

    @property
    def digest(self) -> bytes:
        """By which the server knows which key store is replaced."""
        return sha256(self.ct)

    def sealed(self, keyset: Keyset, slots: list[dict[str, Any]], account_key: bytes) -> tuple[KeyStore, Unlocked]:
        """The next key store as it is sent, and the account as it is once that was taken."""
        ct = keyset.sealed(account_key)
        resealed = sealed_slots(keyset, [_bare(slot) for slot in slots], account_key)
        return KeyStore(keyset.rev, ct, [enc(slot) for slot in resealed]), Unlocked(keyset, account_key, ct, resealed)


def _bare(slot: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slot.items() if name != "ct"}


def slots_of(store: KeyStore) -> list[dict[str, Any]]:
    """Refused: `schema`, `newer`."""
    slots = [dec(raw) for raw in store.slots]
    for slot in slots:
        require_slot(slot)
    return slots


def unlocked(state: ClientState, network: KnownNetwork, uid: bytes, store: KeyStore, account_key: bytes) -> Unlocked:
    """The account behind this key store. Refused: `sealed`, `keyset`, `rollback`, `uncertified`."""
    keyset = open_keyset(account_key, uid, store.rev, store.ct)
    require_own(keyset, network.account(uid), pinned=state.seen_keyset(uid), ct=store.ct)
    slots = slots_of(store)
    named = {(entry["id"], entry["kind"]) for entry in keyset.slots}
    if {(slot["id"], slot["kind"]) for slot in slots} != named:
        raise Refused(Code.KEYSET, "other ways of unlocking than the key store names")
    state.keep_keyset(uid, store.rev, store.ct)
    return Unlocked(keyset, account_key, store.ct, slots)
