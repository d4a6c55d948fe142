"""What the server takes into the chains and groups, and what it declines (sealed-protocol §11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cenlink.sealed.private.authoring import write_link
from cenlink.sealed.private.keys import Keys, new_seed
from django.db import transaction

from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from accounts.refusals import Absent, Forbidden, Refusal, TooMany
from audit.models import Event
from comm.actions import groups
from comm.actions.directory import tell
from comm.actions.groups import found, offer_wrap
from comm.actions.key_stores import SentStore
from comm.admission import known
from comm.admission.refused import Behind, Contradiction, NotAdmitted
from comm.models import DirectoryLink, Group, GroupLink, KeyStore, Leaf, Membership, Message, Wrap
from tests.comm.served import Served
from tests.sealed.cases_of_groups import add, key, now_with, rem, sus
from tests.sealed.network import said

pytestmark = pytest.mark.django_db


def kept(model: Any, **filters: Any) -> int:
    """Rows as the server itself counts them."""
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        return int(model.unguarded.filter(**filters).count())


def test_everything_accepted_stands_in_one_gapless_order(served: Served) -> None:
    served.room.send_message(served.bob, said("hello"))
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        indexes = list(Leaf.unguarded.order_by("index").values_list("index", flat=True))
        kinds = list(Leaf.unguarded.order_by("index").values_list("kind", flat=True))
    assert indexes == list(range(len(indexes)))
    assert kinds[-3:] == ["grp", "grp", "msg"]
    assert kinds.count("usr") == 4


def test_a_link_that_breaks_a_rule_leaves_nothing_behind(served: Served) -> None:
    before = kept(Leaf), kept(GroupLink), kept(Wrap), kept(Membership)
    ops = [rem(served.bob), served.room.epoch()]
    raw = served.room.written(served.alice, ops)
    with pytest.raises(NotAdmitted, match="not meant for exactly the present members"):
        served.room.send(served.alice, raw, [])
    assert before == (kept(Leaf), kept(GroupLink), kept(Wrap), kept(Membership))


def test_a_link_needs_a_wrap_for_each_recipient_and_for_nobody_else(served: Served) -> None:
    room = served.room
    raw = room.written(served.alice, [add(served, served.amira)])
    with pytest.raises(NotAdmitted, match="wrapped key"):
        room.send(served.alice, raw, [])
    with pytest.raises(NotAdmitted, match="wrapped key"):
        room.send(served.alice, raw, [w.encoded() for w in room.wraps])
    room.turn(served.alice, [add(served, served.amira)])
    assert kept(Wrap, account_id=served.amira.uid.hex()) == 1


def test_of_two_links_at_once_the_second_is_told_to_look_again(served: Served) -> None:
    room = served.room
    late = room.written(served.alice, [["role", {"u": served.bob.uid, "role": "reader"}]])
    room.turn(served.alice, [add(served, served.amira)])
    with pytest.raises(Behind):
        room.send(served.alice, late, [])


def test_a_link_that_has_not_seen_the_last_message_is_told_to_look_again(served: Served) -> None:
    room = served.room
    late = room.written(served.alice, [["role", {"u": served.bob.uid, "role": "reader"}]])
    room.send_message(served.bob, said("in between"))
    with pytest.raises(Behind):
        room.send(served.alice, late, [])


def test_nobody_sends_in_anothers_name(served: Served) -> None:
    raw = served.room.written(served.alice, [["role", {"u": served.bob.uid, "role": "reader"}]])
    with pytest.raises(Absent):
        served.room.send(served.bob, raw, [])


def test_a_link_dated_in_the_future_is_declined(served: Served) -> None:
    raw = served.room.written(served.alice, [["role", {"u": served.bob.uid, "role": "reader"}]], at=4_000_000_000)
    with pytest.raises(NotAdmitted, match="clock"):
        served.room.send(served.alice, raw, [])


def test_a_revoked_officer_is_cut_off_at_once_and_not_added_again(served: Served) -> None:
    room, bob = served.room, served.network.actor(served.bob)
    with transaction.atomic(), acting_as(bob):
        assert room.row(bob)
    served.network.revoke(served.bob)
    with pytest.raises(Group.DoesNotExist), transaction.atomic(), acting_as(bob):
        room.row(bob)
    room.turn(served.alice, [rem(served.bob), room.epoch(without=[served.bob])])
    with pytest.raises(NotAdmitted, match="withdrawn"):
        room.turn(served.alice, [add(served, served.bob)])


def test_a_removed_member_fetches_nothing_more_and_comes_back_when_added(served: Served) -> None:
    room, bob = served.room, served.network.actor(served.bob)
    room.turn(served.alice, [rem(served.bob), room.epoch(without=[served.bob])])
    with transaction.atomic(), acting_as(bob), pytest.raises(Group.DoesNotExist):
        room.row(bob)
    room.turn(served.alice, [add(served, served.bob, "writer")])
    with transaction.atomic(), acting_as(bob):
        assert room.row(bob)


def test_a_suspended_member_fetches_nothing(served: Served) -> None:
    room, bob = served.room, served.network.actor(served.bob)
    served.network.reset(served.bob)
    room.turn(served.alice, [sus(served.bob), room.epoch(without=[served.bob])])
    with transaction.atomic(), acting_as(bob), pytest.raises(Group.DoesNotExist):
        room.row(bob)
    room.turn(served.alice, [key(served, served.bob), room.epoch(also=now_with(served.bob))])
    with transaction.atomic(), acting_as(bob):
        assert room.row(bob)


def test_all_of_an_administration_that_leaves_the_network_are_cut_off(served: Served) -> None:
    room, bob = served.room, served.network.actor(served.bob)
    served.network.net(["admrev", {"a": served.senegal.id}])
    with transaction.atomic(), acting_as(bob), pytest.raises(Group.DoesNotExist):
        room.row(bob)
    with transaction.atomic(), acting_as(served.cast.alice):
        assert room.row(served.cast.alice)


def test_a_superseded_key_signs_nothing_any_more(served: Served) -> None:
    served.network.rotate(served.alice, "lost")
    raw = served.room.written(served.alice, [add(served, served.mallory)], keys=served.alice.key_of(1))
    with pytest.raises(NotAdmitted) as declined:
        served.room.send(served.alice, raw, [])
    assert declined.value.code == "recipients"
    raw = served.room.written(
        served.alice, [["role", {"u": served.bob.uid, "role": "reader"}]], keys=served.alice.key_of(1)
    )
    with pytest.raises(NotAdmitted) as declined:
        served.room.send(served.alice, raw, [])
    assert declined.value.code == "withdrawn"


def test_a_new_key_and_its_key_store_come_in_one_act_or_not_at_all(served: Served) -> None:
    network, alice = served.network, served.network.actor(served.alice)
    seed = new_seed()
    op = ["rot", {"gen": 2, "pub": Keys(seed).public.as_map(), "why": "routine"}]
    head = network.directory.accounts[served.alice.uid].head
    raw = write_link("usr", head, [op], served.alice.keys, Keys(seed), at=network.tick())
    with pytest.raises(NotAdmitted, match="key store"), transaction.atomic(), acting_as(alice):
        tell(alice, "usr", raw)
    with pytest.raises(Contradiction), transaction.atomic(), acting_as(alice):
        tell(alice, "usr", raw, SentStore(2, b"sealed", [b"slot"], None))
    assert kept(DirectoryLink, chain=served.alice.uid.hex()) == 1
    assert kept(KeyStore) == 0


def test_a_key_is_changed_at_most_three_times_a_day(served: Served) -> None:
    for _ in range(3):
        served.network.rotate(served.alice)
    with pytest.raises(TooMany):
        served.network.rotate(served.alice)


def test_while_a_reset_is_ordered_the_old_key_is_not_changed(served: Served) -> None:
    seed = served.network.reset(served.alice, finish=False)
    with pytest.raises(Forbidden, match="reset"):
        served.network.rotate(served.alice)
    assert Keys(seed).kid


def test_only_the_root_keeper_tells_the_network_and_only_contact_points_their_administration(served: Served) -> None:
    network = served.network
    admrev = write_link(
        "net", network.directory.net.head, [["admrev", {"a": served.senegal.id}]], network.root, at=network.tick()
    )
    rev = write_link(
        "adm",
        network.directory.administrations[served.ghana.id].head,
        [["rev", {"u": served.alice.uid}]],
        served.ghana.keys,
        at=network.tick(),
    )
    for kind, raw, asker, refusal in (
        ("net", admrev, served.cast.amira, Forbidden),
        ("net", admrev, served.cast.sam, Forbidden),
        ("adm", rev, served.cast.alice, Forbidden),
        ("adm", rev, network.contact_points["SN"], Absent),
    ):
        with pytest.raises(refusal), transaction.atomic(), acting_as(asker):
            tell(asker, kind, raw)
    with transaction.atomic(), acting_as(served.cast.amira):
        assert tell(served.cast.amira, "adm", rev) > 0


def test_an_officer_has_one_account_at_a_seat(served: Served) -> None:
    with pytest.raises(Contradiction, match="unlock"):
        served.network.officer(served.ghana, "Alice")


def test_an_account_of_another_administration_is_not_opened(served: Served) -> None:
    with pytest.raises(Forbidden, match="not the chain"):
        served.network.officer(served.senegal, "Dora")


def test_a_replacement_of_a_damaged_wrap_is_kept_eight_times_at_most(served: Served) -> None:
    room = served.room
    good = next(w for w in room.wraps if w.account == served.bob.uid).encoded()
    with transaction.atomic(), acting_as(served.cast.alice):
        for _ in range(7):
            offer_wrap(served.cast.alice, room.row(served.cast.alice), good)
        with pytest.raises(Contradiction):
            offer_wrap(served.cast.alice, room.row(served.cast.alice), good)
    assert kept(Wrap, account_id=served.bob.uid.hex()) == 8


def test_a_wrap_for_a_stranger_is_not_kept(served: Served) -> None:
    wrap = replace(served.room.wraps[0], account=served.mallory.uid)
    with pytest.raises(NotAdmitted), transaction.atomic(), acting_as(served.cast.alice):
        offer_wrap(served.cast.alice, served.room.row(served.cast.alice), wrap.encoded())


def test_each_act_leaves_an_event_without_any_content(served: Served) -> None:
    served.room.send_message(served.bob, said("Container TGHU 1234567"))
    with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
        found = list(Event.unguarded.filter(verb__startswith="sealed").values_list("verb", "canonical"))
    assert {verb for verb, _ in found} >= {
        "sealed_chain.extended",
        "sealed_group.founded",
        "sealed_group.turned",
        "sealed_message.posted",
    }
    assert not any(b"TGHU" in bytes(canonical) for _, canonical in found)


def test_a_group_of_one_founder_is_not_founded_twice(served: Served) -> None:
    first = served.room.chain.links[0].signed.raw
    with pytest.raises(Contradiction), transaction.atomic(), acting_as(served.cast.alice):
        found(served.cast.alice, first)
    assert kept(Group) == 1


def test_a_closed_group_takes_nothing_more(served: Served) -> None:
    room = served.room
    room.turn(served.alice, [["close", {}]])
    with pytest.raises(Refusal):
        room.send_message(served.bob, said("hello"))
    assert kept(Message) == 0


def test_a_process_that_starts_afresh_knows_the_same_chains(served: Served) -> None:
    served.room.send_message(served.bob, said("hello"))
    known.forget()
    served.room.turn(served.alice, [add(served, served.amira)])
    assert kept(Membership, active=True) == 3


def test_a_removal_is_one_transaction(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link, the wraps, the membership, the grant, the place in the order and the event: all or nothing."""
    room, bob = served.room, served.cast.bob

    def kept() -> tuple[Any, ...]:
        with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
            return (
                GroupLink.unguarded.count(),
                Leaf.unguarded.count(),
                Wrap.unguarded.count(),
                list(Membership.unguarded.filter(active=True).values_list("account_id", flat=True)),
                list(Group.unguarded.values_list("seq", flat=True)),
                Event.unguarded.count(),
            )

    def breaks(*_: Any, **__: Any) -> None:
        raise ConnectionError("the last statement")

    before = kept()
    removal = [rem(served.bob), room.epoch(without=[served.bob])]
    with monkeypatch.context() as broken:
        broken.setattr(groups.trail, "record", breaks)
        with pytest.raises(ConnectionError):
            room.turn(served.alice, removal)
    assert kept() == before
    with transaction.atomic(), acting_as(bob):
        assert policy_for(Group).visible_to(bob).count() == 1
    room.turn(served.alice, [rem(served.bob), room.epoch(without=[served.bob])])
    links, leaves, wraps, active, _, events = kept()
    # One wrap, for Alice, who stays.
    assert (links, leaves, wraps, events) == (before[0] + 1, before[1] + 1, before[2] + 1, before[5] + 1)
    assert active == [served.alice.uid.hex()]
    with transaction.atomic(), acting_as(bob):
        assert policy_for(Group).visible_to(bob).count() == 0
