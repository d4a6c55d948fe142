"""What the browser's client makes, verified and opened by the Python client; and the other way round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.messages import read_message, require_admissible, require_timely
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.checks.withdrawn_keys import require_closed_links, require_closed_message
from cenlink.sealed.checks.wraps import read_wrap, require_exactly
from cenlink.sealed.private.attachments import PART, open_file
from cenlink.sealed.private.epochs import epoch_key, unwrap
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.keyset import open_keyset, open_pins
from cenlink.sealed.private.linking import NewDevice, answer
from cenlink.sealed.private.messages import open_message
from cenlink.sealed.private.sealing import unseal
from cenlink.sealed.private.slots import device_key, open_slot, passkey_key, passphrase_key, stretching_of
from playwright.sync_api import Page

from tests.sealed.browser.served import address, browser, bundle, sheet, text, unread

__all__ = ["address", "browser", "bundle", "sheet"]
pytestmark = pytest.mark.browser
NOW = 1_790_000_000
SIZES = (0, 1, 16383, 16384, 16385, 49152, 200_001)


def test_a_network_a_group_and_a_message_with_a_file(sheet: Page, tmp_path: Path) -> None:
    size, body = PART + 12_345, "Consignee – Ω\nsecond line"
    made: dict[str, Any] = sheet.evaluate("(file) => sealed.made.group(file)", {"size": size, "body": body})
    directory, chain = Directory(), GroupChain()
    for kind, raw in made["told"]:
        directory.apply(kind, unread(raw))
    for raw in made["links"]:
        chain.extend(unread(raw), directory)
    require_closed_links(chain, 0, directory)
    wraps = [read_wrap(unread(raw)) for raw in made["wraps"]]
    require_exactly(wraps, chain.id, chain.now.owed)

    keys, uid = Keys(unread(made["bob"]["seed"])), unread(made["bob"]["uid"])
    secret = unwrap(wraps, chain.now.epochs[-1], chain.id, uid, {keys.kid: keys})
    assert secret == unread(made["secret"])
    assert chain.now.name
    named = unseal(epoch_key(secret, chain.id, 1, "meta"), ["comm/1/meta", chain.id, 1, 1], chain.now.name.ct)
    assert named == b"Reefers"

    message, order = read_message(unread(made["message"]), unread(made["ct"])), MessageOrder()
    order.append(message.lhash)
    require_admissible(message, chain, directory)
    require_timely(message, 1, chain, order)
    require_closed_message(message, 1, chain, directory)
    opened = open_message(message, secret)
    assert opened["body"] == body
    parts = [unread(part) for part in made["parts"]]
    assert [len(part) == PART for part in parts] == [True, False]
    open_file(chain.id, opened["files"][0], parts, tmp_path / "x-ray")
    assert (tmp_path / "x-ray").read_bytes() == bytes(at * 7 % 256 for at in range(size))


def test_all_ways_of_unlocking(sheet: Page) -> None:
    passphrase, secret, prf, held = "Grüße 漢字 e\u0301", bytes(range(16)), bytes([1]) * 32, bytes([2]) * 128
    given = {"passphrase": passphrase, "secret": text(secret), "prf": text(prf), "held": text(held)}
    made = sheet.evaluate("(given) => sealed.made.unlocking(given)", given)
    uid, dev, account_key = unread(made["uid"]), unread(made["dev"]), unread(made["account_key"])
    slots = {kind: dec(unread(slot)) for kind, slot in made["slots"].items()}
    device = slots["device"]
    keys = {
        "pass": passphrase_key(passphrase, secret, stretching_of(slots["pass"])),
        "passkey": passkey_key(prf),
        "device": device_key(passphrase, held, uid, device["id"], dev, stretching_of(device)),
    }
    assert {kind: open_slot(uid, slot, keys[kind]) for kind, slot in slots.items()} == dict.fromkeys(keys, account_key)
    keyset = open_keyset(account_key, uid, 3, unread(made["keyset"]))
    assert keyset.seeds == {1: unread(made["seed"])}
    following = open_keyset(account_key, uid, 4, unread(made["next"]))
    assert (following.prev, set(following.seeds)) == (sha256(unread(made["keyset"])), {1, 2})
    assert open_pins(account_key, uid, dev, unread(made["pins"])) == {"net": [3, bytes(32)]}


def test_a_browser_admits_a_python_client_and_is_admitted_by_one(sheet: Page) -> None:
    account_key = bytes(range(32))
    device = NewDevice.asking(bytes(16), bytes([1]) * 16, NOW)
    asked = {"request": text(device.request), "code": device.code.lower(), "now": NOW + 10, "auk": text(account_key)}
    answered = unread(sheet.evaluate("(asked) => sealed.made.answered(asked)", asked))
    assert device.received(answered)["auk"] == account_key

    asking = sheet.evaluate("(now) => sealed.made.asks(now)", NOW)
    handed = {"auk": account_key, "rev": 1, "sk": None, "pins": enc({})}
    reply = answer(unread(asking["request"]), asking["code"], NOW, handed)
    assert unread(sheet.evaluate("(reply) => sealed.made.receives(reply)", text(reply))) == account_key


@pytest.mark.parametrize("size", SIZES)
def test_sealed_bytes_of_every_length_of_a_last_chunk(sheet: Page, size: int) -> None:
    key = bytes(range(32))
    made = sheet.evaluate("([key, size]) => sealed.made.sealed(key, size)", [text(key), size])
    assert made["opens"]
    assert unseal(key, ["comm/1/test", size], unread(made["sealed"])) == bytes(at * 13 % 251 for at in range(size))
