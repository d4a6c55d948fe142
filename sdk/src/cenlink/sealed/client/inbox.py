"""The messages of a group: fetched, judged one by one, opened (sealed-protocol §6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cenlink.sealed.checks.messages import Message, read_message, require_admissible, require_timely
from cenlink.sealed.checks.signed import read
from cenlink.sealed.checks.withdrawn_keys import require_closed_message
from cenlink.sealed.client.entries import Entry, Standing
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.group import KnownGroup
from cenlink.sealed.client.messages_seen import KeptMessage
from cenlink.sealed.client.network import DAY
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.messages import open_message
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import Stored

# How long a message may stand on something that is not known here before it is an alarm.
PATIENCE = 3600
_STANDINGS = {
    Code.LATE: Standing.LATE,
    Code.WITHDRAWN: Standing.WITHDRAWN_KEY,
    Code.NEWER: Standing.NEWER,
}
_FINDINGS = {Code.LATE: Kind.LATE, Code.WITHDRAWN: Kind.WITHDRAWN_KEY, Code.FORK: Kind.FORK}
# What another try at fetching may mend.
_DAMAGED = {Code.CBOR, Code.SCHEMA, Code.SIGNER, Code.SIGNATURE}
_OPENED = {Standing.TRUSTED, Standing.LATE, Standing.WITHDRAWN_KEY}


class Inbox:
    """Everything that was judged is kept; ciphertext only as long as the process lives."""

    def __init__(self, group: KnownGroup) -> None:
        self.group, self.state, self.network = group, group.state, group.network
        self._fetched: dict[int, Stored] = {}
        # Another process posts under this one's device: a copy of it runs somewhere.
        self.copied = False

    # Fetching and judging

    def take(self, *, final: bool) -> bool:
        """Judges what is new and what could not be trusted so far. False when fetching again may mend something."""
        order = self.group.order
        kept, known = self.state.doubtful(self.group.gid), self.state.numbers(self.group.gid)
        unsettled = [i for i in range(order.start + 1, order.count + 1) if i not in known or i in kept]
        unfetched = [i for i in unsettled if i not in kept or kept[i].code in _DAMAGED]
        if unfetched:
            self._fetch(unfetched[0] - 1)
        settled = [self._settle(i, kept.get(i), final=final) for i in unsettled]
        return all(settled)

    def _fetch(self, after: int) -> None:
        while after < self.group.order.count and (page := self.group.server.messages(self.group.gid, after)):
            for stored in page:
                self._fetched[stored.i] = stored
            if page[-1].i <= after:
                return
            after = page[-1].i

    def _settle(self, i: int, kept: KeptMessage | None, *, final: bool) -> bool:
        stored = self._fetched.get(i)
        if stored is None and kept is None:
            if final:
                self._report(Kind.WITHHELD, Code.OFF_CHAIN, i, f"message {i} is not given out")
            return False
        raw = stored.raw if stored else kept.raw if kept else b""
        try:
            message = read_message(raw, None)
        except Refused as refusal:
            return self._keep_unread(i, raw, refusal, final=final)
        if message.lhash != self.group.order.lhash_at(i):
            self._fetched.pop(i, None)
            if final:
                code = Code.REPLAY if message.lhash in self.group.order.lhashes else Code.OFF_CHAIN
                self._report(Kind.INVALID, code, i, f"another message is given out as number {i}", raw)
            return False
        return self._judge(i, message, final=final)

    def _keep_unread(self, i: int, raw: bytes, refusal: Refused, *, final: bool) -> bool:
        try:
            lhash = read(raw).lhash
        except Refused:
            lhash = b""
        if final:
            if lhash == self.group.order.lhash_at(i):
                kept = KeptMessage(i, lhash, None, None, None, raw, refusal.code, False, False, self.state.now())
                self.state.keep_message(self.group.gid, kept)
            self._report(Kind.SET_ASIDE, refusal.code, i, refusal.detail, raw)
        return False

    def _judge(self, i: int, message: Message, *, final: bool) -> bool:
        refusal = self._refusal(i, message)
        ahead = refusal is not None and refusal.code is Code.OFF_CHAIN
        unseen = refusal is None and bool(self.network.unseen(message.author, message.content["vw"]))
        if not final and (ahead or unseen or (refusal and refusal.code is Code.UNCERTIFIED)):
            return False
        before = self.state.message(self.group.gid, i)
        missing = self._is_continued(i, message) is False
        dev = message.content["dev"]
        kept = KeptMessage(
            *(i, message.lhash, message.author, dev, message.content["ctr"], message.signed.raw),
            *(refusal.code if refusal else "", refusal is None, missing),
            *(before.seen if before else self.state.now(), bool(message.content["del"])),
        )
        self.state.keep_message(self.group.gid, kept)
        if refusal:
            self._tell_refusal(kept, message, refusal)
        else:
            self._look_at_number(kept, message)
            where = {"chain": self.group.gid.hex(), "i": i}
            raw, view = message.signed.raw, message.content["vw"]
            self.network.look_at_view(message.author, view, raw, where, self.group.gid, i)
        return True

    def _refusal(self, i: int, message: Message) -> Refused | None:
        group, known = self.group, self.state.message(self.group.gid, i)
        try:
            if self.state.first_place(group.gid, message.lhash) != i:
                raise Refused(Code.REPLAY)
            require_admissible(message, group.chain, self.network.directory)
            require_timely(message, i, group.chain, group.order)
            if not (known and known.verified) and not self.state.fact(f"vouched/{message.lhash.hex()}"):
                require_closed_message(message, i, group.chain, self.network.directory)
        except Refused as refusal:
            return refusal
        return None

    def _tell_refusal(self, kept: KeptMessage, message: Message, refusal: Refused) -> None:
        by = f"message {kept.i} by {self.network.name(message.author)}"
        kind = _FINDINGS.get(refusal.code, Kind.SET_ASIDE)
        objects = [message.signed.raw]
        if kind is Kind.FORK:
            objects = [*self._kept_proof(), message.signed.raw]
        elif refusal.code is Code.OFF_CHAIN and self._is_ahead(message):
            if self.state.now() - kept.seen < PATIENCE:
                return
            kind = Kind.WITHHELD
        detail = f"{by}: {refusal.detail}" if refusal.detail else by
        self._report(kind, refusal.code, kept.i, detail, *objects)

    def _kept_proof(self) -> list[bytes]:
        trusted = self.state.last_verified(self.group.gid)
        return [trusted.raw] if trusted else []

    def _is_ahead(self, message: Message) -> bool:
        return message.head.seq >= len(self.group.chain.links) or message.content["ml"][0] > self.group.order.count

    def _is_continued(self, i: int, message: Message) -> bool | None:
        """Whether the device's message before this one is here; None where it cannot be told."""
        gid, content = self.group.gid, message.content
        earlier = self.state.last_of_device(gid, message.author, content["dev"], before=i)
        if earlier:
            return bool(content["prev"] == earlier.lhash)
        if self.group.order.start:
            return None
        if content["prev"] is not None:
            return False
        if content["pd"] is None:
            return None
        dev, ctr, lhash = content["pd"]
        before = self.state.of_number(gid, message.author, dev, ctr)
        return any(kept.lhash == lhash and kept.i < i for kept in before)

    def _look_at_number(self, kept: KeptMessage, message: Message) -> None:
        gid, dev = self.group.gid, message.content["dev"]
        ctr, by = message.content["ctr"], self.network.name(message.author)
        same = [other for other in self.state.of_number(gid, message.author, dev, ctr) if other.i < kept.i]
        if same:
            raws = [other.raw for other in same]
            self._report(Kind.DOUBLED, Code.NUMBER, kept.i, f"number {ctr} of {by}", *raws, message.signed.raw)
        elif self.state.is_overtaken(gid, message.author, dev, ctr, before=kept.i):
            self._report(Kind.REORDERED, Code.NUMBER, kept.i, f"number {ctr} of {by}", message.signed.raw)
        elif kept.missing:
            self._report(Kind.MISSING, Code.ORDER, kept.i, f"message {kept.i} by {by}", message.signed.raw)
        own = self.state.own_devices(gid, message.author) if message.author == self.group.uid else {}
        if (dev in own and ctr > own[dev]) or (
            message.author == self.group.uid and dev == self.state.dev and ctr > own.get(dev, -1)
        ):
            self.copied = self.copied or dev == self.state.dev
            self._report(Kind.RESTORED, Code.NUMBER, kept.i, f"message {kept.i}", message.signed.raw)

    def _report(self, kind: Kind, code: Code, i: int, detail: str, *objects: bytes) -> None:
        self.group.report(kind, code, {"chain": self.group.gid.hex(), "i": i}, detail, *objects)

    # Reading

    def entries(self, keys: dict[bytes, Keys], after: int = 0) -> list[Entry]:
        """All messages with a number above `after`, opened where they open."""
        first = max(after, self.group.order.start) + 1
        kept = {message.i: message for message in self.state.messages(self.group.gid, first - 1)}
        wanted = range(first, self.group.order.count + 1)
        if any(i not in self._fetched for i in wanted):
            self._fetch(first - 1)
        taken_back = self._taken_back()
        return [self._entry(i, kept.get(i), taken_back, keys) for i in wanted]

    def _taken_back(self) -> set[bytes]:
        """What a trusted message of its author, or of a manager, takes back."""
        found: set[bytes] = set()
        for message in self.state.taking_back(self.group.gid):
            said = read_message(message.raw, None)
            if self._untimely(message.i, said):
                continue
            manager = said.author in self.group.chain.states[said.head.seq].managers()
            for lhash in said.content["del"]:
                if manager or self.state.author(self.group.gid, lhash) == said.author:
                    found.add(lhash)
        return found

    def _untimely(self, i: int, message: Message) -> Refused | None:
        """A link that was withheld may make late what was trusted."""
        try:
            require_timely(message, i, self.group.chain, self.group.order)
        except Refused as refusal:
            return refusal
        return None

    def _entry(self, i: int, kept: KeptMessage | None, taken_back: set[bytes], keys: dict[bytes, Keys]) -> Entry:
        lhash = self.group.order.lhash_at(i) or b""
        stored = self._fetched.get(i)
        if kept is None:
            return Entry(i, lhash, Standing.WITHHELD, Code.OFF_CHAIN)
        try:
            message = read_message(kept.raw, None)
        except Refused as refusal:
            return Entry(i, lhash, Standing.SET_ASIDE, refusal.code, refusal.detail)
        code = Code(kept.code) if kept.code else None
        if code is None and (late := self._untimely(i, message)):
            code = late.code
        entry = Entry(
            *(i, lhash, _STANDINGS.get(code, Standing.SET_ASIDE) if code else Standing.TRUSTED, code, ""),
            *(message.author, self.network.name(message.author), self.network.administration_of(message.author)[0]),
            *(message.content["at"], stored.received_at if stored else 0),
            missing=kept.missing,
            doubled=self._is_doubled(kept),
        )
        if entry.standing not in _OPENED:
            return entry
        if lhash in taken_back:
            return replace(entry, standing=Standing.TAKEN_BACK)
        if stored is None or stored.ct is None:
            return replace(entry, standing=self._why_gone(message), code=Code.SEALED)
        return self._opened(entry, kept.raw, stored.ct, keys)

    def _is_doubled(self, kept: KeptMessage) -> bool:
        if kept.account is None or kept.dev is None:
            return False
        others = self.state.of_number(self.group.gid, kept.account, kept.dev, kept.ctr or 0)
        return any(other.lhash != kept.lhash and other.verified for other in others)

    def _why_gone(self, message: Message) -> Standing:
        days = self.group.now.rules.ret
        old = days and self.state.now() - message.content["at"] > days * DAY
        return Standing.PURGED if old else Standing.WITHHELD

    def _opened(self, entry: Entry, raw: bytes, ct: bytes, keys: dict[bytes, Keys]) -> Entry:
        try:
            message = read_message(raw, ct)
            body: dict[str, Any] = open_message(message, self.group.secret(message.content["n"], keys))
        except Refused as refusal:
            standing = Standing.NEWER if refusal.code is Code.NEWER else Standing.UNREADABLE
            return replace(entry, standing=standing, code=refusal.code, detail=refusal.detail)
        return replace(entry, body=body)
