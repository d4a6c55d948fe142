"""What a contact point and the network root do with their offline keys: found, admit, certify, revoke, reset."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from cenlink.sealed.checks.adm import Administration
from cenlink.sealed.checks.authorities import Authority
from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.signed import lhash
from cenlink.sealed.checks.spoken_codes import administration_code
from cenlink.sealed.client.drafts import Draft
from cenlink.sealed.client.network import KnownNetwork
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.refusals import Code, Refused


class _Chain(ABC):
    """A chain whose links some number of offline keys sign."""

    kind = ""

    def __init__(self, network: KnownNetwork) -> None:
        self.network = network

    @abstractmethod
    def _state(self) -> tuple[Link | None, Authority | None]:
        """The head of the chain and who signs for it; nothing before it is founded."""

    def draft(self, op: list[Any], signers: Sequence[bytes] | None = None) -> Draft:
        """A link for these kids to sign; by default the first of the authority's keys that are enough."""
        self.network.sync()
        head, authority = self._state()
        if authority is None:
            raise Refused(Code.ORDER, "the chain has not begun")
        kids = signers or [key.kid for key in authority.keys[: authority.threshold]]
        return Draft.of(self.kind, head, op, kids, self.network.state.now())

    def tell(self, draft: Draft) -> bytes:
        """Publishes a draft that all have signed. Refused: `signer`, and what the server refuses."""
        raw = draft.completed()
        self.network.server.tell(self.kind, raw)
        self.network.sync()
        return raw

    def act(self, op: list[Any], *holders: Keys) -> bytes:
        """Signs with as many of these keys as the threshold asks for, and publishes.

        Refused: `signer` with too few of them.
        """
        self.network.sync()
        _, authority = self._state()
        if authority is None:
            raise Refused(Code.ORDER, "the chain has not begun")
        own = {key.kid for key in authority.keys}
        fit = [keys for keys in holders if keys.kid in own][: authority.threshold]
        if len(fit) < authority.threshold:
            raise Refused(Code.SIGNER, f"{authority.threshold} of the authority's keys have to sign")
        return self.tell(self.draft(op, [keys.kid for keys in fit]).signed_by(*fit))

    def hand_over(self, op_name: str, old: Sequence[Keys], new: Sequence[Keys], threshold: int) -> bytes:
        """Replaces the authority's keys: enough of the old ones sign, then every new one."""
        self.network.sync()
        _, authority = self._state()
        if authority is None:
            raise Refused(Code.ORDER, "the chain has not begun")
        own = {key.kid for key in authority.keys}
        fit = [keys for keys in old if keys.kid in own][: authority.threshold]
        further = [keys for keys in new if keys.kid not in {one.kid for one in fit}]
        op = [op_name, {"pubs": [keys.public.as_map() for keys in new], "th": threshold}]
        signers = [*fit, *further]
        return self.tell(self.draft(op, [keys.kid for keys in signers]).signed_by(*signers))


def _founding(op: list[Any], kind: str, keys: Sequence[Keys], at: int) -> bytes:
    return Draft.of(kind, None, op, [one.kid for one in keys], at).signed_by(*keys).completed()


class NetworkRoot(_Chain):
    """The keys that say which administrations belong to the network. Recommended: three of five, offline."""

    kind = "net"

    @staticmethod
    def founded(keys: Sequence[Keys], threshold: int, at: int) -> bytes:
        """The first link of a new network; its id, which every client is given, is `lhash(link)[:16]`."""
        op = ["new", {"pubs": [one.public.as_map() for one in keys], "th": threshold}]
        return _founding(op, "net", keys, at)

    def _state(self) -> tuple[Link | None, Authority | None]:
        net = self.network.directory.net
        return net.head, net.root

    def admit(self, adm: bytes, *holders: Keys, takes_over: bytes | None = None) -> None:
        """Admits an administration, once its code was compared. Refused: `uncertified` when it is unknown."""
        self.network.sync()
        self.act(self.admission(adm, takes_over), *holders)

    def admission(self, adm: bytes, takes_over: bytes | None = None) -> list[Any]:
        """The operation that admits an administration. Refused: `uncertified`."""
        chain = self._founded(adm)
        op = {"a": adm, "gh": self._genesis(adm), "cc": chain.cc, "name": chain.name, "succ": takes_over}
        return ["adm", op]

    def revoke(self, adm: bytes, *holders: Keys) -> None:
        self.act(["admrev", {"a": adm}], *holders)

    def change_keys(self, old: Sequence[Keys], new: Sequence[Keys], threshold: int) -> None:
        self.hand_over("root", old, new, threshold)

    def code_of(self, adm: bytes) -> str:
        """The administration code, read to the contact point before it is admitted."""
        return administration_code(self._genesis(adm))

    def _founded(self, adm: bytes) -> Administration:
        found = self.network.directory.administrations.get(adm)
        if found is None:
            raise Refused(Code.UNCERTIFIED, "there is no such administration")
        return found

    def _genesis(self, adm: bytes) -> bytes:
        kept = self.network.state.link("adm", adm, 0)
        if kept is None:
            raise Refused(Code.UNCERTIFIED, "there is no such administration")
        return kept.lhash


