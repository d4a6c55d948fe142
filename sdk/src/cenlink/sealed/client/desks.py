"""Groups that follow the desks of administrations: an administration's own, and those of bulletins to several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.grp import Group
from cenlink.sealed.client.bulletins import Bulletins, Draft
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.staleness import Operation
from cenlink.sealed.refusals import Code, Refused


@dataclass(frozen=True)
class Distribution:
    """A bulletin that was sent to desks: the group that was made for it and its number there."""

    room: Room
    first: bytes


def own_administration(desk: Desk) -> bytes:
    """The administration that answers for the account now, by the id of its chain."""
    line = desk.network.directory.lineage(desk.network.account(desk.own.uid).adm)
    if not line:
        raise Refused(Code.UNCERTIFIED, "the own administration is not admitted")
    return line[-1].id


def found_own_desk(desk: Desk, name: str, *, description: str = "") -> Room:
    """The standing group of the own administration's desk. Refused: `rights` for who does not sit at it."""
    return _founded(desk, [own_administration(desk)], name, description, "full")


def distribute(
    desk: Desk, draft: Draft, adms: Iterable[bytes], *, files: Sequence[Path] = (), history: str = "full"
) -> Distribution:
    """Sends a bulletin to the desks of these administrations and the own one; sealed and uploaded once.

    `history`: whether who comes to a desk later reads it (`full`) or not (`join`). Refused: `rights` for who does not
    sit at the own desk, `recipients` naming an administration that has no desk.
    """
    desk.network.sync()
    home = own_administration(desk)
    addressed = list(dict.fromkeys(adm for adm in adms if adm != home))
    if not addressed:
        raise Refused(Code.RECIPIENTS, "address at least one other administration")
    room = _founded(desk, [home, *addressed], draft.subject, "", history)
    sent = Bulletins(room).send(replace(draft, to=tuple(addressed)), files=files)
    return Distribution(room, sent.lhash)


def _founded(desk: Desk, adms: Sequence[bytes], name: str, description: str, history: str) -> Room:
    desk.network.sync()
    directory = desk.network.directory
    if desk.own.uid not in directory.desk(adms[0]):
        raise Refused(Code.RIGHTS, "only who sits at the desk of the own administration writes to desks")
    for adm in adms:
        if not directory.desk(adm):
            raise Refused(Code.RECIPIENTS, f"{_named(directory, adm)} has named no desk yet")
    seats = seats_of(directory, adms)
    members = [(uid, role) for uid, role in seats.items() if uid != desk.own.uid and _is_usable(directory, uid)]
    return Room.founded(desk, name, members, description=description, desks=adms, hist=history, home=adms[0])


def _named(directory: Directory, adm: bytes) -> str:
    admission = directory.net.admissions.get(adm)
    return admission.name if admission else adm.hex()


def seats_of(directory: Directory, adms: Sequence[bytes]) -> dict[bytes, str]:
    """Who belongs into a group that follows these desks, the home first: account → role. The home desk manages it."""
    seats: dict[bytes, str] = {}
    for adm in adms:
        for account in directory.desk(adm):
            seats.setdefault(account, "manager" if adm == adms[0] else "writer")
    return seats


def due(group: Group, directory: Directory, adms: Sequence[bytes], own: bytes) -> list[Operation]:
    """What makes the group follow its desks again. Who was let in from elsewhere stays; oneself is left alone."""
    seats = seats_of(directory, adms)
    coming = [(uid, role) for uid, role in seats.items() if uid not in group.members and _is_usable(directory, uid)]
    leaving = [
        uid
        for uid in group.members
        if uid not in seats and uid != own and any(directory.belongs_to(uid, adm) for adm in adms)
    ]
    ops: list[Operation] = [["rem", {"u": uid}] for uid in sorted(leaving)]
    for uid, role in coming:
        newest = directory.accounts[uid].newest
        ops.append(["add", {"u": uid, "role": role, "gen": newest.gen, "kid": newest.key.kid}])
    return ops


def _is_usable(directory: Directory, account: bytes) -> bool:
    return not directory.is_superseded(account, directory.accounts[account].newest.key.kid)


def follow(room: Room) -> bool:
    """Admits who came to the desks and removes who left them; True when something changed. For managers only."""
    desk, directory = room.desk, room.desk.network.directory
    me = room.now.members.get(desk.own.uid)
    if me is None or me.suspended or me.role != "manager" or room.now.closed or not (adms := room.desks):
        return False

    def decide(group: Group) -> list[Operation]:
        return due(group, directory, adms, desk.own.uid)

    if not decide(room.now):
        return False
    room.turns.turn(decide)
    return True
