"""Messages and links under withdrawn keys (sealed-protocol §4.4, §6)."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.private.epochs import epoch_key
from cenlink.sealed.private.keys import sign
from cenlink.sealed.private.sealing import pad, seal
from cenlink.sealed.refusals import Code

from tests.sealed.cases import Judged, Stage, case, kept, message
from tests.sealed.cases_of_groups import add, key, now_with, rem
from tests.sealed.network import Person, pol, said

# Authors


@case("a writer posts", None)
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.bob, said("Check **TLLU 1234567** – Ω 漢")))


@case("a reader posts", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.carol, said("hello")))


@case("a stranger posts", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.mallory, said("hello")))


@case("a writer posts where only managers may", Code.RIGHTS, post="manager")
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.bob, said("hello")))


@case("an author who is not in the directory", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    i, said_ = s.room.post(s.bob, said("hello"))
    content = {**said_.content, "by": {"kid": s.bob.keys.kid, "u": bytes(16)}}
    return message(i, said_, raw=sign(content, s.bob.keys))


@case("a member signs another's words as its own", Code.SEALED)
def _(s: Stage) -> Judged:
    i, said_ = s.room.post(s.alice, said("mine"))
    content = {**said_.content, "by": {"kid": s.bob.keys.kid, "u": s.bob.uid}}
    return message(i, said_, raw=sign(content, s.bob.keys))


@case("a member signs in another's name", Code.SIGNER)
def _(s: Stage) -> Judged:
    i, said_ = s.room.post(s.alice, said("mine"))
    return message(i, said_, raw=sign(said_.content, s.bob.keys))


@case("a bit of the message's signature is flipped", Code.SIGNATURE)
def _(s: Stage) -> Judged:
    i, said_ = s.room.post(s.bob, said("hello"))
    raw = bytearray(said_.signed.raw)
    raw[-1] ^= 1
    return message(i, said_, raw=bytes(raw))


@case("a message of one signature", Code.SIGNER)
def _(s: Stage) -> Judged:
    i, said_ = s.room.post(s.bob, said("hello"))
    envelope = dec(said_.signed.raw)
    return message(i, said_, raw=enc([*envelope[:3], envelope[3][:1]]))


# Content


@case("another ciphertext than was signed", Code.SEALED)
def _(s: Stage) -> Judged:
    i, said_ = s.room.post(s.bob, said("hello"))
    ct = said_.ct or b""
    return message(i, said_, ct=ct[:-1] + bytes([ct[-1] ^ 1]))


@case("a ciphertext from another group", Code.OFF_CHAIN)
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.bob, said("hello"), g=bytes(16)))


def resealed(s: Stage, plain: bytes) -> Judged:
    """A message of Bob's that holds these bytes instead of a padded body."""
    i, said_ = s.room.post(s.bob, said("hello"))
    ct = seal(epoch_key(s.room.secrets[1], s.room.gid, 1, "msg"), said_.header, plain)
    return message(i, said_, raw=sign({**said_.content, "cth": sha256(ct)}, s.bob.keys), ct=ct)


@case("a message without padding", Code.PADDING)
def _(s: Stage) -> Judged:
    return resealed(s, enc(said("hello")))


@case("a message padded too long", Code.PADDING)
def _(s: Stage) -> Judged:
    return resealed(s, pad(enc(said("hello"))) + bytes(1024))


@case("a body that is no map", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return resealed(s, pad(enc(["hello"])))


@case("a body with doubled keys", Code.CBOR)
def _(s: Stage) -> Judged:
    return resealed(s, pad(bytes.fromhex("a2617401617402")))


@case("a newer type of body", Code.NEWER)
def _(s: Stage) -> Judged:
    return resealed(s, pad(enc(said("hello", t="poll"))))


@case("a file that the header does not declare", Code.FILE)
def _(s: Stage) -> Judged:
    return resealed(s, pad(enc(said("hello", files=[descriptor()]))))


@case("a file whose size was made larger", Code.FILE)
def _(s: Stage) -> Judged:
    i, (said_, raw, ct) = declared(s, descriptor(size=1025))
    return message(i, said_, raw=raw, ct=ct)


def descriptor(**changes: Any) -> dict[str, Any]:
    file = {"aid": bytes(16), "key": bytes(32), "size": 10, "csize": 1096, "ph": bytes(32)}
    return {**file, "name": "x-ray.jpg", "type": "image/jpeg", **changes}


def declared(s: Stage, file: dict[str, Any]) -> tuple[int, tuple[Any, bytes, bytes]]:
    """A message that declares the file as it describes it, whatever is wrong with it."""
    i, said_ = s.room.post(s.bob, said("hello"))
    content = {**said_.content, "att": [[file["aid"], file["csize"]]]}
    header = {name: value for name, value in content.items() if name != "cth"}
    ct = seal(epoch_key(s.room.secrets[1], s.room.gid, 1, "msg"), header, pad(enc(said("hello", files=[file]))))
    return i, (said_, sign({**content, "cth": sha256(ct)}, s.bob.keys), ct)


@case("a file whose sizes do not fit", Code.FILE)
def _(s: Stage) -> Judged:
    i, (said_, raw, ct) = declared(s, descriptor(size=2000))
    return message(i, said_, raw=raw, ct=ct)


@case("a file without a hash for each part", Code.FILE)
def _(s: Stage) -> Judged:
    i, (said_, raw, ct) = declared(s, descriptor(ph=b""))
    return message(i, said_, raw=raw, ct=ct)


# Time and order


@case("sealed for a period that was over", Code.STATE)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [room.epoch()])
    return message(*room.post(s.bob, said("old key"), n=1))


