"""The second wall: with every policy of ours out of the way, PostgreSQL still shows sealed groups to members only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from comm.models import DirectoryLink, Group, GroupLink, Leaf, Membership, Message, SealedAccount, Wrap
from tests.comm.served import Served
from tests.sealed.cases_of_groups import rem
from tests.sealed.network import said

pytestmark = pytest.mark.django_db


def seen(actor: Actor, model: Any) -> int:
    with transaction.atomic(), acting_as(actor):
        return int(model.unguarded.count())


def test_members_alone_see_a_groups_rows(served: Served) -> None:
    served.room.send_message(served.bob, said("hello"))
    for member in (served.cast.alice, served.cast.bob):
        assert [seen(member, model) for model in (Group, GroupLink, Message)] == [1, 2, 1]
        assert [seen(member, model) for model in (Wrap, Membership)] == [1, 1]
    for stranger in (served.cast.mallory, served.cast.amira, served.cast.rosa, served.cast.sam, served.cast.dora):
        assert [seen(stranger, model) for model in (Group, GroupLink, Message, Wrap, Membership)] == [0] * 5


def test_a_removed_member_sees_none_of_them_any_more(served: Served) -> None:
    served.room.turn(served.alice, [rem(served.bob), served.room.epoch(without=[served.bob])])
    assert [seen(served.cast.bob, model) for model in (Group, GroupLink, Message, Wrap)] == [0] * 4


def test_the_directory_is_for_every_seat_and_the_order_for_nobody(served: Served) -> None:
    for somebody in (served.cast.mallory, served.cast.rosa):
        assert seen(somebody, DirectoryLink) == len(served.network.accepted)
        assert seen(somebody, SealedAccount) == 4
        assert seen(somebody, Leaf) == 0
    assert DirectoryLink.unguarded.count() == 0


@pytest.mark.parametrize("model", [Group, SealedAccount, Leaf, Message, DirectoryLink, Membership])
def test_no_member_writes_a_row_himself(served: Served, model: Any) -> None:
    served.room.send_message(served.bob, said("hello"))
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        row = model.unguarded.first()
        there = model.unguarded.count()
    copy = model(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(served.cast.alice):
        copy.save(force_insert=True)
    with transaction.atomic(), acting_as(served.cast.alice):
        assert model.unguarded.all()._raw_delete("default") == 0
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        assert model.unguarded.count() == there


def test_what_was_accepted_is_never_changed(served: Served) -> None:
    for model in (Leaf, DirectoryLink, GroupLink):
        for change in (lambda m: m.unguarded.all()._raw_delete("default"), lambda m: m.unguarded.update(**_other(m))):
            with (
                pytest.raises(DatabaseError, match="Cannot update or delete"),
                transaction.atomic(),
                acting_as(system(SystemTask.ADMISSION)),
            ):
                change(model)


def _other(model: Any) -> dict[str, Any]:
    return {"lhash": bytes(32)} if model is Leaf else {"raw": b"other"}
