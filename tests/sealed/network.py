"""A small network for tests: a root, administrations, officers, and a group whose every turn can be played."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.grp import Group
from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.messages import Message
from cenlink.sealed.checks.wraps import Wrap
from cenlink.sealed.private.authoring import write_group_link, write_link
from cenlink.sealed.private.epochs import epoch_key, epoch_op, wrap
from cenlink.sealed.private.keys import Keys, new_seed
from cenlink.sealed.private.messages import new_id, seal_message
from cenlink.sealed.private.sealing import seal

START = 1_790_000_000


@dataclass
class Seat:
    """An administration and the keys of its contact point."""

    cc: str
    keys: Keys
    id: bytes = b""


@dataclass
class Person:
    name: str
    adm: Seat
    seeds: list[bytes]
    uid: bytes = b""
    dev: bytes = field(default_factory=new_id)
    ctr: int = 0
    last: bytes | None = None

    @property
    def keys(self) -> Keys:
        return Keys(self.seeds[-1])

    def copied(self) -> Person:
        return replace(self, seeds=list(self.seeds))

    def key_of(self, gen: int) -> Keys:
        return Keys(self.seeds[gen - 1])


class Network:
    def __init__(self) -> None:
        self.directory, self.root = Directory(), Keys(new_seed())
        # Everything accepted, in order: (kind, bytes).
        self.accepted: list[tuple[str, bytes]] = []
        self.clock = START
        self.tell("net", None, ["new", {"pubs": [self.root.public.as_map()], "th": 1}], self.root)

    def copied(self) -> Network:
        """One that goes its own way from here; what stands is shared."""
        other = object.__new__(Network)
        known = self.directory
        other.directory = Directory(known.net, dict(known.administrations), dict(known.accounts))
        other.root, other.clock, other.accepted = self.root, self.clock, list(self.accepted)
        return other

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def tell(self, kind: str, after: Link | None, op: list[Any], *signers: Keys) -> bytes:
        raw = write_link(kind, after, [op], *signers, at=self.tick())
        self.directory.apply(kind, raw)
        self.accepted.append((kind, raw))
        return raw

    def net(self, op: list[Any], *signers: Keys) -> bytes:
        return self.tell("net", self.directory.net.head, op, *(signers or (self.root,)))

    def administration(self, cc: str, *, succ: bytes | None = None, admitted: bool = True) -> Seat:
        seat = Seat(cc, Keys(new_seed()))
        op = ["new", {"cc": cc, "name": f"Customs of {cc}", "pubs": [seat.keys.public.as_map()], "th": 1}]
        raw = self.tell("adm", None, op, seat.keys)
        head = next(a.head for a in self.directory.administrations.values() if a.head and a.head.signed.raw == raw)
        assert head
        seat.id = head.lhash[:16]
        if admitted:
            self.net(["adm", {"a": seat.id, "gh": head.lhash, "cc": cc, "name": f"Customs of {cc}", "succ": succ}])
        return seat

    def adm(self, seat: Seat, op: list[Any], *signers: Keys) -> bytes:
        return self.tell("adm", self.directory.administrations[seat.id].head, op, *(signers or (seat.keys,)))

    def usr(self, person: Person, op: list[Any], *signers: Keys) -> bytes:
        return self.tell("usr", self.directory.accounts[person.uid].head, op, *signers)

    def officer(self, seat: Seat, name: str, *, typ: str = "officer", certified: bool = True) -> Person:
        person = Person(name, seat, [new_seed()])
        op = {"adm": seat.id, "gen": 1, "name": name, "pub": person.keys.public.as_map(), "typ": typ}
        raw = self.tell("usr", None, ["new", op], person.keys)
        account = next(a for a in self.directory.accounts.values() if a.head and a.head.signed.raw == raw)
        person.uid = account.id
        if certified:
            self.adm(seat, ["cert", {"u": person.uid, "gh": account.genesis, "typ": typ, "name": None}])
        return person

    def rotate(self, person: Person, why: str = "routine") -> None:
        old, seed = person.keys, new_seed()
        op = {"gen": len(person.seeds) + 1, "pub": Keys(seed).public.as_map(), "why": why}
        self.usr(person, ["rot", op], old, Keys(seed))
        person.seeds.append(seed)

    def reset(self, person: Person, *, finish: bool = True) -> bytes:
        seed = new_seed()
        self.adm(person.adm, ["reset", {"u": person.uid, "kid": Keys(seed).kid, "why": "device lost"}])
        if finish:
            self.finish_reset(person, seed)
        return seed

    def finish_reset(self, person: Person, seed: bytes) -> None:
        op = {"gen": len(person.seeds) + 1, "pub": Keys(seed).public.as_map(), "why": "device lost"}
        self.usr(person, ["reset", op], Keys(seed))
        person.seeds.append(seed)

    def revoke(self, person: Person) -> None:
        self.adm(person.adm, ["rev", {"u": person.uid}])

    def view(self, person: Person) -> dict[str, Any]:
        """`vw`: what this person has seen of the network, its administration and itself."""
        heads = {
            "net": self.directory.net.head,
            "adm": self.directory.administrations[person.adm.id].head,
            "usr": self.directory.accounts[person.uid].head,
        }
        return {kind: head.position.as_list() for kind, head in heads.items() if head}


def pol(person: Person, **changes: Any) -> list[Any]:
    policy = {"hist": "full", "post": "writer", "mq": 1, "maxage": 90, "ret": 0, "home": person.adm.id}
    return ["pol", {**policy, **changes}]


def member(network: Network, person: Person, role: str) -> dict[str, Any]:
    newest = network.directory.accounts[person.uid].newest
    return {"u": person.uid, "role": role, "gen": newest.gen, "kid": newest.key.kid}


class Room:
    """A group as the tests play it: every turn is written by somebody and judged by the chain."""

    def __init__(self, network: Network, founder: Person, members: dict[str, Sequence[Person]], **policy: Any) -> None:
        self.network, self.chain, self.order = network, GroupChain(), MessageOrder()
        self.secrets: dict[int, bytes] = {}
        self.wraps: list[Wrap] = []
        adds = [["add", member(network, founder, "manager")]]
        for role, people in members.items():
            adds += [["add", member(network, person, role)] for person in people]
        self.turn(founder, [pol(founder, **policy), *adds])
        self.turn(founder, [self.epoch(), self.named("Reefers")])

    def copied(self, network: Network) -> Room:
        other = object.__new__(Room)
        other.network, other.secrets, other.wraps = network, dict(self.secrets), list(self.wraps)
        other.chain = GroupChain(list(self.chain.states), list(self.chain.links))
        other.order = MessageOrder()
        return other

    @property
    def now(self) -> Group:
        return self.chain.now

    @property
    def gid(self) -> bytes:
        return self.chain.id

    def written(self, author: Person, ops: list[Any], *co: Person, keys: Keys | None = None, **more: Any) -> bytes:
        signers = [(author.uid, keys or author.keys), *((person.uid, person.keys) for person in co)]
        order = more.pop("order", self.order.as_list())
        at = more.pop("at", None) or self.network.tick()
        view = more.pop("view", None) or self.network.view(author)
        return write_group_link(self.now.head, ops, *signers, view=view, order=order, at=at)

    def turn(self, author: Person, ops: list[Any], *co: Person, **more: Any) -> bytes:
        """Writes the link and adds it to the chain, or refuses."""
        raw = self.written(author, ops, *co, **more)
        self.chain.extend(raw, self.network.directory)
        for n, account, kid in self.now.owed:
            key = self.network.directory.accounts[account].key_of(kid)
            assert key
            self.wraps.append(wrap(self.secrets[n], self.gid, n, account, kid, key.x))
        return raw

    def epoch(
        self, *, without: Sequence[Person] = (), also: dict[bytes, bytes] | None = None, cut: bool = False
    ) -> Any:
        """The operation that begins the next epoch; its secret is kept under its number."""
        n = self.now.n + 1
        gone = {person.uid for person in without}
        recipients = {u: kid for u, kid in self.now.recipients().items() if u not in gone} | (also or {})
        self.secrets[n] = secrets.token_bytes(32)
        before = None if cut or n == 1 else self.secrets[n - 1]
        return epoch_op(self.secrets[n], self.gid, n, recipients, before)

    def named(self, name: str, *, n: int | None = None) -> list[Any]:
        n = self.now.n + 1 if n is None else n
        key = epoch_key(self.secrets[n], self.gid, n, "meta")
        context = ["comm/1/meta", self.gid, n, len(self.chain.links)]
        return ["meta", {"ct": seal(key, context, name.encode())}]

    def sealed(self, author: Person, body: dict[str, Any], *, keys: Keys | None = None, **header: Any) -> Message:
        """A message as its author would write it now; `header` overrides single fields."""
        keys = keys or author.keys
        head = self.now.head
        assert head
        n = header.get("n", self.now.n)
        fields = {
            "g": self.gid,
            "n": n,
            "m": new_id(),
            "by": {"kid": keys.kid, "u": author.uid},
            "dev": author.dev,
            "ctr": author.ctr,
            "prev": author.last,
            "head": head.position.as_list(),
            "ml": self.order.as_list(),
            "vw": self.network.view(author),
            "at": self.network.tick(),
            "att": [[f["aid"], f["csize"]] for f in body["files"]],
            "del": [],
            "pd": None,
            "tl": None,
        }
        return seal_message({**fields, **header}, body, self.secrets[n], keys)

    def post(self, author: Person, body: dict[str, Any], **header: Any) -> tuple[int, Message]:
        """Seals and numbers a message; whether it is acceptable is not asked."""
        message = self.sealed(author, body, **header)
        author.ctr, author.last = author.ctr + 1, message.lhash
        return self.order.append(message.lhash), message


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"t": "msg", "body": text, "files": [], "re": None, **more}
