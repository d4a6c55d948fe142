"""One group as this client verified it: its chain, the order of its messages, the keys of its periods."""

from __future__ import annotations

from typing import Any

from cenlink.sealed.checks.cbor import dec
from cenlink.sealed.checks.group_chain import GroupChain, mark_of
from cenlink.sealed.checks.grp import Group
from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.schema import ID, closed, prose, several, text
from cenlink.sealed.checks.signed import lhash as lhash_of
from cenlink.sealed.checks.withdrawn_keys import closures
from cenlink.sealed.checks.wraps import Wrap, read_wrap
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.network import DAY, KnownNetwork, Place
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.private.epochs import epoch_key, step_back, unwrap
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.sealing import unseal
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import Server

NAME_LENGTH, DESCRIPTION_LENGTH, MOST_DESKS = 200, 4000, 200
_NAME = closed(
    {"name": text(most=NAME_LENGTH), "desc": prose(most=DESCRIPTION_LENGTH)},
    {"desks": several(ID, least=1, most=MOST_DESKS)},
)


class KnownGroup:
    """Links and orders are only ever added to; what contradicts them is reported and stops the group."""

    def __init__(self, server: Server, state: ClientState, network: KnownNetwork, uid: bytes, gid: bytes) -> None:
        self.server, self.state, self.network = server, state, network
        self.uid, self.gid = uid, gid
        self.chain = GroupChain()
        for kept in state.links(group=gid):
            self.chain.extend(kept.raw, network.directory)
        self.order = MessageOrder()
        self._begin_order()
        for lhash in state.order(gid):
            self.order.append(lhash)
        # How many links' views of the directory were looked at in this process.
        self.viewed = len(self.chain.links)
        self._secrets: dict[int, bytes] = {}
        # Periods whose link to the period before was looked at and found broken.
        self.broken: set[int] = set()

    @property
    def now(self) -> Group:
        return self.chain.now

    @property
    def head(self) -> Link:
        """Refused: `order` before the first link."""
        if self.now.head is None:
            raise Refused(Code.ORDER, "the group has not begun")
        return self.now.head

    def report(self, kind: Kind, code: Code, where: dict[str, Any], detail: str = "", *objects: bytes) -> None:
        self.state.report(kind, code, where, detail, *objects, group=self.gid)

    # Links

    def take_links(self, *, final: bool) -> bool:
        """Adds what is new. False when something may be mended by fetching again; `final` reports it instead."""
        known = len(self.chain.links)
        raws = self._pages(known - 2)
        if known:
            if not raws:
                where = {"kind": "grp", "chain": self.gid.hex(), "seq": known - 1}
                self.report(Kind.ROLLBACK, Code.ROLLBACK, where, "", self.head.signed.raw)
                return True
            if not self._meets(raws[0]):
                return True
        return self._add(raws[bool(known) :], final=final)

    def _pages(self, after: int) -> list[bytes]:
        found: list[bytes] = []
        after = max(after, -1)
        while page := self.server.group_links(self.gid, after):
            found += page
            after += len(page)
        return found

    def _meets(self, first: bytes) -> bool:
        """Whether the server's chain goes on from the last link that was verified here."""
        try:
            if lhash_of(first) == self.head.lhash:
                return True
        except Refused as refusal:
            where = {"kind": "grp", "chain": self.gid.hex(), "seq": self.head.seq}
            self.report(Kind.INVALID, refusal.code, where, refusal.detail, self.head.signed.raw, first)
            return False
        for raw in self._pages(-1):
            if not self.confront(raw):
                return False
        return False

    def confront(self, raw: bytes) -> bool:
        """Compares a link from anywhere with the kept one of its place; True when they are the same.

        Two that are both valid are a fork; one that is not is only told.
        """
        try:
            place = Place.said_by("grp", raw)
        except Refused as refusal:
            self.report(Kind.INVALID, refusal.code, {"kind": "grp", "chain": self.gid.hex()}, refusal.detail, raw)
            return False
        if place.seq >= len(self.chain.links) or (place.seq == 0 and place.chain != self.gid):
            return False
        kept = self.chain.links[place.seq]
        if kept.lhash == place.lhash:
            return True
        other = GroupChain(self.chain.states[: place.seq], self.chain.links[: place.seq])
        try:
            other.extend(raw, self.network.directory)
        except Refused as refusal:
            self.report(Kind.INVALID, refusal.code, place.as_where(), refusal.detail, kept.signed.raw, raw)
            return False
        self.report(Kind.FORK, Code.FORK, place.as_where(), "", kept.signed.raw, raw)
        return False

    def _add(self, raws: list[bytes], *, final: bool) -> bool:
        trial = GroupChain(list(self.chain.states), list(self.chain.links))
        sound = True
        for raw in raws:
            try:
                self._extend(trial, raw)
            except Refused as refusal:
                sound = False
                if final:
                    self._report_invalid(raw, len(trial.links), refusal)
                break
        kept = self._up_to_unsound(trial)
        for seq in range(len(self.chain.links), kept):
            self._keep(trial, seq)
        return sound

    def _extend(self, trial: GroupChain, raw: bytes) -> None:
        if not trial.links and lhash_of(raw)[:16] != self.gid:
            raise Refused(Code.OFF_CHAIN, "the beginning of another group")
        trial.extend(raw, self.network.directory)

    def _report_invalid(self, raw: bytes, seq: int, refusal: Refused) -> None:
        where = {"kind": "grp", "chain": self.gid.hex(), "seq": seq}
        kind = Kind.WITHHELD if refusal.code is Code.UNCERTIFIED else Kind.INVALID
        self.report(kind, refusal.code, where, refusal.detail, raw)

    def _up_to_unsound(self, trial: GroupChain) -> int:
        """How many links may be kept: none that stands on a withdrawn key unless it was vouched for (rule S)."""
        new = range(len(self.chain.links), len(trial.links))
        unsound = closures(trial, self.network.directory).unsound
        for seq in new:
            link = trial.links[seq]
            if seq in unsound and not self.state.fact(f"vouched/{link.lhash.hex()}"):
                where = {"kind": "grp", "chain": self.gid.hex(), "seq": seq}
                by = self.network.name(link.content["by"]["u"])
                self.report(Kind.WITHDRAWN_KEY, Code.WITHDRAWN, where, f"link {seq} by {by}", link.signed.raw)
                return seq
        return len(trial.links)

    def _keep(self, trial: GroupChain, seq: int) -> None:
        link = trial.links[seq]
        self.state.keep_link("grp", self.gid, seq, link.lhash, link.signed.raw)
        self.chain.states.append(trial.states[seq])
        self.chain.links.append(link)
        where = {"kind": "grp", "chain": self.gid.hex(), "seq": seq}
        if link.at > self.state.now() + DAY:
            self.report(Kind.CLOCK, Code.STATE, where, "", link.signed.raw)
        for op in link.ops:
            if op.name == "key":
                said = self.network.name(op["u"])
                self.report(Kind.KEY_CHANGED, Code.STATE, {**where, "account": op["u"].hex()}, said, link.signed.raw)
            elif op.name == "succ":
                said = self.network.name(op["u"])
                self.report(Kind.SUCCEEDED, Code.STATE, {**where, "account": op["u"].hex()}, said, link.signed.raw)

    # The order of messages

    def _begin_order(self) -> None:
        """Under history from joining on, the order is known from one's own `add` (sealed-protocol §6)."""
        if self.order.start or self.order.lhashes or self.state.order_begins(self.gid) == 1:
            return
        for link, state in zip(self.chain.links, self.chain.states, strict=True):
            if (
                link.seq
                and state.rules.hist == "join"
                and any(op.name == "add" and op["u"] == self.uid for op in link.ops)
            ):
                start, mark = mark_of(link)
                self.order = MessageOrder(start, mark)
                return
            if self.uid in state.members:
                return

    def take_order(self) -> None:
        """Adds the lhashes that are new, and looks whether the server still says what it said before."""
        self._begin_order()
        self._reach_back()
        known = self.order.count
        overlap = known > self.order.start
        lhashes = self._lhashes(known - overlap)
        where = {"chain": self.gid.hex(), "i": known}
        if overlap:
            if not lhashes:
                self.report(
                    Kind.ROLLBACK, Code.ROLLBACK, where, "messages that were seen are gone", *self._proof(known)
                )
                return
            if lhashes[0] != self.order.lhash_at(known):
                self.report(Kind.FORK, Code.FORK, where, f"another message {known}", *self._proof(known))
                return
        for lhash in lhashes[overlap:]:
            i = self.order.append(lhash)
            self.state.keep_order(self.gid, i, lhash)
        self._look_at_own()

    def _reach_back(self) -> None:
        """Whoever was granted an earlier period learns the order before joining, if it leads to the known mark."""
        granted = any(op.name == "grant" and op["u"] == self.uid for link in self.chain.links for op in link.ops)
        if not granted or not self.order.start:
            return
        whole = MessageOrder()
        for lhash in self._lhashes(0)[: self.order.start]:
            whole.append(lhash)
        where = {"chain": self.gid.hex(), "i": self.order.start}
        if (whole.count, whole.mark) != (self.order.start, self.order.first_mark):
            self.report(Kind.WITHHELD, Code.OFF_CHAIN, where, "the order before you joined")
            return
        with self.state.gathered():
            for i, lhash in enumerate(whole.lhashes, 1):
                self.state.keep_order(self.gid, i, lhash)
        for lhash in self.order.lhashes:
            whole.append(lhash)
        self.order = whole

    def _lhashes(self, after: int) -> list[bytes]:
        found: list[bytes] = []
        while page := self.server.order(self.gid, after + len(found)):
            found += page
        return found

    def _proof(self, i: int) -> list[bytes]:
        kept = self.state.message(self.gid, i)
        return [kept.raw] if kept else []

    def _look_at_own(self) -> None:
        """What the server acknowledged has to stand where it said."""
        for i, lhash in self.state.acknowledged(self.gid):
            if i <= self.order.start or self.order.lhash_at(i) == lhash:
                continue
            kind, code = (Kind.ROLLBACK, Code.ROLLBACK) if i > self.order.count else (Kind.FORK, Code.FORK)
            where = {"chain": self.gid.hex(), "i": i}
            self.report(kind, code, where, f"your message {i} was acknowledged and is not there")

    def look_at_marks(self) -> None:
        """Compares the places among the messages that links name with the order as it is known here."""
        for link in self.chain.links:
            i, mark = mark_of(link)
            try:
                if i >= self.order.start:
                    self.order.require(i, mark)
            except Refused as refusal:
                where = {"kind": "grp", "chain": self.gid.hex(), "seq": link.seq, "i": i}
                kind = Kind.FORK if refusal.code is Code.FORK else Kind.WITHHELD
                self.report(kind, refusal.code, where, refusal.detail, link.signed.raw)

    # Keys of periods

    def secret(self, n: int, keys: dict[bytes, Keys]) -> bytes:
        """The key of period n. Refused: `wrap` (missing or damaged), `history` (before one may read)."""
        at = self._nearest(n, keys)
        while at > n:
            if at - 1 not in self._secrets and not self._open(at - 1, keys):
                # Says why: cut off by the policy, or a link back that is broken.
                step_back(self._secrets[at], self.now.epochs[at - 1], self.now.epochs[at - 2], self.gid)
            at -= 1
            self._look_back(at)
        return self._secrets[n]

    def _nearest(self, n: int, keys: dict[bytes, Keys]) -> int:
        """The newest period from n on that opens. Refused: `wrap`."""
        if n in self._secrets:
            return n
        if not 1 <= n <= self.now.n:
            raise Refused(Code.STATE, f"there is no period {n}")
        for at in range(self.now.n, n - 1, -1):
            if at in self._secrets or self._open(at, keys):
                self._look_back(at)
                return at
        raise Refused(Code.WRAP, f"period {n}")

    def _open(self, n: int, keys: dict[bytes, Keys]) -> bool:
        """Whether one's own wrap of period n opens it."""
        try:
            self._secrets[n] = unwrap(self._wraps(n), self.now.epochs[n - 1], self.gid, self.uid, keys)
        except Refused:
            return False
        return True

    def _wraps(self, n: int) -> list[Wrap]:
        found = []
        for raw in self.server.wraps(self.gid, n):
            try:
                found.append(read_wrap(raw))
            except Refused:
                continue
        return found

    def _look_back(self, n: int) -> None:
        """Whoever opens a period looks at once whether its link to the one before is good."""
        epoch, secret = self.now.epochs[n - 1], self._secrets[n]
        if not epoch.backs:
            return
        before = self.now.epochs[n - 2]
        try:
            self._secrets.setdefault(before.n, step_back(secret, epoch, before, self.gid))
        except Refused:
            self.broken.add(n)
            where = {"chain": self.gid.hex(), "seq": epoch.seq, "n": n, "author": epoch.author.hex()}
            self.report(Kind.BAD_BACK_LINK, Code.WRAP, where, f"period {n}, by {self.network.name(epoch.author)}")
        else:
            self.broken.discard(n)

    def opens(self, n: int, keys: dict[bytes, Keys]) -> bool:
        """Whether the key of period n is known without the link back from the one after it."""
        return n in self._secrets or self._open(n, keys)

    def name(self, keys: dict[bytes, Keys]) -> dict[str, Any]:
        """`name`, `desc`, and `desks` where the group follows desks. Refused: `sealed`, `wrap`, `history`, `schema`."""
        said = self.now.name
        if said is None:
            raise Refused(Code.STATE, "the group has no name yet")
        key = epoch_key(self.secret(said.n, keys), self.gid, said.n, "meta")
        content = dec(unseal(key, ["comm/1/meta", self.gid, said.n, said.seq], said.ct))
        _NAME(content, "name")
        return dict(content)

    def report_damaged(self, n: int) -> None:
        """The newest key is missing or damaged, by the server or its author; nobody is blamed."""
        self.report(Kind.BAD_KEY, Code.WRAP, {"chain": self.gid.hex(), "n": n}, f"period {n}")