@case("a removed member posts where it stood before", Code.LATE)
def _(s: Stage) -> Judged:
    room = s.room
    stood = room.now.head
    assert stood
    room.turn(s.alice, [rem(s.bob), room.epoch(without=[s.bob])])
    return message(*room.post(s.bob, said("still here"), head=stood.position.as_list(), n=1, ml=[0, bytes(32)]))


@case("a message that came before its author was removed", None)
def _(s: Stage) -> Judged:
    posted = s.room.post(s.bob, said("in time"))
    s.room.turn(s.alice, [rem(s.bob), s.room.epoch(without=[s.bob])])
    return message(*posted)


@case("a writer made a reader posts where it stood before", Code.LATE)
def _(s: Stage) -> Judged:
    room = s.room
    stood = room.now.head
    assert stood
    room.turn(s.alice, [["role", {"u": s.bob.uid, "role": "reader"}]])
    return message(*room.post(s.bob, said("still a writer"), head=stood.position.as_list()))


@case("a message from before the managers kept the floor", Code.LATE)
def _(s: Stage) -> Judged:
    room = s.room
    stood = room.now.head
    assert stood
    room.turn(s.alice, [pol(s.alice, post="manager")])
    return message(*room.post(s.bob, said("late"), head=stood.position.as_list()))


@case("an addition of another member is no barrier", None)
def _(s: Stage) -> Judged:
    room = s.room
    stood = room.now.head
    assert stood
    room.turn(s.alice, [add(s, s.amira)])
    return message(*room.post(s.bob, said("on the way"), head=stood.position.as_list()))


@case("an author who saw another order of messages", Code.FORK)
def _(s: Stage) -> Judged:
    s.room.post(s.alice, said("one"))
    return message(*s.room.post(s.bob, said("two"), ml=[1, bytes(32)]))


@case("an author who saw more than there was", Code.OFF_CHAIN)
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.bob, said("two"), ml=[7, bytes(32)]))


@case("an author who stood on a link that is not known", Code.OFF_CHAIN)
def _(s: Stage) -> Judged:
    return message(*s.room.post(s.bob, said("hello"), head=[9, bytes(32)], n=1))


# Withdrawn keys


def stolen(s: Stage, person: Person) -> None:
    """The officer noticed and changed the key; the thief has the old one."""
    _ = s.room
    s.network.rotate(person, "lost")


@case("a thief posts with the key that was replaced", Code.WITHDRAWN)
def _(s: Stage) -> Judged:
    stolen(s, s.bob)
    return message(*s.room.post(s.bob, said("by the thief"), keys=s.bob.key_of(1)))


@case("what the owner wrote before is trusted once the loss is closed", None)
def _(s: Stage) -> Judged:
    posted = s.room.post(s.bob, said("by Bob"))
    stolen(s, s.bob)
    s.room.turn(s.bob, [key(s, s.bob), s.room.epoch(also=now_with(s.bob))])
    return message(*posted)


@case("a thief posts after the loss was closed", Code.LATE)
def _(s: Stage) -> Judged:
    room = s.room
    stood = room.now.head
    assert stood
    stolen(s, s.bob)
    room.turn(s.bob, [key(s, s.bob), room.epoch(also=now_with(s.bob))])
    return message(*room.post(s.bob, said("by the thief"), keys=s.bob.key_of(1), head=stood.position.as_list(), n=1))


@case("a revoked member posts", Code.WITHDRAWN)
def _(s: Stage) -> Judged:
    posted = s.room.post(s.bob, said("hello"))
    s.network.revoke(s.bob)
    return message(*posted)


@case("a member of an administration that left posts", Code.WITHDRAWN)
def _(s: Stage) -> Judged:
    posted = s.room.post(s.bob, said("hello"))
    s.network.net(["admrev", {"a": s.germany.id}])
    return message(*posted)


@case("a member posts while its reset is pending", Code.WITHDRAWN)
def _(s: Stage) -> Judged:
    posted = s.room.post(s.bob, said("hello"))
    s.network.reset(s.bob, finish=False)
    return message(*posted)


@case("a thief's link with a manager's replaced key", Code.WITHDRAWN)
def _(s: Stage) -> Judged:
    stolen(s, s.alice)
    s.room.turn(s.alice, [add(s, s.mallory)], keys=s.alice.key_of(1))
    return kept(2)


@case("a manager's own earlier link is kept once the loss is closed", None)
def _(s: Stage) -> Judged:
    s.room.turn(s.alice, [add(s, s.amira)])
    stolen(s, s.alice)
    s.room.turn(s.alice, [key(s, s.alice), s.room.epoch(also=now_with(s.alice))])
    return kept(2)


@case("what was verified before the loss stays", None)
def _(s: Stage) -> Judged:
    s.room.turn(s.alice, [add(s, s.amira)])
    stolen(s, s.alice)
    return kept(3)


@case("a thief closes his own links with another withdrawn key", Code.WITHDRAWN)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [add(s, s.amira, "manager")])
    s.network.rotate(s.alice, "lost")
    s.network.rotate(s.amira, "lost")
    room.turn(s.alice, [add(s, s.mallory)], keys=s.alice.key_of(1))
    room.turn(s.amira, [key(s, s.alice), room.epoch(also=now_with(s.alice))], keys=s.amira.key_of(1))
    return kept(3)


@case("a closing link that is closed itself", None)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [add(s, s.amira, "manager")])
    s.network.rotate(s.alice, "lost")
    s.network.rotate(s.amira, "lost")
    room.turn(s.amira, [key(s, s.alice), room.epoch(also=now_with(s.alice))], keys=s.amira.key_of(1))
    room.turn(s.alice, [key(s, s.amira), room.epoch(also=now_with(s.amira))])
    return kept(2)
