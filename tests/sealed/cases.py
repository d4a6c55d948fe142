"""Cases that both clients must judge alike: played here, written to sdk/vectors/sealed.json, read there.

A case is a function on a fresh `Stage`; what it returns is judged, and `refused` says with which code (None: accepted).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from cenlink.sealed.checks.messages import Message
from cenlink.sealed.refusals import Code

from tests.sealed.network import Network, Room


class Stage:
    """France with Alice (manager) and Amira, Germany with Bob (writer) and Carol (reader), Mallory of Chile outside."""

    _standing: ClassVar[dict[tuple[tuple[str, Any], ...], Stage]] = {}

    def __init__(self, **policy: Any) -> None:
        self.network = Network()
        self.france, self.germany = self.network.administration("FR"), self.network.administration("DE")
        self.chile = self.network.administration("CL")
        self.alice = self.network.officer(self.france, "Alice")
        self.amira = self.network.officer(self.france, "Amira")
        self.bob = self.network.officer(self.germany, "Bob")
        self.carol = self.network.officer(self.germany, "Carol")
        self.mallory = self.network.officer(self.chile, "Mallory")
        self.room = self._founded(policy)

    def _founded(self, policy: dict[str, Any]) -> Room:
        managers = [self.amira] if policy.get("mq") == 2 else []
        members = {"manager": managers, "writer": [self.bob], "reader": [self.carol]}
        return Room(self.network, self.alice, members, **policy)

    @classmethod
    def fresh(cls, **policy: Any) -> Stage:
        """A stage of its own on a network that is founded once, so that the vectors stay small."""
        if () not in cls._standing:
            cls._standing[()] = cls()
        named = tuple(sorted(policy.items()))
        if named not in cls._standing:
            founded = cls._standing[()]._copied()
            founded.room = founded._founded(policy)
            cls._standing[named] = founded
        return cls._standing[named]._copied()

    def _copied(self) -> Stage:
        other = object.__new__(Stage)
        other.__dict__ |= self.__dict__
        other.network = self.network.copied()
        for name in ("alice", "amira", "bob", "carol", "mallory"):
            setattr(other, name, getattr(self, name).copied())
        other.room = self.room.copied(other.network)
        return other


@dataclass(frozen=True)
class Judged:
    """`network`: a link of net, adm or usr; `group`: the next link of the room; `kept`: links read from number
    `verified` on, under rule S; `message`: number `i` of the room."""

    sort: str
    raw: bytes = b""
    kind: str = ""
    verified: int = 0
    message: Message | None = None
    ct: bytes | None = None
    i: int = 0


@dataclass(frozen=True)
class Case:
    name: str
    refused: Code | None
    play: Callable[[Stage], Judged]
    policy: dict[str, Any]


CASES: list[Case] = []


def case(name: str, refused: Code | None, **policy: Any) -> Callable[[Callable[[Stage], Judged]], None]:
    """Registers a case; `policy` changes the room's."""

    def register(play: Callable[[Stage], Judged]) -> None:
        CASES.append(Case(name, refused, play, policy))

    return register


def group(raw: bytes) -> Judged:
    return Judged("group", raw)


def network(kind: str, raw: bytes) -> Judged:
    return Judged("network", raw, kind)


def kept(verified: int) -> Judged:
    return Judged("kept", verified=verified)


def message(i: int, said: Message, *, raw: bytes | None = None, ct: bytes | None = None) -> Judged:
    return Judged("message", raw or said.signed.raw, message=said, ct=said.ct if ct is None else ct, i=i)
