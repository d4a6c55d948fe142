"""Links of a group, right and wrong (sealed-protocol §4.3)."""

from __future__ import annotations

import secrets
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.private.authoring import write_group_link
from cenlink.sealed.private.epochs import back_link, epoch_op
from cenlink.sealed.private.keys import Keys, new_seed, sign
from cenlink.sealed.refusals import Code

from tests.sealed.cases import Judged, Stage, case, group
from tests.sealed.network import Person, member, pol

Op = list[Any]
DAY = 86_400


def add(s: Stage, person: Person, role: str = "reader") -> Op:
    return ["add", member(s.network, person, role)]


def rem(person: Person) -> Op:
    return ["rem", {"u": person.uid}]


def key(s: Stage, person: Person) -> Op:
    newest = s.network.directory.accounts[person.uid].newest
    return ["key", {"u": person.uid, "gen": newest.gen, "kid": newest.key.kid}]


def sus(person: Person) -> Op:
    return ["sus", {"u": person.uid}]


def now_with(person: Person) -> dict[bytes, bytes]:
    return {person.uid: person.keys.kid}


# Who may what


@case("a manager adds a member", None)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.amira)]))


@case("a member whom a successor certified that was revoked later", None)
def _(s: Stage) -> Judged:
    successor = s.network.administration("FR", succ=s.france.id)
    dora = s.network.officer(s.france, "Dora", certified=False)
    account = s.network.directory.accounts[dora.uid]
    s.network.adm(successor, ["cert", {"u": dora.uid, "gh": account.genesis, "typ": "officer", "name": None}])
    s.network.net(["admrev", {"a": successor.id}])
    return group(s.room.written(s.alice, [add(s, dora)]))


@case("a writer brings the first key", Code.RIGHTS)
def _(s: Stage) -> Judged:
    s.room.chain.cut(1)
    return group(s.room.written(s.bob, [s.room.epoch()]))


@case("a writer adds a ghost member", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [add(s, s.mallory)]))


@case("a stranger adds himself", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.mallory, [add(s, s.mallory, "manager")]))


@case("the server adds a ghost with a key of its own in a manager's name", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.mallory)], keys=Keys(new_seed())))


@case("a manager's link is signed by somebody else", Code.SIGNER)
def _(s: Stage) -> Judged:
    content = dec(dec(s.room.written(s.alice, [add(s, s.amira)]))[2])
    return group(sign(content, s.mallory.keys))


@case("an added account that nobody certifies", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    ghost = s.network.officer(s.chile, "Ghost", certified=False)
    return group(s.room.written(s.alice, [add(s, ghost)]))


@case("an added account whose administration was never admitted", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    outside = s.network.officer(s.network.administration("XX", admitted=False), "Outsider")
    return group(s.room.written(s.alice, [add(s, outside)]))


@case("an added account under a key that it does not have", Code.UNCERTIFIED)
def _(s: Stage) -> Judged:
    op = ["add", {**member(s.network, s.amira, "reader"), "kid": s.mallory.keys.kid}]
    return group(s.room.written(s.alice, [op]))


@case("a member that was revoked later stays validly added", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.amira)
    return group(room.written(s.alice, [add(s, s.amira)]))


@case("a member is added twice", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.bob)]))


@case("one member changed twice in a link", Code.STATE)
def _(s: Stage) -> Judged:
    ops = [["role", {"u": s.bob.uid, "role": "reader"}], rem(s.bob), s.room.epoch(without=[s.bob])]
    return group(s.room.written(s.alice, ops))


@case("a removal of somebody who is no member", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [rem(s.mallory), s.room.epoch()]))


@case("a manager removes a writer with a new key for the others", None)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [rem(s.bob), s.room.epoch(without=[s.bob])]))


@case("a removal without a new key", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [rem(s.bob)]))


@case("a removal whose new key is still meant for the removed", Code.RECIPIENTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [rem(s.bob), s.room.epoch()]))


@case("a new key that leaves out a member", Code.RECIPIENTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [s.room.epoch(without=[s.carol])]))


@case("a writer removes a member in good standing", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [rem(s.carol), s.room.epoch(without=[s.carol])]))


@case("a writer removes a revoked member", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.carol)
    return group(room.written(s.bob, [rem(s.carol), room.epoch(without=[s.carol])]))


@case("a writer removes a member whose administration left the network", None)
def _(s: Stage) -> Judged:
    s.room.turn(s.alice, [add(s, s.mallory)])
    s.network.net(["admrev", {"a": s.chile.id}])
    return group(s.room.written(s.bob, [rem(s.mallory), s.room.epoch(without=[s.mallory])]))


@case("a suspension stays valid after the administration that left was taken over", None)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [add(s, s.mallory)])
    s.network.net(["admrev", {"a": s.chile.id}])
    raw = room.written(s.bob, [sus(s.mallory), room.epoch(without=[s.mallory])])
    s.network.administration("CL", succ=s.chile.id)
    return group(raw)


