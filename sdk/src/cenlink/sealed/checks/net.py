"""The network root: which administrations belong to the network, and who takes over whom (sealed-protocol §4.1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cenlink.sealed.checks.authorities import Authority
from cenlink.sealed.checks.links import Link, Op, chain_id, read_link, require_follows
from cenlink.sealed.checks.public_keys import pubs_rule
from cenlink.sealed.checks.schema import HASH, ID, TREE_HEAD, Rule, closed, number, octets, or_null, several, text
from cenlink.sealed.refusals import Code, Refused

OPS: dict[str, Rule] = {
    "new": closed({"pubs": pubs_rule, "th": number(1, 9)}),
    "root": closed({"pubs": pubs_rule, "th": number(1, 9)}),
    "adm": closed({"a": ID, "gh": HASH, "cc": text(most=8), "name": text(), "succ": or_null(ID)}),
    "admrev": closed({"a": ID}),
    "log": closed(
        {
            "origin": text(),
            "keys": several(octets(most=4096), least=1, most=9),
            "wit": several(octets(most=4096), most=64),
            "w": number(0, 64),
            "maxage": number(),
            "from": TREE_HEAD,
        }
    ),
    "logrev": closed({}),
}


@dataclass(frozen=True)
class Admission:
    """What the network root says of one administration."""

    adm: bytes
    genesis: bytes
    cc: str
    name: str
    takes_over: bytes | None
    revoked: bool = False


@dataclass(frozen=True)
class Net:
    """The network chain as far as it was verified; `apply` gives the next one or refuses."""

    head: Link | None = None
    id: bytes = b""
    root: Authority | None = None
    admissions: dict[bytes, Admission] = field(default_factory=dict)
    log_announced: bool = False

    def apply(self, raw: bytes) -> Net:
        """Refused: everything of §12 that concerns links."""
        link = read_link(raw, "net", OPS)
        require_follows(link, self.head, self.id)
        op = link.ops[0]
        if self.root is None:
            return self._founded(link, op)
        if op.name == "new":
            raise Refused(Code.STATE, "the network exists already")
        if op.name == "root":
            successor = Authority.named_in(op["pubs"], op["th"])
            self.root.require_handover(link, successor)
            return replace(self, head=link, root=successor)
        self.root.require_enough(link)
        if op.name == "adm":
            return replace(self, head=link, admissions={**self.admissions, op["a"]: self._admitted(op)})
        if op.name == "admrev":
            return replace(self, head=link, admissions={**self.admissions, op["a"]: self._revoked(op["a"])})
        return replace(self, head=link, log_announced=True)

    def _founded(self, link: Link, op: Op) -> Net:
        if op.name != "new":
            raise Refused(Code.STATE, "a network begins with `new`")
        root = Authority.named_in(op["pubs"], op["th"])
        root.require_all(link)
        return Net(head=link, id=chain_id(link), root=root)

    def _admitted(self, op: Op) -> Admission:
        if op["a"] in self.admissions:
            raise Refused(Code.STATE, "admitted already")
        if op["gh"][:16] != op["a"]:
            raise Refused(Code.STATE, "the id is not that of the genesis")
        if op["succ"] is not None:
            if op["succ"] not in self.admissions:
                raise Refused(Code.STATE, "what it takes over was never admitted")
            if self.successor_of(op["succ"]) is not None:
                raise Refused(Code.STATE, "another successor lives")
        return Admission(op["a"], op["gh"], op["cc"], op["name"], op["succ"])

    def _revoked(self, adm: bytes) -> Admission:
        if adm not in self.admissions or self.admissions[adm].revoked:
            raise Refused(Code.STATE, "not admitted")
        return replace(self.admissions[adm], revoked=True)

    def successor_of(self, adm: bytes) -> Admission | None:
        """The living administration that took this one over, if any."""
        return next((a for a in self.admissions.values() if a.takes_over == adm and not a.revoked), None)

    def lineage(self, adm: bytes) -> list[Admission]:
        """The administration and those that took it over, as they were admitted; empty when it was never admitted.

        Successors that were revoked later stay: what they certified was certified (principle M).
        """
        line: list[Admission] = []
        of_it = {adm}
        for admission in self.admissions.values():
            if admission.adm == adm or (line and admission.takes_over in of_it):
                line.append(admission)
                of_it.add(admission.adm)
        return line
