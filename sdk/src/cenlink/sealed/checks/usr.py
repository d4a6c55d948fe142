"""An account, of an officer or of an administration's agent, and its generations of keys (sealed-protocol §4.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from cenlink.sealed.checks.links import Link, Op, chain_id, read_link, require_follows
from cenlink.sealed.checks.public_keys import PUB, PublicKey, public_key
from cenlink.sealed.checks.schema import ID, Rule, closed, number, one_of, text
from cenlink.sealed.refusals import Code, Refused

OPS: dict[str, Rule] = {
    "new": closed({"adm": ID, "gen": one_of(1), "name": text(), "pub": PUB, "typ": one_of("officer", "agent")}),
    "rot": closed({"gen": number(2), "pub": PUB, "why": one_of("routine", "lost")}),
    "reset": closed({"gen": number(2), "pub": PUB, "why": text(least=0)}),
    "rev": closed({}),
}


class Resets(Protocol):
    """Where an account's administration says that it reset the account to a key."""

    def resets_of(self, adm: bytes, account: bytes) -> list[bytes]: ...


@dataclass(frozen=True)
class Generation:
    gen: int
    key: PublicKey
    # How it came: "new", "rot" or "reset"; and of a rotation, why.
    how: str
    why: str


@dataclass(frozen=True)
class Account:
    """An account's chain as far as it was verified; `apply` gives the next one or refuses."""

    head: Link | None = None
    id: bytes = b""
    adm: bytes = b""
    name: str = ""
    typ: str = ""
    genesis: bytes = b""
    generations: tuple[Generation, ...] = ()
    ended: bool = False

    @property
    def newest(self) -> Generation:
        return self.generations[-1]

    def key(self, gen: int, kid: bytes) -> PublicKey | None:
        """The key of this generation, if its kid is this one."""
        if not 1 <= gen <= len(self.generations):
            return None
        key = self.generations[gen - 1].key
        return key if key.kid == kid else None

    def key_of(self, kid: bytes) -> PublicKey | None:
        return next((g.key for g in self.generations if g.key.kid == kid), None)

    def only_rotated(self, gen: int, to: int) -> bool:
        """Whether nothing but rotations lies between the two generations."""
        return all(g.how == "rot" for g in self.generations[gen:to])

    def apply(self, raw: bytes, resets: Resets) -> Account:
        """Refused: everything of §12 that concerns links."""
        link = read_link(raw, "usr", OPS)
        require_follows(link, self.head, self.id)
        op = link.ops[0]
        if self.head is None:
            return self._opened(link, op)
        if self.ended:
            raise Refused(Code.STATE, "the account has ended")
        if op.name == "new":
            raise Refused(Code.STATE, "the account exists already")
        if op.name == "rev":
            link.require_signed_by([self.newest.key])
            return replace(self, head=link, ended=True)
        key = self._next_key(op)
        if op.name == "rot":
            link.require_signed_by([self.newest.key, key])
        else:
            link.require_signed_by([key])
            self._require_reset(key, resets.resets_of(self.adm, self.id))
        added = Generation(op["gen"], key, op.name, op["why"])
        return replace(self, head=link, generations=(*self.generations, added))

    def _opened(self, link: Link, op: Op) -> Account:
        if op.name != "new":
            raise Refused(Code.STATE, "an account begins with `new`")
        key = public_key(op["pub"])
        link.require_signed_by([key])
        first = Generation(1, key, "new", "")
        return Account(link, chain_id(link), op["adm"], op["name"], op["typ"], link.lhash, (first,))

    def _require_reset(self, key: PublicKey, ordered: list[bytes]) -> None:
        """A reset is used once, and none that is older than one used already."""
        used = [ordered.index(g.key.kid) for g in self.generations if g.how == "reset" and g.key.kid in ordered]
        if key.kid not in ordered or ordered.index(key.kid) <= max(used, default=-1):
            raise Refused(Code.UNCERTIFIED, "its administration did not reset it to this key")

    def _next_key(self, op: Op) -> PublicKey:
        if op["gen"] != self.newest.gen + 1:
            raise Refused(Code.STATE, "generations grow by one")
        key = public_key(op["pub"])
        if self.key_of(key.kid) is not None:
            raise Refused(Code.KEY, "used before")
        return key
