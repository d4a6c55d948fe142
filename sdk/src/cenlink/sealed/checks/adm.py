"""An administration's authority: whom it certifies, revokes, resets (sealed-protocol §4.1, AMENDMENTS C2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cenlink.sealed.checks.authorities import Authority
from cenlink.sealed.checks.links import Link, Op, chain_id, read_link, require_follows
from cenlink.sealed.checks.public_keys import PUB, pubs_rule
from cenlink.sealed.checks.schema import HASH, ID, Rule, closed, number, one_of, or_null, several, text
from cenlink.sealed.refusals import Code, Refused

# Accounts of one desk: its officers of all shifts, and the agent.
LARGEST_DESK = 200
OPS: dict[str, Rule] = {
    "new": closed({"cc": text(most=8), "name": text(), "pubs": pubs_rule, "th": number(1, 9)}),
    "auth": closed({"pubs": pubs_rule, "th": number(1, 9)}),
    "cert": closed({"u": ID, "gh": HASH, "typ": one_of("officer", "agent"), "name": or_null(text())}),
    "rev": closed({"u": ID}),
    "reset": closed({"u": ID, "kid": ID, "why": text(least=0)}),
    "rec": closed({"mode": one_of("none", "one", "2of3"), "pubs": several(PUB, most=3)}),
    "succ": closed({"g": ID, "u": ID}),
    "desk": closed({"us": several(ID, most=LARGEST_DESK)}),
}
RECOVERY_KEYS = {"none": 0, "one": 1, "2of3": 3}


@dataclass(frozen=True)
class Certificate:
    genesis: bytes
    typ: str
    name: str | None


@dataclass(frozen=True)
class Administration:
    """An administration's chain as far as it was verified; `apply` gives the next one or refuses."""

    head: Link | None = None
    id: bytes = b""
    cc: str = ""
    name: str = ""
    authority: Authority | None = None
    certificates: dict[bytes, Certificate] = field(default_factory=dict)
    revoked: frozenset[bytes] = frozenset()
    # (account, kid), in the order in which they were signed: only the last of an account is pending.
    resets: tuple[tuple[bytes, bytes], ...] = ()
    successions: frozenset[tuple[bytes, bytes]] = frozenset()
    # The accounts that take bulletins for the administration; None while it has named none.
    desk: tuple[bytes, ...] | None = None

    def apply(self, raw: bytes) -> Administration:
        """Refused: everything of §12 that concerns links."""
        link = read_link(raw, "adm", OPS)
        require_follows(link, self.head, self.id)
        op = link.ops[0]
        if self.authority is None:
            return self._founded(link, op)
        if op.name == "new":
            raise Refused(Code.STATE, "the authority exists already")
        if op.name == "auth":
            successor = Authority.named_in(op["pubs"], op["th"])
            self.authority.require_handover(link, successor)
            return replace(self, head=link, authority=successor)
        self.authority.require_enough(link)
        return replace(self._after(op), head=link)

    def _founded(self, link: Link, op: Op) -> Administration:
        if op.name != "new":
            raise Refused(Code.STATE, "an administration begins with `new`")
        authority = Authority.named_in(op["pubs"], op["th"])
        authority.require_all(link)
        return Administration(link, chain_id(link), op["cc"], op["name"], authority)

    def _after(self, op: Op) -> Administration:
        if op.name == "cert":
            return replace(self, certificates={**self.certificates, op["u"]: self._certified(op)})
        if op.name == "rev":
            if op["u"] in self.revoked:
                raise Refused(Code.STATE, "revoked already")
            return replace(self, revoked=self.revoked | {op["u"]})
        if op.name == "reset":
            if op["u"] in self.revoked:
                raise Refused(Code.STATE, "a revoked account is not reset; it opens a new one")
            if any(kid == op["kid"] for _, kid in self.resets):
                raise Refused(Code.STATE, "a reset is used once")
            return replace(self, resets=(*self.resets, (op["u"], op["kid"])))
        if op.name == "rec":
            if len(op["pubs"]) != RECOVERY_KEYS[op["mode"]]:
                raise Refused(Code.SCHEMA, "recovery keys do not fit the mode")
            return self
        if op.name == "desk":
            return replace(self, desk=self._seated(op["us"]))
        return replace(self, successions=self.successions | {(op["g"], op["u"])})

    def _seated(self, accounts: list[bytes]) -> tuple[bytes, ...]:
        if len(set(accounts)) != len(accounts):
            raise Refused(Code.STATE, "an account stands twice at the desk")
        if self.revoked & set(accounts):
            raise Refused(Code.STATE, "a revoked account sits at no desk")
        return tuple(accounts)

    def _certified(self, op: Op) -> Certificate:
        before = self.certificates.get(op["u"])
        if op["u"] in self.revoked:
            raise Refused(Code.STATE, "revoked for ever")
        if op["gh"][:16] != op["u"]:
            raise Refused(Code.STATE, "the id is not that of the genesis")
        if before and (before.genesis, before.typ) != (op["gh"], op["typ"]):
            raise Refused(Code.STATE, "certified otherwise before")
        return Certificate(op["gh"], op["typ"], op["name"])
