"""A group's everyday: two administrations, three officers and an agent on an honest server."""

from __future__ import annotations

from typing import Any

import pytest
from cenlink.sealed.client.accounts import begin_reset, finish_reset, rotate
from cenlink.sealed.client.bulletins import Bulletins, Draft, Handling
from cenlink.sealed.client.entries import Standing
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.folder import Unusable
from cenlink.sealed.client.room import Room
from cenlink.sealed.refusals import Code
from cenlink.sealed.server import ServerSaidNo

from tests.sealed.desks import Customs, texts
from tests.sealed.forging import turn_with_bad_back_link
from tests.sealed.honest_server import HonestServer
from tests.sealed.refusing import refused


def test_what_one_member_says_all_members_read(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).post("Check TLLU 1234567")
    customs.bob.room(gid).post("It was opened")
    for person in (customs.alice, customs.amira, customs.bob, customs.gate):
        room = person.room(gid)
        assert texts(room) == ["Check TLLU 1234567", "It was opened"]
        assert {entry.standing for entry in room.read()} == {Standing.TRUSTED}
        assert (room.name, room.description) == ("Reefers", "Containers from the north")
        assert not person.desk.state.findings()


def test_members_are_named_with_their_administrations_and_codes(customs: Customs) -> None:
    room = customs.bob.room(customs.room())
    seen = {one.name: one for one in room.members()}
    assert set(seen) == {"Alice", "Amira", "Bob", "Gate"}
    assert (seen["Alice"].administration, seen["Alice"].role) == ("Customs of FR", "manager")
    assert seen["Alice"].code == customs.france.point.code
    assert seen["Gate"].typ == "agent"


