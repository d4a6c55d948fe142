"""The published vectors, read as a stranger's client would read them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.grp import Epoch
from cenlink.sealed.checks.leaves import chain_leaf, leaf_hash, message_leaf
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.messages import read_message, require_admissible, require_timely
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.checks.spoken_codes import administration_code, secret_key_text, secret_key_typed
from cenlink.sealed.checks.withdrawn_keys import require_closed_links, require_closed_message
from cenlink.sealed.checks.wraps import read_wrap
from cenlink.sealed.private.attachments import PART, open_file
from cenlink.sealed.private.bodies import require_body
from cenlink.sealed.private.epochs import epoch_key, step_back, unwrap
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.keyset import open_keyset
from cenlink.sealed.private.linking import NewDevice, answer
from cenlink.sealed.private.messages import open_message
from cenlink.sealed.private.sealing import padme, unseal
from cenlink.sealed.private.slots import device_key, open_slot, passkey_key, passphrase_key, stretching_of

from tests.sealed.cases import CASES
from tests.sealed.refusing import code_of
from tests.sealed.vectors import PARTS, WHERE, summary

VECTORS: dict[str, Any] = json.loads(WHERE.read_text(encoding="utf-8"))


def raw(value: str | dict[str, int]) -> bytes:
    text = VECTORS["pool"][value["at"]] if isinstance(value, dict) else value
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def judge(case: dict[str, Any]) -> dict[str, Any] | None:
    directory, chain = Directory(), GroupChain()
    for kind, link in case["network"]:
        directory.apply(kind, raw(link))
    if case["sort"] == "network":
        directory.apply(case["kind"], raw(case["raw"]))
        return None
    for link in case["links"]:
        chain.extend(raw(link), directory)
    if case["sort"] == "group":
        return summary(chain.extend(raw(case["raw"]), directory))
    if case["sort"] == "kept":
        require_closed_links(chain, case["verified"], directory)
        return None
    order = MessageOrder()
    for lhash in case["lhashes"]:
        order.append(raw(lhash))
    message = read_message(raw(case["raw"]), raw(case["ct"]))
    require_admissible(message, chain, directory)
    require_timely(message, case["i"], chain, order)
    require_closed_message(message, case["i"], chain, directory)
    open_message(message, raw(case["secret"]))
    return None


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_published_case_is_judged_as_it_says(case: dict[str, Any]) -> None:
    found: list[dict[str, Any] | None] = []
    assert code_of(lambda: found.append(judge(case))) == case["refused"]
    if case.get("after"):
        assert found == [case["after"]]


def test_the_published_cases_are_those_of_the_tests() -> None:
    assert len(PARTS) == 5
    published = [(case["name"], case["refused"]) for case in VECTORS["cases"]]
    assert sorted(published) == sorted((case.name, case.refused) for case in CASES), "python -m tests.sealed.vectors"


def test_keys_come_from_their_seed() -> None:
    for entry in VECTORS["keys"]:
        keys = Keys(raw(entry["seed"]))
        assert keys.kid == raw(entry["kid"])
        assert keys.public.as_map() == {part: raw(entry[part]) for part in "emx"}


def test_sealed_bytes_open() -> None:
    for entry in VECTORS["sealing"]:
        plain = unseal(raw(entry["key"]), dec(raw(entry["context"])), raw(entry["sealed"]))
        assert plain == bytes([entry["byte"]]) * entry["size"]


def test_padding_lengths() -> None:
    assert {n: padme(int(n)) for n in VECTORS["padme"]} == VECTORS["padme"]


def test_periods_open_forwards_and_backwards() -> None:
    entry = VECTORS["periods"]
    gid, commits = raw(entry["gid"]), [raw(c) for c in entry["commits"]]
    first = Epoch(1, commits[0], (), 0, 1, b"")
    second = Epoch(2, commits[1], (raw(entry["back"]),), 0, 2, b"")
    keys, wraps = Keys(raw(entry["seed"])), [read_wrap(raw(w)) for w in entry["wraps"]]
    secret = unwrap(wraps, second, gid, raw(entry["account"]), {keys.kid: keys})
    assert secret == raw(entry["secrets"][1])
    assert step_back(secret, second, first, gid) == raw(entry["secrets"][0])
    assert {label: epoch_key(secret, gid, 2, label) for label in entry["labels"]} == {
        label: raw(key) for label, key in entry["labels"].items()
    }


def test_files_open(tmp_path: Path) -> None:
    for entry in VECTORS["files"]:
        fields = {k: raw(v) if k in {"aid", "key", "ph"} else v for k, v in entry["descriptor"].items()}
        sealed = raw(entry["sealed"])
        parts = [sealed[at : at + PART] for at in range(0, len(sealed), PART)]
        open_file(raw(entry["gid"]), fields, parts, tmp_path / "out")
        assert sha256((tmp_path / "out").read_bytes()) == raw(entry["sha256"])


def test_all_ways_of_unlocking_open() -> None:
    entry = VECTORS["unlocking"]
    uid, words, secret = raw(entry["uid"]), entry["passphrase"], raw(entry["secret"])
    slots = {kind: dec(raw(slot)) for kind, slot in entry["slots"].items()}
    device = slots["device"]
    keys = {
        "pass": passphrase_key(words, secret, stretching_of(slots["pass"])),
        "passkey": passkey_key(raw(entry["prf"])),
        "device": device_key(words, raw(entry["held"]), uid, device["id"], device["dev"], stretching_of(device)),
    }
    assert keys == {kind: raw(key) for kind, key in entry["keys"].items()}
    for kind, slot in slots.items():
        assert open_slot(uid, slot, keys[kind]) == raw(entry["account_key"])
    keyset = open_keyset(raw(entry["account_key"]), uid, 1, raw(entry["keyset"]["ct"]))
    assert keyset.seeds == {1: raw(entry["keyset"]["seed"])}
    assert secret_key_text(secret) == entry["secret_text"]
    assert secret_key_typed(entry["secret_text"]) == secret


def test_a_device_is_linked() -> None:
    entry = VECTORS["linking"]
    fields = [raw(entry[name]) for name in ("uid", "dev", "seed", "secret", "request")]
    device = NewDevice(fields[0], fields[1], fields[2], fields[3], fields[4])
    assert device.code == entry["code"]
    assert device.received(raw(entry["answer"]))["auk"] == raw(entry["account_key"])
    assert answer(device.request, entry["code"], 1_790_000_000, {"auk": bytes(32), "rev": 1, "sk": None, "pins": b""})


def test_bodies() -> None:
    for entry in VECTORS["bodies"]:
        assert code_of(lambda e=entry: require_body(dec(raw(e["body"])))) == entry["refused"], entry["name"]


def test_codes_and_leaves() -> None:
    entry, leaves = VECTORS["administration_code"], VECTORS["leaves"]
    assert administration_code(raw(entry["genesis"])) == entry["code"]
    lhash = raw(leaves["lhash"])
    written = [chain_leaf("usr", bytes(16), 3, lhash), chain_leaf("grp", bytes(16), 3, lhash)]
    written.append(message_leaf(bytes(16), 7, lhash))
    assert [leaf_hash(leaf) for leaf in written] == [raw(h) for h in leaves["hashes"]]


def test_cbor() -> None:
    for written in VECTORS["cbor"]["written"]:
        assert enc(dec(bytes.fromhex(written))).hex() == written
    for name, refused in VECTORS["cbor"]["refused"].items():
        assert code_of(lambda r=refused: dec(bytes.fromhex(r))) == "cbor", name
