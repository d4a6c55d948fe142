"""The small network of the protocol's tests, told to the real server by the people of the cast."""

from __future__ import annotations

import hashlib
from typing import Any

from cenlink.sealed.checks.links import Link
from cenlink.sealed.private.keys import Keys
from django.db import transaction

from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.roles import Role
from comm.actions.directory import tell
from comm.actions.groups import found, turn
from comm.actions.key_stores import SentStore
from comm.actions.messages import post
from comm.models import Group, KeyStore, SealedAccount
from tests.cast import Cast, seat_person
from tests.sealed.network import Network, Person, Room, Seat


def store_for(uid: bytes) -> SentStore:
    """The next key store of an account; the server cannot tell that nothing is in it."""
    stands = KeyStore.unguarded.filter(account_id=uid.hex()).first()
    replaces = hashlib.sha256(stands.ct).digest() if stands else None
    rev = stands.rev + 1 if stands else 1
    return SentStore(rev, f"sealed {rev}".encode(), [b"slot"], replaces)


class ServedNetwork(Network):
    """Every link that is told is also sent to the server, by whoever may send it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.root_keeper = seat_person("root", "secretariat", Role.SECRETARIAT_ADMINISTRATOR)
        self.contact_points = {"GH": cast.amira}
        self.actors: dict[bytes, Actor] = {}
        self._opening: Actor | None = None
        super().__init__()

    def tell(self, kind: str, after: Link | None, op: list[Any], *signers: Keys) -> bytes:
        raw = super().tell(kind, after, op, *signers)
        actor = self._speaker(kind, after)
        store = self._store(op, after) if kind == "usr" else None
        with transaction.atomic(), acting_as(actor):
            tell(actor, kind, raw, store)
        return raw

    def _speaker(self, kind: str, after: Link | None) -> Actor:
        if kind == "net":
            return self.root_keeper
        if kind == "usr" and after is not None:
            return self.actors[after.content.get("id", after.lhash[:16])]
        assert self._opening
        return self._opening

    @staticmethod
    def _store(op: list[Any], after: Link | None) -> SentStore | None:
        if op[0] not in {"rot", "reset"} or after is None:
            return None
        with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
            return store_for(after.content.get("id", after.lhash[:16]))

    def administration(self, cc: str, **more: Any) -> Seat:
        if cc not in self.contact_points:
            self.contact_points[cc] = seat_person(f"ncp-{cc.lower()}", cc, Role.NCP)
        self._opening = self.contact_points[cc]
        return super().administration(cc, **more)

    def adm(self, seat: Seat, op: list[Any], *signers: Keys) -> bytes:
        self._opening = self.contact_points[seat.cc]
        return super().adm(seat, op, *signers)

    def officer(self, seat: Seat, name: str, *, typ: str = "officer", certified: bool = True) -> Person:
        return self.opened_by(getattr(self.cast, name.lower()), seat, name, typ=typ, certified=certified)

    def opened_by(self, actor: Actor, seat: Seat, name: str, *, typ: str, certified: bool = True) -> Person:
        """An account of whoever acts: an officer's own, or one of several agents of a machine's administration."""
        self._opening = actor
        person = super().officer(seat, name, typ=typ, certified=False)
        self.actors[person.uid] = actor
        if certified:
            genesis = self.directory.accounts[person.uid].genesis
            self.adm(seat, ["cert", {"u": person.uid, "gh": genesis, "typ": typ, "name": None}])
        return person

    def actor(self, person: Person) -> Actor:
        return self.actors[person.uid]


class ServedRoom(Room):
    """A group whose turns and posts go to the server as well; what the server refuses is not kept here either."""

    network: ServedNetwork

    def turn(self, author: Person, ops: list[Any], *co: Person, **more: Any) -> bytes:
        kept = (list(self.chain.states), list(self.chain.links), list(self.wraps))
        before = len(self.wraps)
        raw = super().turn(author, ops, *co, **more)
        wraps = [w.encoded() for w in self.wraps[before:]]
        try:
            self.send(author, raw, wraps)
        except Exception:
            self.chain.states, self.chain.links, self.wraps = kept
            raise
        return raw

    def send(self, author: Person, raw: bytes, wraps: list[bytes]) -> None:
        actor = self.network.actor(author)
        with transaction.atomic(), acting_as(actor):
            if len(self.chain.links) == 1:
                found(actor, raw)
            else:
                turn(actor, self.row(actor), raw, wraps)

    def row(self, actor: Actor) -> Group:
        """The group as the asker is given it."""
        return policy_for(Group).visible_to(actor).get(gid=self.gid.hex())

    def send_message(self, author: Person, body: dict[str, Any], **header: Any) -> int:
        """Posts to the server; the number it gives. Raises what the server raises."""
        actor, said = self.network.actor(author), self.sealed(author, body, **header)
        assert said.ct
        with transaction.atomic(), acting_as(actor):
            i, _ = post(actor, self.row(actor), said.signed.raw, said.ct)
        self.order.append(said.lhash)
        author.ctr, author.last = author.ctr + 1, said.lhash
        return i


class Served:
    """Ghana with Alice (manager), Senegal with Bob (writer), the Netherlands with Mallory, who is no member."""

    def __init__(self, cast: Cast, **policy: Any) -> None:
        self.cast, self.network = cast, ServedNetwork(cast)
        self.ghana, self.senegal = self.network.administration("GH"), self.network.administration("SN")
        self.netherlands = self.network.administration("NL")
        self.alice = self.network.officer(self.ghana, "Alice")
        self.amira = self.network.officer(self.ghana, "Amira")
        self.bob = self.network.officer(self.senegal, "Bob")
        self.mallory = self.network.officer(self.netherlands, "Mallory")
        self.room = ServedRoom(self.network, self.alice, {"writer": [self.bob]}, **policy)

    def account(self, person: Person) -> SealedAccount:
        with transaction.atomic(), acting_as(system(SystemTask.ADMISSION)):
            found: SealedAccount = SealedAccount.unguarded.get(uid=person.uid.hex())
        return found
