"""Unlocking: three ways in, none of them weak, and no key store that is not one's own (sealed-protocol §10)."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.private.keys import Keys, new_seed
from cenlink.sealed.private.keyset import (
    Keyset,
    new_account_key,
    open_keyset,
    open_pins,
    require_own,
    seal_pins,
    sealed_slots,
)
from cenlink.sealed.private.slots import (
    Stretching,
    device_key,
    open_slot,
    passkey_key,
    passphrase_key,
    sealed_slot,
    slot_public,
)
from cenlink.sealed.refusals import Code

from tests.sealed.network import Network
from tests.sealed.refusing import refused

SECRET, SALT, UID = bytes(range(16)), bytes(16), bytes([7]) * 16


def passphrase_slot(rev: int = 1) -> dict[str, Any]:
    return {"id": bytes(16), "kind": "pass", "rev": rev, **Stretching(SALT).as_fields()}


def test_passphrase_and_secret_key_open_together_and_neither_alone() -> None:
    account_key = new_account_key()
    key = passphrase_key("Grüße 漢字", SECRET, Stretching(SALT))
    slot = sealed_slot(UID, passphrase_slot(), slot_public(key), account_key)
    assert open_slot(UID, slot, key) == account_key
    for wrong in (
        passphrase_key("Grüße", SECRET, Stretching(SALT)),
        passphrase_key("Grüße 漢字", bytes(16), Stretching(SALT)),
    ):
        with refused(Code.SEALED):
            open_slot(UID, slot, wrong)


def test_the_same_words_typed_on_another_keyboard_open_too() -> None:
    composed, decomposed = "é", "é"
    assert passphrase_key(composed, SECRET, Stretching(SALT)) == passphrase_key(decomposed, SECRET, Stretching(SALT))


@pytest.mark.parametrize(
    "weaker",
    [
        {"memory": 8},
        {"memory": 65535},
        {"turns": 2},
        {"turns": 1_000_000},
        {"memory": 1 << 21},
        {"lanes": 4},
        {"salt": b"short"},
    ],
)
def test_a_server_cannot_weaken_or_stall_the_stretching(weaker: dict[str, Any]) -> None:
    with refused(Code.KDF):
        Stretching(**{"salt": SALT, **weaker}).stretched("passphrase")


def test_a_remembered_device_needs_the_passphrase_too() -> None:
    held, account_key = secrets.token_bytes(64), new_account_key()
    slot = {**passphrase_slot(), "kind": "device", "dev": bytes(16)}
    key = device_key("words", held, UID, slot["id"], bytes(16), Stretching(SALT))
    slot = sealed_slot(UID, slot, slot_public(key), account_key)
    assert open_slot(UID, slot, key) == account_key
    for wrong in (
        device_key("other words", held, UID, slot["id"], bytes(16), Stretching(SALT)),
        device_key("words", secrets.token_bytes(64), UID, slot["id"], bytes(16), Stretching(SALT)),
    ):
        with refused(Code.SEALED):
            open_slot(UID, slot, wrong)


def test_a_passkey_opens() -> None:
    account_key, key = new_account_key(), passkey_key(bytes(32))
    slot = {"id": bytes(16), "kind": "passkey", "rev": 1, "credential": b"cred"}
    slot = sealed_slot(UID, slot, slot_public(key), account_key)
    assert open_slot(UID, slot, key) == account_key
    with refused(Code.SEALED):
        open_slot(UID, {**slot, "credential": b"other"}, key)


def test_a_slot_of_another_account_or_revision_does_not_open() -> None:
    key = passkey_key(bytes(32))
    slot = {"id": bytes(16), "kind": "passkey", "rev": 1, "credential": b"cred"}
    slot = sealed_slot(UID, slot, slot_public(key), new_account_key())
    with refused(Code.SEALED):
        open_slot(bytes(16), slot, key)
    with refused(Code.SEALED):
        open_slot(UID, {**slot, "rev": 2}, key)
    with refused(Code.NEWER):
        open_slot(UID, {**slot, "kind": "smartcard"}, key)


def test_an_account_key_that_changed_reaches_devices_that_are_away() -> None:
    key = passkey_key(bytes(32))
    entry = {"id": bytes(16), "kind": "passkey", "x": slot_public(key)}
    slot = {"id": bytes(16), "kind": "passkey", "rev": 1, "credential": b"cred"}
    keyset = Keyset(UID, 1, {1: new_seed()}, slots=[entry])
    old = new_account_key()
    ct = keyset.sealed(old)
    changed, new = keyset.next(ct), new_account_key()
    resealed = sealed_slots(changed, [slot], new)
    assert open_slot(UID, resealed[0], key) == new
    assert open_keyset(new, UID, 2, changed.sealed(new)).prev == sha256(ct)
    with refused(Code.SEALED):
        open_keyset(old, UID, 2, changed.sealed(new))


def test_only_the_key_store_of_the_chain_is_taken() -> None:
    network = Network()
    alice = network.officer(network.administration("FR"), "Alice")
    account = network.directory.accounts[alice.uid]
    key, keyset = new_account_key(), Keyset(alice.uid, 3, {1: alice.seeds[0]})
    ct = keyset.sealed(key)
    require_own(open_keyset(key, alice.uid, 3, ct), account, pinned=None, ct=ct)
    require_own(keyset, account, pinned=(3, sha256(ct)), ct=ct)
    with refused(Code.KEYSET):
        require_own(Keyset(alice.uid, 3, {1: new_seed()}), account, pinned=None, ct=ct)
    with refused(Code.KEYSET):
        require_own(Keyset(bytes(16), 3, keyset.seeds), account, pinned=None, ct=ct)
    with refused(Code.ROLLBACK):
        require_own(keyset, account, pinned=(4, bytes(32)), ct=ct)
    with refused(Code.ROLLBACK):
        require_own(keyset, account, pinned=(3, bytes(32)), ct=ct)


def test_after_a_rotation_the_older_store_is_refused_and_old_seeds_are_kept() -> None:
    network = Network()
    alice = network.officer(network.administration("FR"), "Alice")
    key, keyset = new_account_key(), Keyset(alice.uid, 1, {1: alice.seeds[0]})
    ct = keyset.sealed(key)
    network.rotate(alice)
    account = network.directory.accounts[alice.uid]
    with refused(Code.KEYSET):
        require_own(keyset, account, pinned=None, ct=ct)
    newer = keyset.next(ct, seeds={**keyset.seeds, 2: alice.seeds[1]})
    require_own(newer, account, pinned=(1, sha256(ct)), ct=newer.sealed(key))
    assert set(newer.all_keys()) == {alice.key_of(1).kid, alice.key_of(2).kid}


def test_pins_open_with_the_account_key_only() -> None:
    key = new_account_key()
    sealed = seal_pins(key, UID, bytes(16), {"net": [3, bytes(32)]})
    assert open_pins(key, UID, bytes(16), sealed) == {"net": [3, bytes(32)]}
    with refused(Code.SEALED):
        open_pins(new_account_key(), UID, bytes(16), sealed)


def test_what_is_printed_of_keys_is_no_secret() -> None:
    seed = new_seed()
    for shown in (repr(Keys(seed)), repr(Keyset(UID, 1, {1: seed}))):
        assert seed.hex() not in shown
        assert repr(seed) not in shown
