"""A server in memory that does what docs/sealed-api.md says, checking as the real one does."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.grp import OPS
from cenlink.sealed.checks.links import read_link
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.messages import Message, read_message, require_admissible
from cenlink.sealed.checks.signed import lhash, sha256
from cenlink.sealed.checks.wraps import Wrap, read_wrap, require_exactly
from cenlink.sealed.client.network import Place
from cenlink.sealed.private.attachments import PART
from cenlink.sealed.refusals import SENTENCES, Code, Refused
from cenlink.sealed.server import DirectoryLink, GroupHead, KeyStore, ServerSaidNo, Stored

AHEAD, MOST_WRAPS, ANSWERED_WITHIN = 300, 8, 300


@dataclass
class Upload:
    author: bytes
    csize: int
    parts: dict[int, bytes] = field(default_factory=dict)
    message: bytes | None = None


@dataclass
class Group:
    chain: GroupChain = field(default_factory=GroupChain)
    order: MessageOrder = field(default_factory=MessageOrder)
    stored: list[Stored] = field(default_factory=list)
    wraps: list[Wrap] = field(default_factory=list)
    numbers: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    files: dict[bytes, Upload] = field(default_factory=dict)

    def branched(self) -> Group:
        chain = GroupChain(list(self.chain.states), list(self.chain.links))
        order = MessageOrder()
        for one in self.order.lhashes:
            order.append(one)
        return Group(chain, order, list(self.stored), list(self.wraps), dict(self.numbers), dict(self.files))

    def renumber(self, stored: list[Stored]) -> None:
        """Makes these the messages, in this order."""
        self.order, self.stored = MessageOrder(), []
        for one in stored:
            self.stored.append(replace(one, i=self.order.append(lhash(one.raw))))


class House:
    """What the server keeps, for all who ask."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.directory = Directory()
        self.links: list[DirectoryLink] = []
        self.index = 0
        self.groups: dict[bytes, Group] = {}
        self.stores: dict[bytes, KeyStore] = {}
        self.pins: dict[bytes, dict[bytes, bytes]] = defaultdict(dict)
        self.requests: dict[bytes, tuple[bytes, int, bytes | None]] = {}

    def branched(self) -> House:
        """One that goes its own way from here: what is accepted in it is not in this one, and the other way round."""
        other = House(self.now)
        known = self.directory
        other.directory = Directory(known.net, dict(known.administrations), dict(known.accounts))
        other.links, other.index = list(self.links), self.index
        other.groups = {gid: group.branched() for gid, group in self.groups.items()}
        other.stores, other.requests = dict(self.stores), dict(self.requests)
        for uid, kept in self.pins.items():
            other.pins[uid] = dict(kept)
        return other

    def next_index(self) -> int:
        self.index += 1
        return self.index - 1


def declined(status: int, code: str, sentence: str = "") -> ServerSaidNo:
    return ServerSaidNo(status, code, sentence or "Declined.")