class ContactPoint(_Chain):
    """The keys of an administration's authority. Recommended: one of two or two of three."""

    kind = "adm"

    def __init__(self, network: KnownNetwork, adm: bytes) -> None:
        super().__init__(network)
        self.adm = adm

    @classmethod
    def founded(
        cls, network: KnownNetwork, *, cc: str, name: str, keys: Sequence[Keys], threshold: int
    ) -> ContactPoint:
        """Begins an administration's chain and publishes it; the network root admits it then."""
        op = ["new", {"cc": cc, "name": name, "pubs": [one.public.as_map() for one in keys], "th": threshold}]
        raw = _founding(op, "adm", keys, network.state.now())
        network.server.tell("adm", raw)
        network.sync()
        return cls(network, lhash(raw)[:16])

    def _state(self) -> tuple[Link | None, Authority | None]:
        chain = self.network.directory.administrations.get(self.adm, Administration())
        return chain.head, chain.authority

    @property
    def code(self) -> str:
        """The administration code."""
        kept = self.network.state.link("adm", self.adm, 0)
        if kept is None:
            raise Refused(Code.UNCERTIFIED, "there is no such administration")
        return administration_code(kept.lhash)

    def certificate(self, uid: bytes, name: str | None = None) -> list[Any]:
        """The operation that certifies an account. Refused: `uncertified` for an account of another administration."""
        self.network.sync()
        account = self.network.account(uid)
        if self.adm not in {chain.id for chain in self.network.directory.lineage(account.adm)} | {account.adm}:
            raise Refused(Code.UNCERTIFIED, "the account says that it belongs to another administration")
        return ["cert", {"u": uid, "gh": account.genesis, "typ": account.typ, "name": name}]

    def certify(self, uid: bytes, *holders: Keys, name: str | None = None) -> None:
        """After the person was checked, and the name and type of the account."""
        self.act(self.certificate(uid, name), *holders)

    def revoke(self, uid: bytes, *holders: Keys) -> None:
        """For ever; an officer who returns opens a new account."""
        self.act(["rev", {"u": uid}], *holders)

    def reset(self, uid: bytes, kid: bytes, *holders: Keys, why: str = "") -> None:
        """Orders an account whose keys are lost to take up the key with this kid, which the officer named."""
        self.act(["reset", {"u": uid, "kid": kid, "why": why}], *holders)

    def seating(self, uids: Sequence[bytes]) -> list[Any]:
        """The operation that names the desk. Refused: `uncertified` for who is not of this administration."""
        self.network.sync()
        directory = self.network.directory
        for uid in uids:
            if not directory.is_certified(uid) or not directory.belongs_to(uid, self.adm):
                raise Refused(Code.UNCERTIFIED, f"{self.network.name(uid)} is not certified for this administration")
        return ["desk", {"us": list(uids)}]

    def seat(self, uids: Sequence[bytes], *holders: Keys) -> None:
        """Names who takes bulletins for the administration: all of them, each time."""
        self.act(self.seating(uids), *holders)

    def name_successor(self, gid: bytes, uid: bytes, *holders: Keys) -> None:
        """Lets a member take over a group of this administration that has no manager left."""
        self.act(["succ", {"g": gid, "u": uid}], *holders)

    def change_keys(self, old: Sequence[Keys], new: Sequence[Keys], threshold: int) -> None:
        self.hand_over("auth", old, new, threshold)