@case("a writer's new key stays valid after the administration that left was taken over", None)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [add(s, s.mallory)])
    s.network.net(["admrev", {"a": s.chile.id}])
    raw = room.written(s.bob, [room.epoch()])
    s.network.administration("CL", succ=s.chile.id)
    return group(raw)


@case("a writer removes a member who only changed her key", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.carol)
    return group(room.written(s.bob, [rem(s.carol), room.epoch(without=[s.carol])]))


@case("a reader removes a revoked member", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.bob)
    return group(room.written(s.carol, [rem(s.bob), room.epoch(without=[s.bob])]))


@case("a member leaves", None)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.carol, [rem(s.carol)]))


@case("a member leaves and changes the key on the way", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [rem(s.bob), s.room.epoch(without=[s.bob])]))


@case("the last manager leaves", Code.LAST_MANAGER)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [rem(s.alice)]))


@case("the last manager makes himself a reader", Code.LAST_MANAGER)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [["role", {"u": s.alice.uid, "role": "reader"}]]))


@case("the last manager, revoked, is removed by a writer", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.alice)
    return group(room.written(s.bob, [rem(s.alice), room.epoch(without=[s.alice])]))


@case("a writer sets the policy", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [pol(s.alice, post="writer", maxage=30)]))


@case("the home administration is changed", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [pol(s.bob)]))


@case("a retention of a week", Code.SCHEMA)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [pol(s.alice, ret=7)]))


@case("a writer names the group", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [s.room.named("Mine", n=1)]))


@case("a link after the close", Code.STATE)
def _(s: Stage) -> Judged:
    s.room.turn(s.alice, [["close", {}]])
    return group(s.room.written(s.alice, [add(s, s.amira)]))


@case("a writer closes", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [["close", {}]]))


@case("a grant of an earlier period by a manager", None)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [["grant", {"u": s.carol.uid, "n": 1}]]))


@case("a grant of a period that does not exist", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [["grant", {"u": s.carol.uid, "n": 2}]]))


@case("a grant by a writer", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [["grant", {"u": s.carol.uid, "n": 1}]]))


# Two managers


@case("one manager of two adds alone", Code.RIGHTS, mq=2)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.mallory)]))


@case("two managers add together", None, mq=2)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.mallory)], s.amira))


@case("a manager signs twice", Code.SIGNER, mq=2)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.mallory)], s.alice))


@case("a writer co-signs", Code.RIGHTS, mq=2)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.mallory)], s.bob))


@case("one of two managers removes the other alone", Code.RIGHTS, mq=2)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [rem(s.amira), s.room.epoch(without=[s.amira])]))


@case("one of two managers closes alone", Code.RIGHTS, mq=2)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [["close", {}]]))


@case("two managers asked for and only one there", Code.LAST_MANAGER)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [pol(s.alice, mq=2)]))


# Keys of members


@case("a member tells its new key, signed with it", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.carol)
    return group(room.written(s.carol, [key(s, s.carol), room.epoch(also=now_with(s.carol))]))


@case("a member tells its new key, signed with the old one", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.bob)
    return group(room.written(s.bob, [key(s, s.bob), room.epoch(also=now_with(s.bob))], keys=s.bob.key_of(1)))


@case("a writer tells the new key of another", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.carol)
    return group(room.written(s.bob, [key(s, s.carol), room.epoch(also=now_with(s.carol))]))


@case("a reader tells the new key of another", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.bob)
    return group(room.written(s.carol, [key(s, s.bob), room.epoch(also=now_with(s.bob))]))


@case("a new key without a new period", Code.STATE)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.carol)
    return group(room.written(s.carol, [key(s, s.carol)]))


@case("a member readmits itself after a reset", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.reset(s.bob)
    return group(room.written(s.bob, [key(s, s.bob), room.epoch(also=now_with(s.bob))]))


@case("a writer readmits a member after a reset", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.reset(s.carol)
    return group(room.written(s.bob, [key(s, s.carol), room.epoch(also=now_with(s.carol))]))


@case("a manager readmits a member after a reset", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.reset(s.carol)
    return group(room.written(s.alice, [key(s, s.carol), room.epoch(also=now_with(s.carol))]))


@case("an older key comes back", Code.STATE)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.rotate(s.bob)
    room.turn(s.bob, [key(s, s.bob), room.epoch(also=now_with(s.bob))])
    old = s.bob.key_of(1).kid
    return group(
        room.written(s.alice, [["key", {"u": s.bob.uid, "gen": 1, "kid": old}], room.epoch(also={s.bob.uid: old})])
    )


@case("a writer suspends a member that was reset", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.reset(s.carol, finish=False)
    return group(room.written(s.bob, [sus(s.carol), room.epoch(without=[s.carol])]))


@case("a reset member is suspended and still given the new key", Code.RECIPIENTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.reset(s.carol, finish=False)
    return group(room.written(s.bob, [sus(s.carol), room.epoch()]))


@case("a writer suspends a member in good standing", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [sus(s.carol), s.room.epoch(without=[s.carol])]))


def suspended(s: Stage) -> None:
    room = s.room
    s.network.reset(s.bob)
    room.turn(s.alice, [sus(s.bob), room.epoch(without=[s.bob])])


@case("a suspended member signs", Code.RIGHTS)
def _(s: Stage) -> Judged:
    suspended(s)
    return group(s.room.written(s.bob, [rem(s.bob)], keys=s.bob.key_of(1)))


@case("a manager lifts a suspension", None)
def _(s: Stage) -> Judged:
    suspended(s)
    return group(s.room.written(s.alice, [key(s, s.bob), s.room.epoch(also=now_with(s.bob))]))


@case("a suspended member lifts its own suspension", Code.RIGHTS)
def _(s: Stage) -> Judged:
    suspended(s)
    return group(s.room.written(s.bob, [key(s, s.bob), s.room.epoch(also=now_with(s.bob))]))


# Periods and history


@case("a manager begins a new period", None)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [s.room.epoch()]))


@case("a writer begins a new period without a reason", Code.RIGHTS)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.bob, [s.room.epoch()]))