def test_a_removed_member_opens_nothing_newer(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("before")
    customs.alice.room(gid).remove(customs.bob.uid)
    customs.alice.room(gid).post("after")
    with pytest.raises(ServerSaidNo):
        Room(customs.bob.desk, gid).read()
    # Even a server that gives out everything helps no further.
    generous = Generous(customs.house, customs.bob.uid)
    bob = customs.again(customs.bob, server=generous)
    entries = bob.room(gid).read()
    assert [(entry.text, entry.standing) for entry in entries] == [
        ("before", Standing.TRUSTED),
        ("", Standing.UNREADABLE),
    ]
    assert entries[1].code == Code.WRAP


class Generous(HonestServer):
    """Gives out every group to everybody."""

    def _belongs(self, group: Any) -> bool:
        return True


def test_a_newcomer_reads_what_was_before_under_full_history(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).post("one")
    customs.alice.room(gid).rotate()
    customs.alice.room(gid).post("two")
    dora = customs.person("Dora", customs.france)
    customs.alice.room(gid).add(dora.uid, "reader")
    assert texts(dora.room(gid)) == ["one", "two"]
    with refused(Code.RIGHTS):
        dora.room(gid).post("may I?")


def test_a_newcomer_reads_nothing_from_before_under_history_from_joining(customs: Customs) -> None:
    gid = customs.room(hist="join")
    customs.alice.room(gid).post("one")
    dora = customs.person("Dora", customs.france)
    customs.alice.room(gid).add(dora.uid)
    customs.alice.room(gid).post("two")
    assert texts(dora.room(gid)) == ["two"]
    assert dora.room(gid).name == "Reefers"
    assert texts(customs.bob.room(gid)) == ["one", "two"]
    customs.alice.room(gid).grant(dora.uid, 1)
    assert texts(dora.room(gid)) == ["one", "two"]
    dora = customs.again(dora)
    assert texts(dora.room(gid)) == ["one", "two"]
    assert not dora.alarms


def test_after_a_lost_device_the_account_and_its_groups_have_new_keys(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("before")
    before = customs.bob.desk.keys.kid
    rotate(customs.bob.desk, why="lost", ways=[customs.bob.way])
    now = customs.alice.room(gid).now
    assert now.n == 2
    assert now.members[customs.bob.uid].kid == customs.bob.desk.keys.kid != before
    customs.bob.room(gid).post("after")
    assert texts(customs.alice.room(gid)) == ["before", "after"]
    assert [one.kind for one in customs.alice.desk.state.findings()] == [Kind.KEY_CHANGED]
    # And the device that was not lost goes on with the new key store.
    assert texts(customs.again(customs.bob).room(gid)) == ["before", "after"]


def test_a_reader_who_changes_the_key_renews_the_group(customs: Customs) -> None:
    dora = customs.person("Dora", customs.france)
    gid = customs.room()
    customs.alice.room(gid).add(dora.uid, "reader")
    dora.desk.sync()
    rotate(dora.desk)
    customs.alice.room(gid).post("hello")
    assert texts(dora.room(gid)) == ["hello"]


def test_a_revoked_member_is_removed_by_the_next_who_sends(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("before")
    customs.alice.room(gid).read()
    customs.gate.room(gid).read()
    customs.germany.point.revoke(customs.bob.uid, *customs.germany.keys[:2])
    customs.gate.room(gid).post("after")
    now = customs.alice.room(gid).now
    assert customs.bob.uid not in now.members
    assert now.n == 2
    assert texts(customs.alice.room(gid)) == ["before", "after"]


def test_a_reset_member_is_left_out_until_a_manager_readmits(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("before")
    customs.alice.room(gid).read()
    customs.bob.desk.state.close()
    new = customs.desk("Bob's new machine", HonestServer(customs.house, customs.bob.uid))
    kid = begin_reset(new, customs.bob.uid, [customs.bob.way])
    with refused(Code.UNCERTIFIED):
        finish_reset(new, customs.bob.way)
    customs.germany.point.reset(customs.bob.uid, kid, *customs.germany.keys[1:], why="everything lost")
    finish_reset(new, customs.bob.way)
    customs.alice.room(gid).post("meanwhile")
    assert customs.alice.room(gid).now.members[customs.bob.uid].suspended
    customs.alice.room(gid).readmit(customs.bob.uid)
    new.sync()
    room = Room(new, gid)
    assert texts(room) == ["before", "meanwhile"]
    room.post("back again")
    assert texts(customs.alice.room(gid))[-1] == "back again"


def test_several_post_at_once_and_nothing_is_lost(customs: Customs) -> None:
    gid = customs.room()
    rooms = [person.room(gid) for person in (customs.alice, customs.amira, customs.bob)]
    for turn in range(3):
        for room in rooms:
            # Each writes on what it saw before the others.
            room.posting.prepare()
        for place, room in enumerate(rooms):
            body = {"t": "msg", "body": f"{turn} {place}", "files": [], "re": None}
            unsent = room.posting._written(body, ())
            room.desk.state.keep_unsent(unsent)
            room.desk.state.acknowledge(unsent, room.desk.server.post(gid, unsent.raw, unsent.ct))
    expected = [f"{turn} {place}" for turn in range(3) for place in range(3)]
    for person in (customs.alice, customs.amira, customs.bob, customs.gate):
        assert texts(person.room(gid)) == expected
        assert not person.desk.state.findings()


def test_who_loses_the_race_decides_anew(customs: Customs) -> None:
    gid = customs.room()
    slow = Slow(customs.house, customs.bob.uid)
    bob = customs.again(customs.bob, server=slow)
    room = bob.room(gid)
    slow.before_post = lambda: customs.alice.room(gid).rotate()
    room.post("after all")
    assert room.now.n == 2
    assert texts(customs.alice.room(gid)) == ["after all"]
    assert not customs.alice.desk.state.findings()


class Slow(HonestServer):
    """Somebody else is faster, once."""

    before_post: Any = None

    def post(self, gid: bytes, raw: bytes, ct: bytes) -> int:
        act, self.before_post = self.before_post, None
        if act:
            act()
        return super().post(gid, raw, ct)


class Lossy(HonestServer):
    """The answer gets lost, after or before the server did its work."""

    lost: str = ""

    def post(self, gid: bytes, raw: bytes, ct: bytes) -> int:
        if self.lost == "before":
            raise OSError("the line is dead")
        i = super().post(gid, raw, ct)
        if self.lost == "after":
            raise OSError("the line is dead")
        return i


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_message_without_an_answer_is_sent_again_as_it_was(customs: Customs, lost: str) -> None:
    gid = customs.room()
    lossy = Lossy(customs.house, customs.bob.uid)
    bob = customs.again(customs.bob, server=lossy)
    room = bob.room(gid)
    lossy.lost = lost
    with pytest.raises(OSError, match="dead"):
        room.post("important")
    # The process dies; the next one finds the message in the folder.
    bob = customs.again(bob)
    bob.room(gid).post("and more")
    room = customs.alice.room(gid)
    assert texts(room) == ["important", "and more"]
    assert not any(entry.missing for entry in room.read())
    assert not customs.alice.desk.state.findings()


def test_a_kept_message_that_came_too_late_is_given_up_and_told(customs: Customs) -> None:
    gid = customs.room()
    lossy = Lossy(customs.house, customs.bob.uid)
    bob = customs.again(customs.bob, server=lossy)
    room = bob.room(gid)
    lossy.lost = "before"
    with pytest.raises(OSError, match="dead"):
        room.post("important")
    customs.alice.room(gid).rotate()
    bob = customs.again(bob)
    bob.room(gid).post("anew")
    assert texts(customs.alice.room(gid)) == ["anew"]
    assert len(bob.found(Kind.NOT_SENT)) == 1


def test_each_process_takes_a_new_device_and_names_the_one_before(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("one")
    bob = customs.again(customs.bob)
    bob.room(gid).post("two")
    kept = customs.alice.room(gid).desk.state.messages(gid)
    assert kept[0].dev != kept[1].dev
    assert not kept[1].missing


def test_two_programs_do_not_share_a_folder(customs: Customs) -> None:
    with pytest.raises(Unusable, match="Another program"):
        customs.desk("Alice", HonestServer(customs.house))


def test_what_is_taken_back_is_hidden_and_stays_in_the_order(customs: Customs) -> None:
    gid = customs.room()
    room = customs.bob.room(gid)
    room.post("a mistake")
    room.take_back(1)
    entries = customs.alice.room(gid).read()
    assert [entry.standing for entry in entries] == [Standing.TAKEN_BACK, Standing.TRUSTED]
    assert entries[0].body is None
    with pytest.raises(ServerSaidNo):
        customs.gate.room(gid).send({"t": "msg", "body": "", "re": None}, take_back=[entries[1].lhash])


def test_what_is_older_than_the_retention_reads_purged(customs: Customs) -> None:
    gid = customs.room(ret=30)
    customs.bob.room(gid).post("old")
    group = customs.house.groups[gid]
    group.stored[0] = type(group.stored[0])(1, group.stored[0].raw, None, 0)
    assert customs.alice.room(gid).read()[0].standing is Standing.WITHHELD
    customs.now.time += 31 * 86_400
    assert customs.alice.room(gid).read()[0].standing is Standing.PURGED


def test_an_old_key_may_be_used_for_a_day_and_is_then_changed(customs: Customs) -> None:
    gid = customs.room(maxage=1)
    customs.now.time += 2 * 86_400
    customs.bob.room(gid).post("within the day")
    assert customs.bob.room(gid).now.n == 1
    customs.now.time += 86_401
    customs.bob.room(gid).post("later")
    assert customs.bob.room(gid).now.n == 2
    assert texts(customs.alice.room(gid)) == ["within the day", "later"]


def test_leaving_closing_and_changing_roles(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).leave()
    room = customs.alice.room(gid)
    assert customs.bob.uid not in room.now.members
    room.post("a new key comes first, since one left")
    assert room.now.n == 2
    room.change_role(customs.gate.uid, "reader")
    with refused(Code.RIGHTS):
        customs.gate.room(gid).post("still?")
    room.rename("Dry containers")
    assert customs.amira.room(gid).name == "Dry containers"
    customs.amira.room(gid).close()
    with refused(Code.STATE):
        customs.alice.room(gid).rotate()


def test_two_managers_sign_where_two_have_to(customs: Customs) -> None:
    gid = customs.room(mq=2)
    dora = customs.person("Dora", customs.france)
    room = customs.alice.room(gid)
    with refused(Code.RIGHTS):
        room.add(dora.uid)
    room.add(dora.uid, co=[(customs.amira.uid, customs.amira.desk.keys)])
    assert dora.uid in customs.bob.room(gid).now.members


def test_a_successor_takes_over_when_no_manager_is_left(customs: Customs) -> None:
    gid = customs.room()
    for person in (customs.alice, customs.amira):
        customs.bob.room(gid).read()
        customs.france.point.revoke(person.uid, *customs.france.keys[:2])
    with refused(Code.RIGHTS):
        customs.bob.room(gid).take_over()
    customs.france.point.name_successor(gid, customs.bob.uid, *customs.france.keys[:2])
    customs.bob.room(gid).take_over()
    customs.bob.room(gid).post("I keep the group now")
    assert customs.gate.room(gid).now.managers() == {customs.bob.uid}
    assert [one.kind for one in customs.gate.found(Kind.SUCCEEDED)] == [Kind.SUCCEEDED]


def test_a_bulletin_is_replaced_acknowledged_and_withdrawn(customs: Customs) -> None:
    gid = customs.room()
    to = (customs.germany.point.adm,)
    sender = Bulletins(customs.alice.room(gid))
    first = sender.send(Draft("Reefers", "Look at the seals", Handling(tlp="AMBER"), to, ack_by=customs.now() + 900))
    reader = Bulletins(customs.bob.room(gid))
    reader.acknowledge(first.lhash)
    assert sender.one(first.lhash).acknowledged == {"acknowledged": {customs.bob.uid}}
    sender.replace(first.lhash, Draft("Reefers", "Look at the doors too", to=to))
    newest = reader.one(first.lhash)
    assert (newest.version, newest.said["body"], newest.acknowledged) == (2, "Look at the doors too", {})
    with refused(Code.RIGHTS):
        reader.withdraw(first.lhash, "not mine")
    sender.withdraw(first.lhash, "wrong port")
    assert reader.one(first.lhash).withdrawn == "wrong port"
    with refused(Code.STATE):
        sender.replace(first.lhash, Draft("Reefers", "again"))


def test_a_damaged_link_back_is_named_and_mended(customs: Customs) -> None:
    gid = customs.room()
    customs.alice.room(gid).post("one")
    customs.alice.room(gid).read()
    turn_with_bad_back_link(customs.amira, gid)
    room = customs.alice.room(gid)
    assert "Amira" in customs.alice.found(Kind.BAD_BACK_LINK)[0].sentence
    room.rotate()
    dora = customs.person("Dora", customs.france)
    room.add(dora.uid)
    assert texts(dora.room(gid)) == ["one"]


def test_a_message_unseen_before_its_author_was_revoked_has_to_be_vouched_for(customs: Customs) -> None:
    gid = customs.room()
    customs.bob.room(gid).post("seen by nobody yet")
    customs.germany.point.revoke(customs.bob.uid, *customs.germany.keys[:2])
    room = customs.alice.room(gid)
    assert room.read()[0].standing is Standing.WITHDRAWN_KEY
    with refused(Code.WITHDRAWN):
        room.post("next")
    room.vouch(1)
    room.post("next")
    assert [entry.standing for entry in customs.gate.room(gid).read()] == [Standing.TRUSTED] * 2
