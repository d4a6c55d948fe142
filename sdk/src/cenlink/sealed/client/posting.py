"""Sending a message: on the group's newest state, kept before it leaves, the same bytes again when no answer came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.messages import Message
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.findings import Kind
from cenlink.sealed.client.staleness import must_change_first
from cenlink.sealed.client.state import Unsent
from cenlink.sealed.client.turns import BEHIND, TRIES, Turns
from cenlink.sealed.private.messages import new_id, seal_message
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import ServerSaidNo

# After these the server may still take the same bytes later.
_LATER = {408, 425, 429}


@dataclass(frozen=True)
class Sent:
    """Number and name of a message that the server took."""

    i: int
    lhash: bytes


def is_final(no: ServerSaidNo) -> bool:
    return 400 <= no.status < 500 and no.status not in _LATER


class Posting:
    """Messages of the account at the desk in one group."""

    def __init__(self, desk: Desk, gid: bytes) -> None:
        self.desk, self.gid = desk, gid
        self.turns = Turns(desk, gid)

    def send(self, body: dict[str, Any], take_back: Sequence[bytes] = ()) -> Sent:
        """Seals and posts. `take_back` are lhashes of messages whose content goes.

        Refused: `rights`, `withdrawn`, `fork`, `schema` and what changing a stale key is refused for. Raises
        ServerSaidNo, or the transport's error: then the message is kept and sent again before the next one.
        """
        for _ in range(TRIES):
            self.prepare()
            unsent = self._written(body, take_back)
            self.desk.state.keep_unsent(unsent)
            try:
                i = self.desk.server.post(self.gid, unsent.raw, unsent.ct)
            except ServerSaidNo as no:
                if is_final(no):
                    self.desk.state.give_up(unsent)
                if no.status != BEHIND:
                    raise
                continue
            self.desk.state.acknowledge(unsent, i)
            self.desk.sync_group(self.gid)
            return Sent(i, unsent.lhash)
        raise Refused(Code.ORDER, "the group changes faster than this client can follow; try again")

    def prepare(self) -> None:
        """Brings the group to what may be sent in. Refused: as `send`."""
        self.resend()
        self.desk.network.sync()
        self.desk.sync_group(self.gid)
        self.turns.require_going()
        known, inbox = self.desk.group(self.gid)
        uid, directory = self.desk.own.uid, self.desk.network.directory
        if inbox.copied:
            raise Refused(Code.NUMBER, "a copy of this process sends too; end both and start one anew")
        directory.require_usable(uid, self.desk.keys.kid)
        member = known.now.members.get(uid)
        if member is None or member.suspended:
            raise Refused(Code.RIGHTS, "you are not a member, or a manager has to admit your new key first")
        if member.kid != self.desk.keys.kid or must_change_first(known, directory):
            self.turns.mend()
        if not known.now.may_post(uid, self.desk.keys.kid):
            raise Refused(Code.RIGHTS, "you may read here, not post")

    def resend(self) -> None:
        """Sends what no answer came for, byte for byte; what is declined for good is given up and told."""
        for unsent in self.desk.state.unsent(self.gid):
            try:
                i = self.desk.server.post(self.gid, unsent.raw, unsent.ct)
            except ServerSaidNo as no:
                if not is_final(no):
                    raise
                self.desk.state.give_up(unsent)
                where = {"chain": self.gid.hex(), "lhash": unsent.lhash.hex()}
                self.desk.state.report(Kind.NOT_SENT, Code.STATE, where, no.sentence, unsent.raw, group=self.gid)
            else:
                self.desk.state.acknowledge(unsent, i)

    def _written(self, body: dict[str, Any], take_back: Sequence[bytes]) -> Unsent:
        message = self._sealed(body, take_back)
        dev, ctr = message.content["dev"], message.content["ctr"]
        return Unsent(self.gid, self.desk.own.uid, dev, ctr, message.lhash, message.signed.raw, message.ct or b"")

    def _sealed(self, body: dict[str, Any], take_back: Sequence[bytes]) -> Message:
        desk, known, state = self.desk, self.turns.known, self.desk.state
        uid, n = desk.own.uid, known.now.n
        acknowledged = state.last_acknowledged(self.gid, uid, state.dev)
        before = None if acknowledged else state.predecessor_of(self.gid, uid)
        header = {
            "g": self.gid,
            "n": n,
            "m": new_id(),
            "by": {"kid": desk.keys.kid, "u": uid},
            "dev": state.dev,
            "ctr": state.next_ctr(self.gid, uid),
            "prev": acknowledged[1] if acknowledged else None,
            "head": known.head.position.as_list(),
            "ml": known.order.as_list(),
            "vw": desk.network.view(uid),
            "at": state.now(),
            "att": [[file["aid"], file["csize"]] for file in body["files"]],
            "del": list(take_back),
            "pd": list(before) if before else None,
            "tl": None,
        }
        return seal_message(header, body, self.turns.secret(n), desk.keys)
