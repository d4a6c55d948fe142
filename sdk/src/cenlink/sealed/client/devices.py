"""Another device: the new one shows a code, an enrolled one hands the account over (AMENDMENTS H9)."""

from __future__ import annotations

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.checks.spoken_codes import ALPHABET
from cenlink.sealed.client import pins
from cenlink.sealed.client.accounts import put, stored, unlock
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.unlocked import Unlocked, unlocked
from cenlink.sealed.client.ways import Way
from cenlink.sealed.private.linking import REQUEST, NewDevice, answer
from cenlink.sealed.refusals import Code, Refused

# The server names a request by the first 12 bytes of its hash, people by its first 20 letters.
NAME_BYTES, SPOKEN_LETTERS = 12, 20
WARNING = "This gives full access to your account to the device in front of you."
MOST_DEVICES = 100


def ask(desk: Desk, uid: bytes) -> NewDevice:
    """At the new device: asks, and shows `code`. Its secret part never reaches the server."""
    desk.network.sync()
    desk.network.account(uid)
    asking = NewDevice.asking(uid, desk.state.device, desk.state.now())
    desk.server.ask_to_link(asking.request)
    return asking


def hand_over(desk: Desk, code: str, way: Way, *, secret: bytes | None = None, name: str = "") -> None:
    """At the enrolled device, after `WARNING` was shown: answers the device that shows `code`.

    `way` unlocks anew, so that nobody hands over an account by a click. Refused: `sealed`, `rights` (the code belongs
    to another request), `late`, `schema`.
    """
    own = unlock(desk, way, desk.own.uid)
    h = named_by(code)
    request = desk.server.link_request(h)
    content = dec(request)
    REQUEST(content, "request")
    if content["u"] != own.uid:
        raise Refused(Code.RIGHTS, "the code belongs to another account")
    desk.sync()
    handed = {"auk": own.account_key, "rev": own.keyset.rev + 1, "sk": secret, "pins": enc(pins.seen(desk))}
    given = answer(request, code, desk.state.now(), handed)
    devices = [one for one in own.keyset.devices if one[0] != content["dev"]][-MOST_DEVICES + 1 :]
    keyset = own.keyset.next(own.ct, devices=[*devices, [content["dev"], desk.state.now(), name]])
    store, account = own.sealed(keyset, own.slots, own.account_key)
    put(desk, store, account)
    desk.server.answer_link(h, given)


def named_by(code: str) -> bytes:
    """How the server names the request with this code. Refused: `schema`.

    20 letters are 100 bits, of which the last four lie beyond the 12 bytes.
    """
    letters = "".join(code.upper().split()).replace("-", "")[:SPOKEN_LETTERS]
    heard = letters.translate(str.maketrans("OIL", "011"))
    if len(heard) < SPOKEN_LETTERS or any(letter not in ALPHABET for letter in heard):
        raise Refused(Code.SCHEMA, "the code has 28 letters")
    bits = 0
    for letter in heard:
        bits = bits << 5 | ALPHABET.index(letter)
    return (bits >> 4).to_bytes(NAME_BYTES, "big")


def receive(desk: Desk, asking: NewDevice) -> Unlocked | None:
    """At the new device: the account, or None while nobody has answered.

    Refused: `sealed`, `rights` (answered by somebody who did not see the code), `keyset`, `rollback`. Show the
    account's name, administration and administration code before it is used.
    """
    given = desk.server.link_answer(sha256(asking.request)[:NAME_BYTES])
    if given is None:
        return None
    content = asking.received(given)
    handed = pins.read_handed(content["pins"])
    desk.network.sync()
    desk.server.speak_for(asking.uid)
    store = stored(desk)
    if store.rev < content["rev"]:
        raise Refused(Code.ROLLBACK, f"key store {store.rev}, handed over as {content['rev']}")
    account = unlocked(desk.state, desk.network, asking.uid, store, content["auk"])
    desk.account = account
    desk.state.keep_fact("account", account.uid)
    desk.sync()
    pins.compare(desk, desk.state.device, handed)
    return account
