"""People at their desks, for tests: two administrations, three officers and an agent on one honest house."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cenlink.sealed.checks.signed import lhash
from cenlink.sealed.client.accounts import open_account, unlock
from cenlink.sealed.client.authority import ContactPoint, NetworkRoot
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.findings import Finding, Kind
from cenlink.sealed.client.room import Room
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.client.ways import ByPasskey
from cenlink.sealed.private.keys import Keys, new_seed
from cenlink.sealed.server import Server

from tests.sealed.honest_server import HonestServer, House
from tests.sealed.network import START


class Clock:
    """The time of a test, in unix seconds; it goes on only when it is told to."""

    def __init__(self, time: int = START) -> None:
        self.time = time

    def __call__(self) -> int:
        return self.time

    def __deepcopy__(self, memo: dict[int, Any]) -> Clock:
        other = Clock(self.time)
        memo[id(self)] = other
        return other


@dataclass
class Person:
    """Somebody with a passkey and a folder, who may sit down at a desk any time."""

    name: str
    folder: Path
    way: ByPasskey
    desk: Desk
    uid: bytes = b""

    @property
    def news(self) -> list[Finding]:
        return self.desk.news

    def found(self, kind: Kind) -> list[Finding]:
        """What was found of this kind, ever."""
        return [one for one in self.desk.state.findings() if one.kind is kind]

    @property
    def alarms(self) -> list[Finding]:
        return [one for one in self.desk.state.findings() if one.alarm]

    def room(self, gid: bytes) -> Room:
        self.desk.sync()
        return Room(self.desk, gid)


@dataclass
class Office:
    """An administration with its offline keys (two of three sign)."""

    point: ContactPoint
    keys: list[Keys] = field(default_factory=list)


class Customs:
    """France with Alice and Amira, Germany with Bob and the agent Gate. Clock, house and folders are the test's own."""

    def __init__(self, folder: Path, start: int = START) -> None:
        self.folder, self.now = folder, Clock(start)
        self.house = House(self.now)
        self.root_keys = [Keys(new_seed()) for _ in range(3)]
        raw = NetworkRoot.founded(self.root_keys, 2, self.now())
        self.net = lhash(raw)[:16]
        HonestServer(self.house).tell("net", raw)
        self.clerk = self.desk("clerk", HonestServer(self.house))
        self.root = NetworkRoot(self.clerk.network)
        self.france, self.germany = self.office("FR"), self.office("DE")
        self.alice = self.person("Alice", self.france)
        self.amira = self.person("Amira", self.france)
        self.bob = self.person("Bob", self.germany)
        self.gate = self.person("Gate", self.germany, typ="agent")

    def desk(self, folder: str, server: Server) -> Desk:
        return Desk(server, ClientState(self.folder / folder, now=self.now), self.net)

    def office(self, cc: str, *, takes_over: Office | None = None) -> Office:
        keys = [Keys(new_seed()) for _ in range(3)]
        point = ContactPoint.founded(self.clerk.network, cc=cc, name=f"Customs of {cc}", keys=keys, threshold=2)
        before = takes_over.point.adm if takes_over else None
        self.root.admit(point.adm, *self.root_keys[:2], takes_over=before)
        return Office(point, keys)

    def person(self, name: str, office: Office, *, typ: str = "officer", certified: bool = True) -> Person:
        way = ByPasskey(name.encode(), new_seed())
        desk = self.desk(name, HonestServer(self.house))
        account = open_account(desk, adm=office.point.adm, name=name, ways=[way], typ=typ)
        if certified:
            office.point.certify(account.uid, *office.keys[:2])
        desk.network.sync()
        return Person(name, self.folder / name, way, desk, account.uid)

    def again(self, person: Person, *, server: Server | None = None, folder: str | None = None) -> Person:
        """The person ends the program and starts it anew, or starts it in another folder."""
        if folder is None:
            person.desk.state.close()
        desk = self.desk(folder or person.name, server or HonestServer(self.house, person.uid))
        unlock(desk, person.way, person.uid)
        return Person(person.name, self.folder / (folder or person.name), person.way, desk, person.uid)

    def room(self, *, founder: Person | None = None, **policy: Any) -> bytes:
        """Alice's group of everybody: Amira a manager, Bob and Gate writers."""
        alice = founder or self.alice
        members = [(self.amira.uid, "manager"), (self.bob.uid, "writer"), (self.gate.uid, "writer")]
        return Room.founded(alice.desk, "Reefers", members, description="Containers from the north", **policy).gid


def texts(room: Room) -> list[str]:
    return [entry.text for entry in room.read() if entry.body]
