"""The key of a period: who can open it, and how history is walked back (sealed-protocol §5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cenlink.sealed.checks.wraps import Wrap, read_wrap, require_exactly
from cenlink.sealed.private.epochs import new_secret, step_back, unwrap, wrap
from cenlink.sealed.refusals import Code

from tests.sealed.cases import Stage
from tests.sealed.network import Person, Room
from tests.sealed.refusing import refused


@pytest.fixture
def stage() -> Stage:
    return Stage.fresh()


def wraps_for(room: Room, person: Person, n: int) -> list[Wrap]:
    return [w for w in room.wraps if (w.account, w.n) == (person.uid, n)]


def test_each_member_opens_its_own_and_nobody_elses(stage: Stage) -> None:
    room, epoch = stage.room, stage.room.now.epochs[0]
    for person in (stage.alice, stage.bob, stage.carol):
        keys = {person.keys.kid: person.keys}
        assert unwrap(room.wraps, epoch, room.gid, person.uid, keys) == room.secrets[1]
    with refused(Code.WRAP):
        unwrap(wraps_for(room, stage.bob, 1), epoch, room.gid, stage.bob.uid, {stage.bob.keys.kid: stage.carol.keys})


def test_a_removed_member_opens_nothing_newer(stage: Stage) -> None:
    room = stage.room
    room.turn(stage.alice, [["rem", {"u": stage.bob.uid}], room.epoch(without=[stage.bob])])
    keys = {stage.bob.keys.kid: stage.bob.keys}
    with refused(Code.WRAP):
        unwrap(room.wraps, room.now.epochs[1], room.gid, stage.bob.uid, keys)


def test_an_older_wrap_does_not_pass_for_a_newer_period(stage: Stage) -> None:
    room = stage.room
    room.turn(stage.alice, [room.epoch()])
    old = replace(wraps_for(room, stage.bob, 1)[0], n=2)
    with refused(Code.WRAP):
        unwrap([old], room.now.epochs[1], room.gid, stage.bob.uid, {stage.bob.keys.kid: stage.bob.keys})


def test_a_wrap_of_another_secret_does_not_pass(stage: Stage) -> None:
    room, bob = stage.room, stage.bob
    rogue = wrap(new_secret(), room.gid, 1, bob.uid, bob.keys.kid, bob.keys.public.x)
    keys = {bob.keys.kid: bob.keys}
    with refused(Code.WRAP):
        unwrap([rogue], room.now.epochs[0], room.gid, bob.uid, keys)
    assert unwrap([rogue, *room.wraps], room.now.epochs[0], room.gid, bob.uid, keys) == room.secrets[1]


def test_history_is_walked_back_where_the_policy_gives_it(stage: Stage) -> None:
    room = stage.room
    room.turn(stage.alice, [room.epoch()])
    first, second = room.now.epochs
    assert step_back(room.secrets[2], second, first, room.gid) == room.secrets[1]


def test_history_begins_where_a_newcomer_joined() -> None:
    stage = Stage.fresh(hist="join")
    room = stage.room
    from tests.sealed.cases_of_groups import add, now_with

    ops = [add(stage, stage.amira), room.epoch(also=now_with(stage.amira), cut=True), room.named("R")]
    room.turn(stage.alice, ops)
    first, second = room.now.epochs
    with refused(Code.HISTORY):
        step_back(room.secrets[2], second, first, room.gid)


def test_a_bad_back_link_is_found_at_once_and_a_bridge_mends_it(stage: Stage) -> None:
    room = stage.room
    room.turn(stage.alice, [room.epoch()])
    first, second = room.now.epochs
    bad = replace(second, backs=(bytes(104),))
    with refused(Code.WRAP):
        step_back(room.secrets[2], bad, first, room.gid)
    mended = replace(second, backs=(bytes(104), *second.backs))
    assert step_back(room.secrets[2], mended, first, room.gid) == room.secrets[1]


def test_the_wraps_of_a_link_are_counted_exactly(stage: Stage) -> None:
    room = stage.room
    owed = room.now.owed
    require_exactly(room.wraps, room.gid, owed)
    for brought in (room.wraps[1:], [*room.wraps, room.wraps[0]], [replace(room.wraps[0], group=bytes(16))]):
        with refused(Code.RECIPIENTS):
            require_exactly(brought, room.gid, owed)


def test_a_wrap_is_written_and_read(stage: Stage) -> None:
    first = stage.room.wraps[0]
    assert read_wrap(first.encoded()) == first
    with refused(Code.SCHEMA):
        read_wrap(replace(first, ct=b"short").encoded())
