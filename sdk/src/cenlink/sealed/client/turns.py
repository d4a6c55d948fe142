"""Changing a group: links decided on its newest state, written, sent, and decided anew when the group moved on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.grp import Group, Role
from cenlink.sealed.checks.grp_links import apply
from cenlink.sealed.checks.wraps import Wrap
from cenlink.sealed.client.desk import Desk
from cenlink.sealed.client.group import KnownGroup
from cenlink.sealed.client.staleness import Operation, Stale, mending, recipients_after, staleness
from cenlink.sealed.private.authoring import write_group_link
from cenlink.sealed.private.epochs import back_link, epoch_key, epoch_op, new_secret, wrap
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.private.sealing import seal
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import ServerSaidNo

# A group of a few hundred members is changed by several people at once now and then, not for ever.
TRIES = 6
BEHIND = 409
_CLOSING = {"key", "rem", "sus"}
Decide = Callable[[Group], list[Operation]]
Signer = tuple[bytes, Keys]
EMPTY: Mapping[int, bytes] = {}


class Turns:
    """Writes the links of one group for the account at the desk."""

    def __init__(self, desk: Desk, gid: bytes) -> None:
        self.desk, self.gid = desk, gid

    @property
    def known(self) -> KnownGroup:
        return self.desk.group(self.gid)[0]

    def turn(
        self,
        decide: Decide,
        *,
        rotate: bool = False,
        alone: bool = False,
        leaves: bool = False,
        co: Sequence[Signer] = (),
        name: Any = None,
    ) -> Group:
        """Makes the changes that `decide` names on the newest state, with a new key where the rules ask for one.

        `alone`: nothing else may stand in the link. `leaves`: afterwards the group is not shown any more. `co`: further
        managers, where two have to sign. `name` is sealed as the group's name. Refused: what the rules refuse, and
        `fork` when the group is stopped.
        """
        for _ in range(TRIES):
            self.desk.network.sync()
            self.desk.sync_group(self.gid)
            self.require_going()
            ops = decide(self.known.now)
            if not alone:
                ops = self._with_mending(ops)
            if not ops and not rotate and name is None:
                return self.known.now
            try:
                self._send(ops, rotate=rotate or (not alone and self._needs_epoch(ops)), co=co, name=name)
            except ServerSaidNo as no:
                if no.status != BEHIND:
                    raise
                continue
            return self.known.now if leaves else self.desk.sync_group(self.gid)
        raise Refused(Code.ORDER, "the group changes faster than this client can follow; try again")

    def require_going(self) -> None:
        """Refused: `fork` after a fork or a rollback, `newer` when the network asks for more than this client can."""
        if self.desk.state.is_stopped(self.gid):
            raise Refused(Code.FORK, "nothing is sent here any more; see the findings")
        if self.desk.network.directory.net.log_announced:
            raise Refused(Code.NEWER, "the network keeps a log that this client cannot check; it only reads")
        if not self.known.chain.links:
            raise Refused(Code.ORDER, "the group has not begun")

    def mend(self) -> Group:
        """Gives the group a new key that only those hold who should; nothing is done when the present one is right."""

        def decide(group: Group) -> list[Operation]:
            return mending(group, self.desk.network.directory, self.desk.own.uid)

        rotate = staleness(self.known, self.desk.network.directory) is not Stale.NO
        return self.turn(decide, rotate=rotate)

    def _with_mending(self, ops: list[Operation]) -> list[Operation]:
        """What is due anyway, before what is wanted; each member is changed once."""
        uid = self.desk.own.uid
        if uid not in self.known.now.members:
            return ops
        touched = {fields["u"] for _, fields in ops if "u" in fields}
        due = mending(self.known.now, self.desk.network.directory, uid)
        return [*(op for op in due if op[1]["u"] not in touched), *ops]

    def _needs_epoch(self, ops: list[Operation]) -> bool:
        names = {name for name, _ in ops}
        joining = self._history_after(ops) == "join" and "add" in names
        stale = staleness(self.known, self.desk.network.directory) is Stale.HARD if self.known.now.n else True
        return bool(names & _CLOSING) or joining or (stale and bool(names & {"add"}))

    def _history_after(self, ops: list[Operation]) -> str:
        said = [fields["hist"] for name, fields in ops if name == "pol"]
        return str(said[-1]) if said else self.known.now.rules.hist

    def _is_newcomer(self, op: Operation) -> bool:
        name, fields = op
        if name != "key":
            return bool(name == "add")
        member = self.known.now.members[fields["u"]]
        chain = self.desk.network.directory.accounts[fields["u"]]
        return member.suspended or not chain.only_rotated(member.gen, fields["gen"])

    # Writing

    def _send(self, ops: list[Operation], *, rotate: bool, co: Sequence[Signer], name: Any) -> None:
        desk, known = self.desk, self.known
        self._require_good_standing(ops)
        self._require_nothing_hidden(ops)
        fresh: dict[int, bytes] = {}
        if rotate:
            ops = self._with_epoch(ops, fresh, name)
        elif name is not None:
            ops = [*ops, self._sealed_name(known.now.n, self.secret(known.now.n), name)]
        raw = write_group_link(
            known.head,
            ops,
            (desk.own.uid, desk.keys),
            *co,
            view=desk.network.view(desk.own.uid),
            order=known.order.as_list(),
            at=desk.state.now(),
        )
        owed = apply(known.now, raw, desk.network.directory).owed
        desk.server.turn(self.gid, raw, [self.wrapped(n, u, kid, fresh).encoded() for n, u, kid in owed])

    def _require_good_standing(self, ops: list[Operation]) -> None:
        """What only the author can ask: that nobody it trusts is revoked or superseded by now (principle M)."""
        directory = self.desk.network.directory
        directory.require_usable(self.desk.own.uid, self.desk.keys.kid)
        for name, fields in ops:
            if name in {"add", "key", "succ"}:
                directory.require_usable(fields["u"], fields["kid"])

    def _require_nothing_hidden(self, ops: list[Operation]) -> None:
        """Closing an account makes its earlier messages trusted, so none may be there that was not seen (rule S c)."""
        closed = {fields["u"] for name, fields in ops if name in _CLOSING}
        for message in self.desk.state.withdrawn(self.gid, closed):
            by = self.desk.network.name(message.account or b"")
            raise Refused(Code.WITHDRAWN, f"message {message.i}: ask {by} whether it is genuine, then vouch for it")

    def secret(self, n: int) -> bytes:
        return self.known.secret(n, self.desk.own.keyset.all_keys())

    def _with_epoch(self, ops: list[Operation], fresh: dict[int, bytes], name: Any) -> list[Operation]:
        known, n = self.known, self.known.now.n + 1
        fresh[n] = new_secret()
        cut = n == 1 or (self._history_after(ops) == "join" and any(map(self._is_newcomer, ops)))
        if n > 1:
            # Nobody begins a period before having opened the present one and looked at its link back.
            present = self.secret(n - 1)
            ops = [*ops, *self._bridges(present)]
        before = None if cut else present
        if name is None and cut and n > 1:
            name = self.name()
        recipients = recipients_after(known.now, ops)
        ops = [*ops, epoch_op(fresh[n], self.gid, n, recipients, before)]
        return ops if name is None else [*ops, self._sealed_name(n, fresh[n], name)]

    def _bridges(self, present: bytes) -> list[Operation]:
        """Mends the link back of the present period, if it is broken and the key before it is at hand."""
        n = self.known.now.n
        role = self.known.now.members[self.desk.own.uid].role
        if n not in self.known.broken or role is Role.READER:
            return []
        earlier = self.secret_of_wrap(n - 1)
        return [["bridge", {"n": n, "b": back_link(present, self.gid, n, earlier)}]]

    def secret_of_wrap(self, n: int) -> bytes:
        """The key of a period by one's own wrap only. Refused: `wrap`: somebody who was there has to mend first."""
        if not self.known.opens(n, self.desk.own.keyset.all_keys()):
            raise Refused(Code.WRAP, f"period {n}: only who was a member then can mend the link to it")
        return self.secret(n)

    def name(self) -> dict[str, Any]:
        """Name, description and followed desks as they are sealed now. Refused: `sealed`, `wrap`, `history`."""
        return self.known.name(self.desk.own.keyset.all_keys())

    def _sealed_name(self, n: int, secret: bytes, name: Any) -> Operation:
        seq = self.known.head.seq + 1
        key = epoch_key(secret, self.gid, n, "meta")
        return ["meta", {"ct": seal(key, ["comm/1/meta", self.gid, n, seq], enc(name))}]

    def wrapped(self, n: int, account: bytes, kid: bytes, fresh: Mapping[int, bytes] = EMPTY) -> Wrap:
        """The key of period n for one member; `fresh` holds keys of periods that are not published yet."""
        key = self.desk.network.account(account).key_of(kid)
        if key is None:
            raise Refused(Code.UNCERTIFIED, "the account has no such key")
        return wrap(fresh.get(n) or self.secret(n), self.gid, n, account, kid, key.x)
