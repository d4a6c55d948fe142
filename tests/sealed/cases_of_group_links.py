"""The shape and the order of a group's links, right and wrong (sealed-protocol §4.3)."""

from __future__ import annotations

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.private.authoring import write_group_link
from cenlink.sealed.private.keys import sign
from cenlink.sealed.refusals import Code

from tests.sealed.cases import Judged, Stage, case, group
from tests.sealed.cases_of_groups import add, rem
from tests.sealed.network import pol


def changed(s: Stage, **fields: object) -> Judged:
    content = dec(dec(s.room.written(s.alice, [add(s, s.amira)]))[2])
    content.update(fields)
    return group(sign(content, s.alice.keys))


@case("an unknown field", Code.NEWER)
def _(s: Stage) -> Judged:
    return changed(s, extra=1)


@case("an unknown operation", Code.NEWER)
def _(s: Stage) -> Judged:
    return changed(s, ops=[["rename", {}]])


@case("the open field is ignored", None)
def _(s: Stage) -> Judged:
    return changed(s, x={"anything": [1, 2, 3]})


@case("the open field is too large", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return changed(s, x={"a": "b" * 1100})


@case("true in the place of 1", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return changed(s, at=True)


@case("a number that is not the next", Code.ORDER)
def _(s: Stage) -> Judged:
    return changed(s, seq=5)


@case("another link before it", Code.ORDER)
def _(s: Stage) -> Judged:
    return changed(s, prev=bytes(32))


@case("of another group", Code.ORDER)
def _(s: Stage) -> Judged:
    return changed(s, id=bytes(16))


@case("dated before the link before it", Code.ORDER)
def _(s: Stage) -> Judged:
    return changed(s, at=1_700_000_000)


@case("a place among the messages that goes back", Code.ORDER)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [room.epoch()], order=[4, bytes(32)])
    return group(room.written(s.alice, [room.epoch()], order=[3, bytes(32)]))


@case("a log head that is no pair", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return changed(s, tl=[1])


@case("one signature is stripped", Code.SIGNER)
def _(s: Stage) -> Judged:
    envelope = dec(s.room.written(s.alice, [add(s, s.amira)]))
    return group(enc([*envelope[:3], envelope[3][:1]]))


@case("a bit of a signature is flipped", Code.SIGNATURE)
def _(s: Stage) -> Judged:
    raw = bytearray(s.room.written(s.alice, [add(s, s.amira)]))
    raw[-1] ^= 1
    return group(bytes(raw))


@case("a founder who is not among the members", Code.RIGHTS)
def _(s: Stage) -> Judged:
    ops = [pol(s.alice), add(s, s.bob, "manager")]
    s.room.chain.states.clear()
    s.room.chain.links.clear()
    return group(
        write_group_link(None, ops, (s.alice.uid, s.alice.keys), view=s.network.view(s.alice), at=s.network.tick())
    )


@case("a group that begins with a removal", Code.STATE)
def _(s: Stage) -> Judged:
    ops = [pol(s.alice), add(s, s.alice, "manager"), rem(s.bob)]
    s.room.chain.states.clear()
    s.room.chain.links.clear()
    return group(
        write_group_link(None, ops, (s.alice.uid, s.alice.keys), view=s.network.view(s.alice), at=s.network.tick())
    )
