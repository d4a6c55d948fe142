"""Files of sealed groups: in parts, resumable, bound to the message that names them (sealed-protocol §7, §11)."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from cenlink.sealed.private.attachments import PART, Sealer, open_file
from django.db import transaction
from django.utils import timezone

from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.refusals import Absent
from comm.actions.files import begin, get_part, put_part, store
from comm.actions.retention import ORPHANS_WAIT, drop_orphans
from comm.admission.refused import Contradiction, NotAdmitted
from comm.models import SealedFile
from tests.comm.served import Served
from tests.sealed.network import said

pytestmark = pytest.mark.django_db
DATA = b"X-ray " * (PART // 4)


@pytest.fixture(autouse=True)
def files_in_a_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "sealed_files": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }


def sealed(served: Served) -> tuple[Sealer, list[bytes]]:
    sealer = Sealer(served.room.gid, io.BytesIO(DATA), len(DATA), "x-ray.jpg", "image/jpeg")
    return sealer, list(sealer.parts())


def uploaded(served: Served, actor: Actor, sealer: Sealer, parts: list[bytes]) -> None:
    group = served.room.row
    with transaction.atomic(), acting_as(actor):
        begin(actor, group(actor), sealer.aid, sealer.descriptor["csize"])
        for number, part in enumerate(parts):
            put_part(actor, group(actor), sealer.aid, number, part)


def test_a_file_goes_up_in_parts_and_comes_down_as_it_was(served: Served, tmp_path: Path) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    served.room.send_message(served.bob, said("see", files=[sealer.descriptor]))
    with transaction.atomic(), acting_as(served.cast.alice):
        group = served.room.row(served.cast.alice)
        back = [get_part(group, sealer.aid, number) for number in range(len(parts))]
    open_file(served.room.gid, sealer.descriptor, back, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == DATA


def test_an_upload_goes_on_where_it_broke_off(served: Served) -> None:
    sealer, parts = sealed(served)
    bob, csize = served.cast.bob, sealer.descriptor["csize"]
    with transaction.atomic(), acting_as(bob):
        group = served.room.row(bob)
        assert begin(bob, group, sealer.aid, csize) == []
        put_part(bob, group, sealer.aid, 1, parts[1])
        put_part(bob, group, sealer.aid, 1, parts[1])
        assert begin(bob, group, sealer.aid, csize) == [1]
        with pytest.raises(Contradiction):
            begin(bob, group, sealer.aid, csize + 1)


def test_parts_have_exactly_their_length(served: Served) -> None:
    sealer, parts = sealed(served)
    bob = served.cast.bob
    with transaction.atomic(), acting_as(bob):
        group = served.room.row(bob)
        begin(bob, group, sealer.aid, sealer.descriptor["csize"])
        for number, part in ((0, parts[0][:-1]), (1, parts[1] + b"x"), (2, b"x"), (7, parts[0]), (0, b"")):
            with pytest.raises(NotAdmitted):
                put_part(bob, group, sealer.aid, number, part)


def test_a_message_names_only_complete_files_of_its_author(served: Served) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts[:-1])
    body = said("see", files=[sealer.descriptor])
    for author in (served.bob, served.alice):
        with pytest.raises(NotAdmitted) as declined:
            served.room.send_message(author, body)
        assert declined.value.code == "file"


def test_a_file_belongs_to_one_message_and_takes_no_more_parts(served: Served) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    body = said("see", files=[sealer.descriptor])
    served.room.send_message(served.bob, body)
    with pytest.raises(NotAdmitted):
        served.room.send_message(served.bob, body)
    with pytest.raises(Contradiction), transaction.atomic(), acting_as(served.cast.bob):
        put_part(served.cast.bob, served.room.row(served.cast.bob), sealer.aid, 0, parts[0])


def test_a_file_taken_back_is_gone_from_the_storage(
    served: Served, django_capture_on_commit_callbacks: Any, tmp_path: Path
) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    served.room.send_message(served.bob, said("see", files=[sealer.descriptor]))
    assert len(list(tmp_path.rglob("*"))) > 2
    with django_capture_on_commit_callbacks(execute=True):
        served.room.send_message(served.bob, said(""), **{"del": [served.room.order.lhash_at(1)]})
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    with pytest.raises(Absent), transaction.atomic(), acting_as(served.cast.alice):
        get_part(served.room.row(served.cast.alice), sealer.aid, 0)


def test_strangers_neither_begin_nor_put_nor_get(served: Served) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    with transaction.atomic(), acting_as(served.cast.bob):
        group = served.room.row(served.cast.bob)
    for stranger in (served.cast.mallory, served.cast.amira, served.cast.rosa):
        with transaction.atomic(), acting_as(stranger):
            with pytest.raises(Absent):
                get_part(group, sealer.aid, 0)
            with pytest.raises(Absent):
                put_part(stranger, group, sealer.aid, 0, parts[0])
            with pytest.raises(Absent):
                begin(stranger, group, sealer.aid, 5000)


def test_too_large_a_file_is_declined_before_it_is_sent(served: Served) -> None:
    bob = served.cast.bob
    with transaction.atomic(), acting_as(bob):
        for csize in (0, -1, 2 << 30):
            with pytest.raises(NotAdmitted):
                begin(bob, served.room.row(bob), bytes(16), csize)


def test_what_stands_in_the_storage_is_ciphertext(served: Served, tmp_path: Path) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    stored = [one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()]
    assert sorted(map(len, stored)) == sorted(map(len, parts))
    assert not any(b"X-ray" in data for data in stored)
    assert store().location == str(tmp_path)  # type: ignore[attr-defined]


def stored(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def aged(folder: Path) -> None:
    """As if every part had been written before the sweep's safe age."""
    before = (timezone.now() - ORPHANS_WAIT).timestamp() - 60
    for path in folder.rglob("*"):
        os.utime(path, (before, before))


def test_a_part_whose_act_was_taken_back_is_swept_and_others_stay(served: Served, tmp_path: Path) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    whole = stored(tmp_path)
    lost, lost_parts = sealed(served)
    with transaction.atomic(), acting_as(served.cast.bob):
        group = served.room.row(served.cast.bob)
        begin(served.cast.bob, group, lost.aid, lost.descriptor["csize"])
        put_part(served.cast.bob, group, lost.aid, 0, lost_parts[0])
        transaction.set_rollback(True)
    assert len(stored(tmp_path)) == len(whole) + 1
    # An upload may be at work on it this minute.
    assert drop_orphans() == 0
    aged(tmp_path)
    assert drop_orphans() == 1
    assert stored(tmp_path) == whole
    assert drop_orphans() == 0


def test_bytes_of_a_dropped_file_that_stayed_in_the_storage_go_with_the_sweep(served: Served, tmp_path: Path) -> None:
    sealer, parts = sealed(served)
    uploaded(served, served.cast.bob, sealer, parts)
    with transaction.atomic(), acting_as(system(SystemTask.SEALED_RETENTION)):
        SealedFile.unguarded.update(dropped_at=timezone.now())
    aged(tmp_path)
    assert drop_orphans() == len(parts)
    assert stored(tmp_path) == []
