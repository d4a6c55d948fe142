"""Members are told that something came, never what; content goes when its time is over, signatures stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from alerts.fanout import fan_out_next
from alerts.models import Alert
from comm.actions.retention import UNNAMED_FILES_WAIT, drop_expired
from comm.models import Message, SealedFile
from tests.cast import Cast
from tests.comm.served import Served
from tests.sealed.cases_of_groups import rem
from tests.sealed.network import said

pytestmark = pytest.mark.django_db


def told(actor: Actor) -> list[Alert]:
    with transaction.atomic(), acting_as(actor):
        return [one for one in Alert.unguarded.all() if one.officer_id == actor.officer_id]


def fanned_out() -> None:
    while fan_out_next():
        pass


def as_the_server(model: Any, **changes: Any) -> int:
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        return int(model.unguarded.update(**changes)) if changes else int(model.unguarded.count())


def test_members_but_the_author_are_told_once_until_they_look(served: Served) -> None:
    for text in ("one", "two", "three"):
        served.room.send_message(served.bob, said(text))
    fanned_out()
    assert len(told(served.cast.alice)) == 1
    assert told(served.cast.bob) == []
    for stranger in (served.cast.mallory, served.cast.amira, served.cast.rosa):
        assert told(stranger) == []
    with transaction.atomic(), acting_as(served.cast.alice):
        Alert.unguarded.update(read_at=timezone.now())
    served.room.send_message(served.bob, said("four"))
    fanned_out()
    assert len(told(served.cast.alice)) == 2


def test_an_alert_says_nothing_of_what_came(served: Served) -> None:
    served.room.send_message(served.bob, said("TGHU 1234567"))
    fanned_out()
    alert = told(served.cast.alice)[0]
    assert alert.headline == {"group": served.room.gid.hex()}
    assert alert.reasons == [{"code": "sealed_for_you"}]


def test_who_was_removed_before_the_alert_went_out_is_not_told(served: Served) -> None:
    served.room.send_message(served.alice, said("about Bob"))
    served.room.turn(served.alice, [rem(served.bob), served.room.epoch(without=[served.bob])])
    fanned_out()
    assert told(served.cast.bob) == []


def test_content_goes_by_the_groups_policy_and_the_header_stays(cast: Cast) -> None:
    served = Served(cast, ret=30)
    served.room.send_message(served.bob, said("old"))
    as_the_server(Message, received_at=timezone.now() - timedelta(days=31))
    served.room.send_message(served.bob, said("new"))
    assert drop_expired() == 1
    assert drop_expired() == 0
    with transaction.atomic(), acting_as(served.cast.alice):
        assert [row.ct is None for row in Message.unguarded.order_by("i")] == [True, False]
        assert all(row.raw for row in Message.unguarded.all())


def test_a_group_without_an_end_keeps_everything(served: Served) -> None:
    served.room.send_message(served.bob, said("old"))
    as_the_server(Message, received_at=timezone.now() - timedelta(days=4000))
    assert drop_expired() == 0


def test_an_upload_that_nobody_named_is_dropped_after_three_days(served: Served) -> None:
    from comm.actions.files import begin

    with transaction.atomic(), acting_as(served.cast.bob):
        begin(served.cast.bob, served.room.row(served.cast.bob), bytes(16), 5000)
    assert drop_expired() == 0
    as_the_server(SealedFile, begun_at=timezone.now() - UNNAMED_FILES_WAIT - timedelta(hours=1))
    assert drop_expired() == 1
