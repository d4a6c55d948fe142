"""Who may change what in a group, right and wrong (sealed-protocol §4.3)."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.checks.cbor import dec
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
