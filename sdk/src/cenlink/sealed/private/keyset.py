"""The key store of an account: all its seeds under one account key, which each slot opens (sealed-protocol §10)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.schema import HASH, ID, TIME, closed, number, octets, one_of, or_null, row, several, text
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.checks.usr import Account
from cenlink.sealed.private.keys import Keys, derive, new_seed
from cenlink.sealed.private.sealing import seal, unseal
from cenlink.sealed.private.slots import sealed_slot
from cenlink.sealed.refusals import Code, Refused

_SHAPE = closed(
    {
        "v": one_of(1),
        "uid": ID,
        "rev": number(1),
        "gens": several(row(number(1), octets(32)), least=1, most=1000),
        "prev": or_null(HASH),
        "slots": several(closed({"id": ID, "kind": one_of("pass", "passkey", "device"), "x": octets(1216)}), most=32),
        "devs": several(row(ID, TIME, text(least=0)), most=100),
    }
)


def new_account_key() -> bytes:
    return secrets.token_bytes(32)


@dataclass(frozen=True)
class Keyset:
    """`slots` hold id, kind and the public key to which the account key is sealed for each."""

    uid: bytes
    rev: int
    seeds: dict[int, bytes]
    prev: bytes | None = None
    slots: list[dict[str, Any]] = field(default_factory=list)
    devices: list[list[Any]] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Keyset {self.uid.hex()} rev {self.rev}>"

    @property
    def newest(self) -> Keys:
        return Keys(self.seeds[max(self.seeds)])

    def all_keys(self) -> dict[bytes, Keys]:
        """By kid, for opening what was sealed to earlier generations."""
        keys = (Keys(seed) for seed in self.seeds.values())
        return {k.kid: k for k in keys}

    def sealed(self, account_key: bytes) -> bytes:
        content = {
            "v": 1,
            "uid": self.uid,
            "rev": self.rev,
            "gens": [[gen, seed] for gen, seed in sorted(self.seeds.items())],
            "prev": self.prev,
            "slots": self.slots,
            "devs": self.devices,
        }
        return seal(account_key, ["comm/1/keyset", self.uid, self.rev], enc(content))

    def next(self, ct: bytes, **changes: Any) -> Keyset:
        """The revision after this one, which was stored as `ct`."""
        return replace(self, rev=self.rev + 1, prev=sha256(ct), **changes)

    def with_new_seed(self, ct: bytes) -> Keyset:
        gen = max(self.seeds) + 1
        return self.next(ct, seeds={**self.seeds, gen: new_seed()})


def open_keyset(account_key: bytes, uid: bytes, rev: int, ct: bytes) -> Keyset:
    """Refused: `sealed`, `keyset`."""
    content = dec(unseal(account_key, ["comm/1/keyset", uid, rev], ct))
    _SHAPE(content, "keyset")
    if content["uid"] != uid or content["rev"] != rev:
        raise Refused(Code.KEYSET, "of another account or revision")
    seeds = dict(map(tuple, content["gens"]))
    return Keyset(uid, rev, seeds, content["prev"], content["slots"], content["devs"])


def require_own(keyset: Keyset, account: Account, *, pinned: tuple[int, bytes] | None, ct: bytes) -> None:
    """After each unlock: the newest key is the one of the chain, and the store is not older than was seen.

    `pinned` is (rev, SHA-256 of the sealed keyset) as this device last saw it. Refused: `keyset`, `rollback`.
    """
    newest = account.newest
    if keyset.uid != account.id or keyset.seeds.get(newest.gen) is None:
        raise Refused(Code.KEYSET, "the present key is not in it")
    if Keys(keyset.seeds[newest.gen]).kid != newest.key.kid:
        raise Refused(Code.KEYSET, "another key than the account's chain names")
    if pinned and (keyset.rev < pinned[0] or (keyset.rev == pinned[0] and sha256(ct) != pinned[1])):
        raise Refused(Code.ROLLBACK, f"key store {keyset.rev}, seen {pinned[0]}")


def sealed_slots(keyset: Keyset, slots: list[dict[str, Any]], account_key: bytes) -> list[dict[str, Any]]:
    """All slots sealed anew for this revision, those of absent devices too."""
    to = {entry["id"]: entry["x"] for entry in keyset.slots}
    return [sealed_slot(keyset.uid, {**slot, "rev": keyset.rev}, to[slot["id"]], account_key) for slot in slots]


def pins_key(account_key: bytes) -> bytes:
    return derive(account_key, b"comm/1/pins")


def seal_pins(account_key: bytes, uid: bytes, dev: bytes, pins: dict[str, Any]) -> bytes:
    return seal(pins_key(account_key), ["comm/1/pins", uid, dev], enc(pins))


def open_pins(account_key: bytes, uid: bytes, dev: bytes, ct: bytes) -> dict[str, Any]:
    """Refused: `sealed`."""
    found: dict[str, Any] = dec(unseal(pins_key(account_key), ["comm/1/pins", uid, dev], ct))
    return found