def admitted(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Refused as refusal:
        status, code = (409, "behind") if refusal.code is Code.ORDER else (422, str(refusal.code))
        raise ServerSaidNo(status, code, f"{SENTENCES[refusal.code]} ({refusal.detail})") from None


class HonestServer:
    """The house as one account sees it; `uid` is who is signed in."""

    def __init__(self, house: House, uid: bytes = b"") -> None:
        self.house, self.uid = house, uid

    # Directory

    def directory(self, after: int) -> Sequence[DirectoryLink]:
        return [link for link in self.house.links if link.index > after][:500]

    def tell(self, kind: str, raw: bytes, store: KeyStore | None = None, replaces: bytes | None = None) -> int:
        house = self.house
        place = admitted(lambda: Place.said_by(kind, raw))
        trial = Directory(house.directory.net, dict(house.directory.administrations), dict(house.directory.accounts))
        admitted(lambda: trial.apply(kind, raw))
        if kind == "usr" and place.seq:
            if place.chain != self.uid:
                raise declined(404, "absent")
            how = trial.accounts[place.chain].newest
            if not trial.accounts[place.chain].ended and store is None:
                raise declined(422, "state", "A new key comes with its key store.")
            if how.how == "rot" and trial.was_reset_after(self.uid, how.gen):
                raise declined(403, "withdrawn", "Complete the reset first.")
        if kind == "usr" and not place.seq:
            self.uid = place.chain
        if store is not None:
            self.put_key_store(store, replaces)
        house.directory = trial
        house.links.append(DirectoryLink(house.next_index(), kind, raw))
        return house.links[-1].index

    # Groups

    def _group(self, gid: bytes) -> Group:
        found = self.house.groups.get(gid)
        if found is None or not self._belongs(found):
            raise declined(404, "absent", "There is nothing here.")
        return found

    def _belongs(self, group: Group) -> bool:
        member = group.chain.now.members.get(self.uid)
        return bool(member and not member.suspended and not self.house.directory.is_withdrawn(self.uid))

    def groups(self) -> Sequence[GroupHead]:
        own = {gid: group for gid, group in self.house.groups.items() if self._belongs(group)}
        return [GroupHead(gid, len(group.chain.links) - 1, group.order.count) for gid, group in own.items()]

    def group_links(self, gid: bytes, after: int) -> Sequence[bytes]:
        return [link.signed.raw for link in self._group(gid).chain.links if link.seq > after][:500]

    def found(self, raw: bytes) -> None:
        def act() -> None:
            self._require_present(raw)
            group = Group()
            group.chain.extend(raw, self.house.directory)
            self.house.groups[group.chain.id] = group
            self.house.next_index()

        admitted(act)

    def turn(self, gid: bytes, raw: bytes, wraps: Sequence[bytes]) -> None:
        group = self._group(gid)

        def act() -> None:
            link = read_link(raw, "grp", OPS)
            if link.seq != len(group.chain.links) or link.content.get("ml") != group.order.as_list():
                raise declined(409, "behind", "The group moved on.")
            if link.content["by"]["u"] != self.uid:
                raise declined(404, "absent")
            trial = GroupChain(list(group.chain.states), list(group.chain.links))
            state = trial.extend(raw, self.house.directory)
            given = [read_wrap(one) for one in wraps]
            require_exactly(given, state.id, state.owed)
            self._require_present(raw)
            group.chain = trial
            group.wraps += given
            self.house.next_index()

        admitted(act)

    def _require_present(self, raw: bytes) -> None:
        link, directory = read_link(raw, "grp", OPS), self.house.directory
        if link.at > self.house.now() + AHEAD:
            raise Refused(Code.STATE, "dated in the future")
        for signer in link.signers:
            directory.require_usable(signer["u"], signer["kid"])
        for op in link.ops:
            if op.name in {"add", "key", "succ"}:
                directory.require_usable(op["u"], op["kid"])

    def wraps(self, gid: bytes, n: int) -> Sequence[bytes]:
        return [one.encoded() for one in self._group(gid).wraps if (one.n, one.account) == (n, self.uid)]

    def offer_wrap(self, gid: bytes, wrap: bytes) -> None:
        group, given = self._group(gid), admitted(lambda: read_wrap(wrap))
        same = [one for one in group.wraps if (one.n, one.account) == (given.n, given.account)]
        if len(same) >= MOST_WRAPS:
            raise declined(409, "conflict")
        group.wraps.append(given)

    # Messages

    def order(self, gid: bytes, after: int) -> Sequence[bytes]:
        return self._group(gid).order.lhashes[max(after, 0) :][:20_000]

    def messages(self, gid: bytes, after: int) -> Sequence[Stored]:
        return [one for one in self._group(gid).stored if one.i > after][:200]

    def post(self, gid: bytes, raw: bytes, ct: bytes) -> int:
        group = self._group(gid)
        sent: Message = admitted(lambda: read_message(raw, ct))
        if sent.author != self.uid:
            raise declined(404, "absent")
        if sent.lhash in group.order.lhashes:
            return group.order.lhashes.index(sent.lhash) + 1

        def act() -> int:
            require_admissible(sent, group.chain, self.house.directory)
            if group.chain.now.closed:
                raise Refused(Code.STATE, "the group is closed")
            if group.chain.barriers_after(sent.head.seq, sent.author):
                raise declined(409, "behind", "The group moved on.")
            group.order.require(*sent.content["ml"])
            self.house.directory.require_usable(sent.author, sent.kid)
            if sent.content["ctr"] <= group.numbers.get(sent.device, -1):
                raise Refused(Code.NUMBER)
            self._require_uploaded(group, sent)
            return self.accept(group, sent, raw, ct)

        return int(admitted(act))

    def accept(self, group: Group, sent: Message, raw: bytes, ct: bytes) -> int:
        i = group.order.append(sent.lhash)
        group.stored.append(Stored(i, raw, ct, self.house.now()))
        group.numbers[sent.device] = sent.content["ctr"]
        self.house.next_index()
        for gone in sent.content["del"]:
            self._drop(group, sent, gone)
        return i

    def _drop(self, group: Group, sent: Message, gone: bytes) -> None:
        at = group.order.lhashes.index(gone)
        author = read_message(group.stored[at].raw, None).author
        if author != sent.author and sent.author not in group.chain.now.managers():
            raise Refused(Code.RIGHTS)
        group.stored[at] = replace(group.stored[at], ct=None)

    # Files

    def _require_uploaded(self, group: Group, sent: Message) -> None:
        for aid, csize in sent.content["att"]:
            file = group.files.get(aid)
            if file is None or file.author != sent.author or file.message or file.csize != csize:
                raise Refused(Code.FILE, "a declared file was not uploaded")
            if sum(map(len, file.parts.values())) != csize:
                raise Refused(Code.FILE, "a declared file is not complete")
            file.message = sent.lhash

    def begin_file(self, gid: bytes, aid: bytes, csize: int) -> set[int]:
        file = self._group(gid).files.setdefault(aid, Upload(self.uid, csize))
        if (file.author, file.csize, file.message) != (self.uid, csize, None):
            raise declined(409, "conflict")
        return set(file.parts)

    def put_part(self, gid: bytes, aid: bytes, number: int, part: bytes) -> None:
        file = self._group(gid).files[aid]
        if len(part) != max(0, min(PART, file.csize - number * PART)):
            raise declined(422, "file", "This part has another length than it must have.")
        file.parts.setdefault(number, part)

    def get_part(self, gid: bytes, aid: bytes, number: int) -> bytes:
        file = self._group(gid).files.get(aid)
        if file is None or number not in file.parts:
            raise declined(404, "absent")
        return file.parts[number]

    # Keys and devices

    def speak_for(self, account: bytes) -> None:
        """Who asks is known by `uid` alone."""

    def key_store(self) -> KeyStore | None:
        return self.house.stores.get(self.uid)

    def put_key_store(self, store: KeyStore, replaces: bytes | None) -> None:
        present = self.house.stores.get(self.uid)
        if (sha256(present.ct) if present else None) != replaces or store.rev != (present.rev if present else 0) + 1:
            raise declined(409, "conflict", "Another device changed the key store. Fetch it first.")
        self.house.stores[self.uid] = store

    def pins(self) -> Sequence[tuple[bytes, bytes]]:
        return list(self.house.pins[self.uid].items())

    def put_pins(self, dev: bytes, ct: bytes) -> None:
        self.house.pins[self.uid][dev] = ct

    def ask_to_link(self, request: bytes) -> None:
        self.house.requests[hashlib.sha256(request).digest()[:12]] = (request, self.house.now(), None)

    def _request(self, h: bytes) -> tuple[bytes, int, bytes | None]:
        found = self.house.requests.get(h)
        if found is None or self.house.now() - found[1] > ANSWERED_WITHIN:
            raise declined(404, "absent", "There is no such request, or it is older than five minutes.")
        return found

    def link_request(self, h: bytes) -> bytes:
        return self._request(h)[0]

    def answer_link(self, h: bytes, answer: bytes) -> None:
        request, at, given = self._request(h)
        if given is not None:
            raise declined(409, "conflict")
        self.house.requests[h] = (request, at, answer)

    def link_answer(self, h: bytes) -> bytes | None:
        return self._request(h)[2]