@case("a writer begins a new period because the old one is too old", None)
def _(s: Stage) -> Judged:
    room = s.room
    return group(room.written(s.bob, [room.epoch()], at=s.network.clock + 91 * DAY))


@case("a writer begins a new period because somebody left", None)
def _(s: Stage) -> Judged:
    s.room.turn(s.carol, [rem(s.carol)])
    return group(s.room.written(s.bob, [s.room.epoch()]))


@case("a reader begins a new period although it is stale", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    return group(room.written(s.carol, [room.epoch()], at=s.network.clock + 91 * DAY))


@case("a period is skipped", Code.STATE)
def _(s: Stage) -> Judged:
    room = s.room
    op = epoch_op(secrets.token_bytes(32), room.gid, 3, room.now.recipients(), room.secrets[1])
    return group(room.written(s.alice, [op]))


@case("two new periods in one link", Code.STATE)
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [s.room.epoch(), s.room.epoch()]))


@case("history is cut off against the policy", Code.HISTORY)
def _(s: Stage) -> Judged:
    ops = [s.room.epoch(cut=True), s.room.named("Reefers")]
    return group(s.room.written(s.alice, ops))


@case("a newcomer joins without history", None, hist="join")
def _(s: Stage) -> Judged:
    ops = [add(s, s.amira), s.room.epoch(also=now_with(s.amira), cut=True), s.room.named("Reefers")]
    return group(s.room.written(s.alice, ops))


@case("a newcomer is given history against the policy", Code.HISTORY, hist="join")
def _(s: Stage) -> Judged:
    ops = [add(s, s.amira), s.room.epoch(also=now_with(s.amira)), s.room.named("Reefers")]
    return group(s.room.written(s.alice, ops))


@case("a newcomer without a new period under the join policy", Code.HISTORY, hist="join")
def _(s: Stage) -> Judged:
    return group(s.room.written(s.alice, [add(s, s.amira)]))


@case("a newcomer who could not read the group's name", Code.HISTORY, hist="join")
def _(s: Stage) -> Judged:
    ops = [add(s, s.amira), s.room.epoch(also=now_with(s.amira), cut=True)]
    return group(s.room.written(s.alice, ops))


@case("a readmitted member is a newcomer under the join policy", Code.HISTORY, hist="join")
def _(s: Stage) -> Judged:
    suspended(s)
    return group(s.room.written(s.alice, [key(s, s.bob), s.room.epoch(also=now_with(s.bob))]))


@case("a writer mends a bad link to the period before, with a new period", None)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [room.epoch()])
    s.network.rotate(s.carol)
    mended = ["bridge", {"n": 2, "b": back_link(room.secrets[2], room.gid, 2, room.secrets[1])}]
    return group(room.written(s.bob, [key(s, s.carol), mended, room.epoch(also=now_with(s.carol))]))


@case("a writer bridges an old period", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    room.turn(s.alice, [room.epoch()])
    return group(
        room.written(s.bob, [["bridge", {"n": 2, "b": back_link(room.secrets[2], room.gid, 2, room.secrets[1])}]])
    )


# Succession


def succ(s: Stage) -> Op:
    newest = s.network.directory.accounts[s.bob.uid].newest
    return ["succ", {"u": s.bob.uid, "gen": newest.gen, "kid": newest.key.kid}]


@case("a named member succeeds lost managers", None)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.alice)
    s.network.adm(s.france, ["succ", {"g": room.gid, "u": s.bob.uid}])
    return group(room.written(s.bob, [succ(s)]))


@case("a member succeeds although nobody named it", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.alice)
    return group(room.written(s.bob, [succ(s)]))


@case("a member succeeds although a manager is there", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.adm(s.france, ["succ", {"g": room.gid, "u": s.bob.uid}])
    return group(room.written(s.bob, [succ(s)]))


@case("another administration than the home names the successor", Code.RIGHTS)
def _(s: Stage) -> Judged:
    room = s.room
    s.network.revoke(s.alice)
    s.network.adm(s.germany, ["succ", {"g": room.gid, "u": s.bob.uid}])
    return group(room.written(s.bob, [succ(s)]))


# Shape and order


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
