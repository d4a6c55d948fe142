"""Bulletins from desk to desk: who is addressed, who joins later, who leaves, and who may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cenlink.sealed.client.bulletins import Bulletins, Draft
from cenlink.sealed.client.desks import Distribution, distribute, follow, found_own_desk
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import ServerSaidNo

from tests.sealed.desks import Customs, Office, Person, texts
from tests.sealed.refusing import refused

WARNING = Draft("Reefers from the north", "Open every reefer of this line", ack_by=2_000_000_000)


def seat(office: Office, *people: Person) -> None:
    office.point.seat([person.uid for person in people], *office.keys[:2])


@pytest.fixture
def seated(customs: Customs) -> Customs:
    """France's desk is Alice and Amira, Germany's Bob and Gate."""
    seat(customs.france, customs.alice, customs.amira)
    seat(customs.germany, customs.bob, customs.gate)
    return customs


def sent(customs: Customs, *, history: str = "full", files: tuple[Path, ...] = ()) -> Distribution:
    return distribute(customs.alice.desk, WARNING, [customs.germany.point.adm], files=files, history=history)


def test_a_bulletin_reaches_the_desks_and_its_file_is_uploaded_once(seated: Customs, tmp_path: Path) -> None:
    photo = tmp_path / "scan.bin"
    photo.write_bytes(b"scan" * 1000)
    made = sent(seated, files=(photo,))
    for person in (seated.amira, seated.bob, seated.gate):
        room = person.room(made.room.gid)
        [bulletin] = Bulletins(room).list()
        assert (bulletin.subject, bulletin.said["to"]) == (WARNING.subject, [seated.germany.point.adm])
        assert room.save(bulletin.entry.i, 0, tmp_path / f"{person.name}.bin").read_bytes() == photo.read_bytes()
        assert not person.alarms
    assert len(seated.house.groups[made.room.gid].files) == 1
    roles = {one.name: one.role for one in made.room.members()}
    assert roles == {"Alice": "manager", "Amira": "manager", "Bob": "writer", "Gate": "writer"}


def test_acknowledgements_of_all_desks_stand_in_one_thread(seated: Customs) -> None:
    made = sent(seated)
    for person in (seated.bob, seated.gate):
        Bulletins(person.room(made.room.gid)).acknowledge(made.first)
    [bulletin] = Bulletins(seated.amira.room(made.room.gid)).list()
    assert bulletin.acknowledged["acknowledged"] == {seated.bob.uid, seated.gate.uid}


@pytest.mark.parametrize(("history", "read"), [("full", [WARNING.text]), ("join", [])])
def test_who_comes_to_a_desk_later_reads_by_the_groups_history(seated: Customs, history: str, read: list[str]) -> None:
    made = sent(seated, history=history)
    dora = seated.person("Dora", seated.germany)
    seat(seated.germany, seated.bob, seated.gate, dora)
    seated.amira.desk.sync()
    assert follow(seated.amira.room(made.room.gid))
    assert texts(dora.room(made.room.gid)) == read
    assert not follow(seated.alice.room(made.room.gid))


def test_who_leaves_a_desk_opens_nothing_newer(seated: Customs) -> None:
    made = sent(seated)
    seat(seated.germany, seated.gate)
    seated.alice.desk.sync()
    assert follow(seated.alice.room(made.room.gid))
    assert seated.bob.uid not in seated.alice.room(made.room.gid).now.members
    assert seated.alice.room(made.room.gid).now.n == 2
    with pytest.raises(ServerSaidNo):
        seated.bob.desk.sync_group(made.room.gid)


def test_who_was_let_in_by_hand_from_elsewhere_stays(seated: Customs) -> None:
    made = sent(seated)
    chile = seated.office("CL")
    carla = seated.person("Carla", chile)
    seated.alice.room(made.room.gid).add(carla.uid, "reader")
    assert not follow(seated.alice.room(made.room.gid))
    assert texts(carla.room(made.room.gid)) == [WARNING.text]


def test_only_managers_follow(seated: Customs) -> None:
    made = sent(seated)
    seat(seated.germany, seated.bob)
    seated.bob.desk.sync()
    assert not follow(seated.bob.room(made.room.gid))
    assert seated.gate.uid in seated.bob.room(made.room.gid).now.members


def test_the_standing_group_of_a_desk_follows_it(seated: Customs) -> None:
    gid = found_own_desk(seated.bob.desk, "Desk of Germany").gid
    dora = seated.person("Dora", seated.germany)
    seat(seated.germany, seated.bob, dora)
    seated.bob.desk.sync()
    assert follow(seated.bob.room(gid))
    assert {one.name: one.role for one in dora.room(gid).members()} == {"Bob": "manager", "Dora": "manager"}
    dora.room(gid).rename("The desk")
    assert dora.room(gid).desks == [seated.germany.point.adm]


def test_the_name_sealed_anew_keeps_the_desks(seated: Customs) -> None:
    made = sent(seated, history="join")
    dora = seated.person("Dora", seated.germany)
    seated.alice.room(made.room.gid).add(dora.uid)
    assert dora.room(made.room.gid).desks == [seated.france.point.adm, seated.germany.point.adm]


def test_who_sits_at_no_desk_writes_to_none(seated: Customs) -> None:
    seat(seated.france, seated.amira)
    with refused(Code.RIGHTS):
        sent(seated)


def test_an_administration_without_a_desk_is_named(seated: Customs) -> None:
    chile = seated.office("CL")
    with pytest.raises(Refused, match="Customs of CL has named no desk yet") as caught:
        distribute(seated.alice.desk, WARNING, [chile.point.adm])
    assert caught.value.code is Code.RECIPIENTS


def test_a_bulletin_to_nobody_else_is_refused(seated: Customs) -> None:
    with refused(Code.RECIPIENTS):
        distribute(seated.alice.desk, WARNING, [seated.france.point.adm])


def test_accounts_of_others_sit_at_no_desk(seated: Customs) -> None:
    with refused(Code.UNCERTIFIED):
        seat(seated.france, seated.alice, seated.bob)
    # Whoever signs it all the same: it is passed over by everybody.
    seated.france.point.act(["desk", {"us": [seated.alice.uid, seated.bob.uid]}], *seated.france.keys[:2])
    seated.alice.desk.sync()
    assert seated.alice.desk.network.directory.desk(seated.france.point.adm) == [seated.alice.uid]


def test_a_revoked_officer_gets_no_bulletin(seated: Customs) -> None:
    seated.germany.point.revoke(seated.bob.uid, *seated.germany.keys[:2])
    made = sent(seated)
    assert set(made.room.now.members) == {seated.alice.uid, seated.amira.uid, seated.gate.uid}


def test_the_desk_of_a_successor_takes_over(seated: Customs) -> None:
    successor = seated.office("DE", takes_over=seated.germany)
    dora = seated.person("Dora", successor)
    seat(successor, dora, seated.gate)
    seated.alice.desk.sync()
    directory = seated.alice.desk.network.directory
    assert directory.desk(seated.germany.point.adm) == [dora.uid, seated.gate.uid]
    assert directory.desk(successor.point.adm) == [dora.uid, seated.gate.uid]
