"""The network as this client verified it: its root, administrations and accounts, never back behind what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.adm import Administration
from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.links import Link, Position, position_of
from cenlink.sealed.checks.net import Net
from cenlink.sealed.checks.signed import read
from cenlink.sealed.checks.spoken_codes import administration_code
from cenlink.sealed.checks.usr import Account
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import DirectoryLink, Server

DAY = 86_400
KINDS = ("net", "adm", "usr")


@dataclass(frozen=True)
class Place:
    """Where a link says that it stands; whether it does is another question."""

    kind: str
    chain: bytes
    seq: int
    lhash: bytes

    @classmethod
    def said_by(cls, kind: str, raw: bytes) -> Place:
        """Refused: `cbor`, `schema`."""
        signed = read(raw)
        content = signed.content()
        chain = content.get("id", signed.lhash[:16]) if isinstance(content, dict) else None
        seq = content.get("seq") if isinstance(content, dict) else None
        if not isinstance(chain, bytes) or not isinstance(seq, int) or not 0 <= seq < 2**53 or "k" not in content:
            raise Refused(Code.SCHEMA, "not a link")
        return cls(kind, chain, seq, signed.lhash)

    def as_where(self) -> dict[str, Any]:
        return {"kind": self.kind, "chain": self.chain.hex(), "seq": self.seq}


class KnownNetwork:
    """`directory` holds verified links only; a link that is not valid is told and asked for again."""

    def __init__(self, server: Server, state: ClientState) -> None:
        self.server, self.state = server, state
        self.directory = Directory()
        for kept in state.links():
            self.directory.apply(kept.kind, kept.raw)

    def sync(self) -> None:
        """Fetches and verifies what is new. What is found wrong is reported to the state, nothing is raised."""
        with self.state.gathered():
            self._sync()

    def _sync(self) -> None:
        last = self.state.last_number()
        again = self.state.fact("directory_again")
        after = last - 1 if again is None else min(last, again) - 1
        failed: int | None = None
        met = last < 0
        for told in self._pages(max(after, -1)):
            met = met or told.index == last
            if not self._take(told) and failed is None:
                failed = told.index
        if not met:
            self._report_rollback()
        if failed is None:
            self.state.drop_fact("directory_again")
        else:
            self.state.keep_fact("directory_again", failed)

    def _pages(self, after: int) -> Iterator[DirectoryLink]:
        while page := self.server.directory(after):
            for told in page:
                if told.index <= after:
                    return
                after = told.index
                yield told

    def _report_rollback(self) -> None:
        kept = self.state.links()[-1]
        where = {"kind": kept.kind, "chain": kept.chain.hex(), "seq": kept.seq}
        self.state.report(Kind.ROLLBACK, Code.ROLLBACK, where, "the directory ends before what was seen", kept.raw)

    def _take(self, told: DirectoryLink) -> bool:
        """Whether the link is known or is added."""
        try:
            place = Place.said_by(told.kind, told.raw)
        except Refused as refusal:
            where = {"kind": told.kind[:8], "number": told.index}
            self.state.report(Kind.INVALID, refusal.code, where, refusal.detail, told.raw)
            return False
        kept = self.state.link(place.kind, place.chain, place.seq)
        if kept is not None:
            return kept.lhash == place.lhash or self.confront(told.kind, told.raw)
        try:
            if place.kind == "net" and place.seq == 0 and place.chain != self.state.net:
                raise Refused(Code.FORK, "another network root than the one this client belongs to")
            self.directory.apply(told.kind, told.raw)
        except Refused as refusal:
            self.state.report(Kind.INVALID, refusal.code, place.as_where(), refusal.detail, told.raw)
            return False
        self.state.keep_link(place.kind, place.chain, place.seq, place.lhash, told.raw, told.index)
        self._look_at_clock(place)
        return True

    def _look_at_clock(self, place: Place) -> None:
        head = self.head(place.kind, place.chain)
        if head and head.at > self.state.now() + DAY:
            self.state.report(Kind.CLOCK, Code.STATE, place.as_where(), "", head.signed.raw)

    def confront(self, kind: str, raw: bytes) -> bool:
        """Compares a link from anywhere with the kept one of its place; True when they are the same.

        Two that are both valid are a fork; one that is not is only told.
        """
        place = Place.said_by(kind, raw)
        kept = self.state.link(kind, place.chain, place.seq)
        if kept is None or kept.lhash == place.lhash:
            return kept is not None
        try:
            self._apply_in_its_place(place, raw)
        except Refused as refusal:
            self.state.report(Kind.INVALID, refusal.code, place.as_where(), refusal.detail, kept.raw, raw)
            return False
        self.state.report(Kind.FORK, Code.FORK, place.as_where(), "", kept.raw, raw)
        return False

    def _apply_in_its_place(self, place: Place, raw: bytes) -> None:
        before = [self.state.link(place.kind, place.chain, seq) for seq in range(place.seq)]
        raws = [*(kept.raw for kept in before if kept), raw]
        if place.kind == "net":
            net = Net()
            for one in raws:
                net = net.apply(one)
        elif place.kind == "adm":
            administration = Administration()
            for one in raws:
                administration = administration.apply(one)
        else:
            account = Account()
            for one in raws:
                account = account.apply(one, self.directory)

    # What is asked of it

    def head(self, kind: str, chain: bytes) -> Link | None:
        if kind == "net":
            return self.directory.net.head
        chains: dict[bytes, Any] = self.directory.administrations if kind == "adm" else self.directory.accounts
        found = chains.get(chain)
        return found.head if found else None

    def account(self, uid: bytes) -> Account:
        """Refused: `uncertified` when the directory does not know it."""
        if uid not in self.directory.accounts:
            raise Refused(Code.UNCERTIFIED, "the directory does not know this account")
        return self.directory.accounts[uid]

    def view(self, uid: bytes) -> dict[str, Any]:
        """`vw`: what this client has seen of the network, the account's administration and the account."""
        account = self.account(uid)
        chains = {"net": self.directory.net.id, "adm": account.adm, "usr": uid}
        return {kind: position_of(self.head(kind, chain)).as_list() for kind, chain in chains.items()}

    def unseen(self, author: bytes, view: dict[str, Any]) -> list[str]:
        """The kinds of which the author had seen more than this client."""
        return [kind for kind, place in self._places(author, view) if self.head_seq(kind, place) < view[kind][0]]

    def head_seq(self, kind: str, chain: bytes) -> int:
        head = self.head(kind, chain)
        return -1 if head is None else head.seq

    def look_at_view(
        self, author: bytes, view: dict[str, Any], raw: bytes, where: dict[str, Any], gid: bytes, i: int
    ) -> None:
        """Reports what an author's view says of the server: what is withheld here, or shown to the author otherwise.

        Call it when fetching has brought nothing more. `i`: the message, or the one before the link.
        """
        for kind, chain in self._places(author, view):
            seen = Position(*view[kind])
            about = {**where, "kind": kind, "chain": chain.hex(), "seq": seen.seq}
            kept = self.state.link(kind, chain, seen.seq)
            if kept is None:
                said = f"{self.name(author)} has seen link {seen.seq} of {kind}"
                self.state.report(Kind.WITHHELD, Code.OFF_CHAIN, about, said, raw, group=gid)
                continue
            if kept.lhash != seen.lhash:
                said = f"{self.name(author)}, link {seen.seq} of {kind}"
                self.state.report(Kind.SPLIT, Code.FORK, about, said, kept.raw, raw, group=gid)
                continue
            if not self.state.keep_view(gid, author, kind, i, seen.seq):
                self.state.report(Kind.OLDER_VIEW, Code.ROLLBACK, about, self.name(author), raw, group=gid)

    def _places(self, author: bytes, view: dict[str, Any]) -> list[tuple[str, bytes]]:
        account = self.directory.accounts.get(author)
        if account is None:
            return []
        return [("net", self.directory.net.id), ("adm", account.adm), ("usr", author)]

    def name(self, uid: bytes) -> str:
        return self.directory.name(uid) if uid in self.directory.accounts else f"unknown account {uid.hex()[:8]}"

    def administration_of(self, uid: bytes) -> tuple[str, str]:
        """(name, code) of the administration that answers for an account."""
        account = self.directory.accounts.get(uid)
        admission = self.directory.net.admissions.get(account.adm) if account else None
        if admission is None:
            return "no admitted administration", ""
        return admission.name, administration_code(admission.genesis)
