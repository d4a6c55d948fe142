"""Keys of members, periods and their history, right and wrong (sealed-protocol §4.3)."""

from __future__ import annotations

import secrets

from cenlink.sealed.private.epochs import back_link, epoch_op
from cenlink.sealed.refusals import Code

from tests.sealed.cases import Judged, Stage, case, group
from tests.sealed.cases_of_groups import DAY, add, key, now_with, rem, sus

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
