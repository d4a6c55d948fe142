"""Servers that attack: each does one thing that a bad operator, or a thief with the operator's help, could do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.messages import read_message
from cenlink.sealed.checks.wraps import read_wrap
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.private.linking import NewDevice, answer
from cenlink.sealed.refusals import Code
from cenlink.sealed.server import DirectoryLink, GroupHead, KeyStore, Stored

from tests.sealed.desks import Customs, Person
from tests.sealed.honest_server import HonestServer, House


class TwoFaced(HonestServer):
    """Shows this account another house than others are shown."""

    def turn_to(self, house: House) -> None:
        self.house = house


class Rewriting(HonestServer):
    """Gives out links, orders, messages, wraps and parts through a filter that the test sets."""

    def __init__(self, house: House, uid: bytes = b"") -> None:
        super().__init__(house, uid)
        self.on_directory: Callable[[list[DirectoryLink]], list[DirectoryLink]] = list
        self.on_links: Callable[[list[bytes]], list[bytes]] = list
        self.on_order: Callable[[list[bytes]], list[bytes]] = list
        self.on_messages: Callable[[list[Stored]], list[Stored]] = list
        self.on_wraps: Callable[[list[bytes]], list[bytes]] = list
        self.on_part: Callable[[bytes], bytes] = bytes
        self.on_store: Callable[[KeyStore], KeyStore] = lambda store: store

    def directory(self, after: int) -> Sequence[DirectoryLink]:
        return [link for link in self.on_directory(list(self.house.links)) if link.index > after]

    def groups(self) -> Sequence[GroupHead]:
        return [GroupHead(gid, 0, 0) for gid in self.house.groups]

    def group_links(self, gid: bytes, after: int) -> Sequence[bytes]:
        links = [link.signed.raw for link in self.house.groups[gid].chain.links]
        return self.on_links(links)[after + 1 :]

    def order(self, gid: bytes, after: int) -> Sequence[bytes]:
        return self.on_order(list(self.house.groups[gid].order.lhashes))[max(after, 0) :]

    def messages(self, gid: bytes, after: int) -> Sequence[Stored]:
        return [one for one in self.on_messages(list(self.house.groups[gid].stored)) if one.i > after]

    def wraps(self, gid: bytes, n: int) -> Sequence[bytes]:
        return self.on_wraps(list(super().wraps(gid, n)))

    def get_part(self, gid: bytes, aid: bytes, number: int) -> bytes:
        return self.on_part(super().get_part(gid, aid, number))

    def key_store(self) -> KeyStore | None:
        store = super().key_store()
        return self.on_store(store) if store else None


class Careless(HonestServer):
    """Takes every message and every link as it comes."""

    def post(self, gid: bytes, raw: bytes, ct: bytes) -> int:
        return self.accept(self.house.groups[gid], read_message(raw, ct), raw, ct)


def taken(house: House, uid: bytes, gid: bytes, said: Any) -> None:
    """The server takes a message of this account although it should not."""
    Careless(house, uid).post(gid, said.signed.raw, said.ct or b"")


class Impostor(HonestServer):
    """Answers a new device itself, with an account of its own choice."""

    def __init__(self, house: House, uid: bytes, handed: dict[str, Any]) -> None:
        super().__init__(house, uid)
        self.handed = handed

    def link_answer(self, h: bytes) -> bytes | None:
        request = self._request(h)[0]
        content = dec(request)
        guess = NewDevice(content["u"], content["dev"], bytes(32), bytes(5), request)
        return answer(request, guess.code, self.house.now(), self.handed)


def flipped(data: bytes, at: int = -1) -> bytes:
    """One bit of it changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def stripped(raw: bytes) -> bytes:
    """A signed object without its post-quantum signature."""
    envelope = dec(raw)
    return enc([*envelope[:3], envelope[3][:1]])


def damaged(raw: bytes) -> bytes:
    """A wrap that opens no more."""
    wrap = read_wrap(raw)
    return replace(wrap, ct=flipped(wrap.ct)).encoded()


def hostile(customs: Customs, person: Person) -> tuple[Person, Rewriting]:
    """The person starts anew at a server that rewrites what it gives out."""
    server = Rewriting(customs.house, person.uid)
    return customs.again(person, server=server), server


def one(person: Person, kind: Kind, code: Code) -> str:
    """The sentence of the only finding of this kind."""
    found = person.found(kind)
    assert [finding.code for finding in found] == [code]
    return found[0].sentence
