"""The rules of one group link: who may sign which operation, and what must hold after them (sealed-protocol §4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.grp import (
    MOST_MEMBERS,
    OPS,
    Epoch,
    Group,
    Member,
    Policy,
    Role,
    SealedName,
    admitted,
    member_key,
    recipients_hash,
    was_stale,
)
from cenlink.sealed.checks.links import Link, Op, chain_id, read_link, require_follows
from cenlink.sealed.checks.public_keys import PublicKey
from cenlink.sealed.refusals import Code, Refused

_ONE_EACH = {"add", "rem", "role", "key", "sus"}


def apply(group: Group, raw: bytes, directory: Directory) -> Group:
    """The state after this link. Refused: everything of §12 that concerns links.

    Rule S is not asked here, since it looks at what follows (`withdrawn_keys.py`).
    """
    link = read_link(raw, "grp", OPS)
    require_follows(link, group.head, group.id)
    if group.head is None:
        return _founded(link, directory)
    if group.closed:
        raise Refused(Code.STATE, "the group is closed")
    if link.seq > 1 and link.content["ml"][0] < group.head.content["ml"][0]:
        raise Refused(Code.ORDER, "its place among the messages goes back")
    return Turn(group, link, directory).result()


def _founded(link: Link, directory: Directory) -> Group:
    first, *adds = link.ops
    if first.name != "pol" or not adds or any(op.name != "add" for op in adds) or "co" in link.content:
        raise Refused(Code.STATE, "a group begins with its policy and its members, signed by its founder")
    policy = Policy.said_by(first)
    if not directory.net.lineage(policy.home):
        raise Refused(Code.UNCERTIFIED, "the home administration is not of the network")
    members: dict[bytes, Member] = {}
    for op in adds:
        if op["u"] in members:
            raise Refused(Code.STATE, "a member stands twice")
        members[op["u"]] = admitted(op, directory)
    author = link.content["by"]
    founder = members.get(author["u"])
    if founder is None or founder.role is not Role.MANAGER or founder.kid != author["kid"]:
        raise Refused(Code.RIGHTS, "the founder is not among the managers")
    link.require_signed_by([directory.key(author["u"], founder.gen, founder.kid)])
    group = Group(link, chain_id(link), policy, members)
    if len(group.managers()) < policy.mq:
        raise Refused(Code.LAST_MANAGER)
    if len(members) > MOST_MEMBERS:
        raise Refused(Code.STATE, f"more than {MOST_MEMBERS} members")
    return group


class Turn:
    """One link on one state. Roles and the number of managers are read before the link, history after its policy."""

    def __init__(self, before: Group, link: Link, directory: Directory) -> None:
        self.before, self.link, self.directory = before, link, directory
        self.author: bytes = link.content["by"]["u"]
        self.names = [op.name for op in link.ops]
        self.policy = before.rules
        self.members = dict(before.members)
        self.epochs = list(before.epochs)
        self.holders = dict(before.holders)
        self.name = before.name
        self.joined: list[tuple[int, bytes, bytes]] = []
        self.granted: list[tuple[int, bytes, bytes]] = []
        self.closed, self.suite = before.closed, before.suite
        # An `add`, or a `key` that lifts a suspension: someone comes who may not read what was before.
        self.newcomer = False
        # A member goes whose key is withdrawn: then even the last manager may go.
        self.justified = False
        self.updates_itself = False

    def result(self) -> Group:
        self._require_signers()
        if self.before.n == 0 and "epoch" not in self.names:
            raise Refused(Code.STATE, "the second link brings the first epoch")
        self._require_each_once()
        for op in self.link.ops:
            if op.name != "epoch":
                self._DO[op.name](self, op)
        for op in self.link.ops:
            if op.name == "epoch":
                self._begin_epoch(op)
        self._require_sound_end()
        return replace(
            self.before,
            head=self.link,
            policy=self.policy,
            members=self.members,
            epochs=tuple(self.epochs),
            holders=self.holders,
            name=self.name,
            owed=tuple(self.granted + self.joined),
            closed=self.closed,
            suite=self.suite,
        )

    # Who signed

    def _require_signers(self) -> None:
        accounts = [signer["u"] for signer in self.link.signers]
        if len(set(accounts)) != len(accounts):
            raise Refused(Code.SIGNER, "the same account twice")
        keys = [self._author_key()]
        for signer in self.link.signers[1:]:
            if signer["u"] not in self.before.managers() or self.before.members[signer["u"]].kid != signer["kid"]:
                raise Refused(Code.RIGHTS, "a co-signer is not a manager")
            keys.append(member_key(self.before, signer["u"], self.directory))
        self.link.require_signed_by(keys)

    def _author_key(self) -> PublicKey:
        kid, first = self.link.content["by"]["kid"], self.link.ops[0]
        member = self.before.members.get(self.author)
        if member is None:
            raise Refused(Code.RIGHTS, "the author is not a member")
        if first.name == "succ" and (first["u"], first["kid"]) == (self.author, kid):
            return self.directory.key(self.author, first["gen"], kid)
        if member.suspended:
            raise Refused(Code.RIGHTS, "the author is suspended")
        if member.kid == kid:
            return member_key(self.before, self.author, self.directory)
        if first.name == "key" and (first["u"], first["kid"]) == (self.author, kid) and first["gen"] > member.gen:
            key = self.directory.key(self.author, first["gen"], kid)
            if self.directory.accounts[self.author].only_rotated(member.gen, first["gen"]):
                self.updates_itself = True
                return key
        raise Refused(Code.RIGHTS, "not the key that the group knows of its author")

    # What the author may do

    @property
    def _role(self) -> Role:
        return self.before.members[self.author].role

    def _require_manager(self) -> None:
        if self.author not in self.before.managers():
            raise Refused(Code.RIGHTS, "only a manager may do this")

    def _require_managers(self) -> None:
        self._require_manager()
        if len(self.link.signers) < self.before.rules.mq:
            raise Refused(Code.RIGHTS, f"needs {self.before.rules.mq} managers")

    def _require_writer(self) -> None:
        if self._role is Role.READER:
            raise Refused(Code.RIGHTS, "a reader may not do this")

    def _require_each_once(self) -> None:
        touched = [op["u"] for op in self.link.ops if op.name in _ONE_EACH]
        if len(set(touched)) != len(touched):
            raise Refused(Code.STATE, "a member is changed twice")
        for single in ("epoch", "pol", "meta", "suite", "close"):
            if self.names.count(single) > 1:
                raise Refused(Code.STATE, f"{single} stands twice")

    def _member(self, op: Op) -> Member:
        if op["u"] not in self.members:
            raise Refused(Code.STATE, "not a member")
        return self.members[op["u"]]

    # The operations

    def _add(self, op: Op) -> None:
        self._require_managers()
        if op["u"] in self.members:
            raise Refused(Code.STATE, "a member already")
        self.members[op["u"]] = admitted(op, self.directory)
        self.newcomer = True
        self.joined.append((self.before.n, op["u"], op["kid"]))
        self.holders[op["u"]] = op["kid"]

    def _rem(self, op: Op) -> None:
        member = self._member(op)
        if op["u"] == self.author:
            if len(self.names) > 1:
                raise Refused(Code.STATE, "who leaves does nothing else")
        elif self.directory.was_withdrawn(op["u"]):
            self._require_writer()
            self.justified = True
        elif member.role is Role.MANAGER:
            self._require_managers()
        else:
            self._require_manager()
        del self.members[op["u"]]

    def _change_role(self, op: Op) -> None:
        self._require_managers()
        member = self._member(op)
        if member.role == op["role"]:
            raise Refused(Code.STATE, "has this role already")
        self.members[op["u"]] = replace(member, role=Role(op["role"]))

    def _change_key(self, op: Op) -> None:
        member = self._member(op)
        self.directory.key(op["u"], op["gen"], op["kid"])
        if op["gen"] < member.gen or (op["gen"] == member.gen and not member.suspended):
            raise Refused(Code.STATE, "not a newer key")
        rotated = self.directory.accounts[op["u"]].only_rotated(member.gen, op["gen"])
        if member.suspended or not rotated:
            self._require_managers()
            self.newcomer = True
        elif not (self.updates_itself and op["u"] == self.author):
            self._require_writer()
        self.members[op["u"]] = Member(member.role, op["gen"], op["kid"])

    def _suspend(self, op: Op) -> None:
        self._require_writer()
        member = self._member(op)
        if member.suspended:
            raise Refused(Code.STATE, "suspended already")
        if not (self.directory.was_withdrawn(op["u"]) or self.directory.was_reset_after(op["u"], member.gen)):
            raise Refused(Code.RIGHTS, "its key is neither withdrawn nor reset")
        self.justified = True
        self.members[op["u"]] = replace(member, suspended=True)

    def _set_policy(self, op: Op) -> None:
        self._require_managers()
        policy = Policy.said_by(op)
        if policy.home != self.policy.home:
            raise Refused(Code.STATE, "the home administration stays")
        self.policy = policy

    def _seal_name(self, op: Op) -> None:
        self._require_manager()
        n = self.before.n + ("epoch" in self.names)
        self.name = SealedName(self.link.seq, n, op["ct"])

    def _grant(self, op: Op) -> None:
        self._require_managers()
        member = self._member(op)
        if member.suspended or op["n"] > self.before.n:
            raise Refused(Code.STATE, "no such period, or no such recipient")
        self.granted.append((op["n"], op["u"], member.kid))
        if op["n"] == self.before.n:
            self.holders[op["u"]] = member.kid

    def _bridge(self, op: Op) -> None:
        if op["n"] > self.before.n:
            raise Refused(Code.STATE, "no such period")
        if op["n"] == self.before.n and "epoch" in self.names:
            self._require_writer()
        else:
            self._require_managers()
        epoch = self.epochs[op["n"] - 1]
        self.epochs[op["n"] - 1] = replace(epoch, backs=(*epoch.backs, op["b"]))

    def _succeed(self, op: Op) -> None:
        member = self._member(op)
        if op["u"] != self.author or len(self.names) > 1:
            raise Refused(Code.RIGHTS, "a successor says so itself, and nothing else")
        managers = {u: m for u, m in self.before.members.items() if m.role is Role.MANAGER}
        lost = all(m.suspended or self.directory.was_superseded(u, m.kid) for u, m in managers.items())
        if not lost or not self.directory.has_succession(self.policy.home, self.before.id, op["u"]):
            raise Refused(Code.RIGHTS, "the managers are not lost, or the home administration did not name it")
        if op["gen"] < member.gen or not self.directory.is_certified(op["u"]):
            raise Refused(Code.UNCERTIFIED)
        self.justified = True
        self.members[op["u"]] = Member(Role.MANAGER, op["gen"], op["kid"])

    def _change_suite(self, op: Op) -> None:
        self._require_managers()
        self.suite = op["s"]

    def _close(self, op: Op) -> None:
        self._require_managers()
        self.closed = True

    def _begin_epoch(self, op: Op) -> None:
        if op["n"] != self.before.n + 1:
            raise Refused(Code.STATE, f"epoch {op['n']} after {self.before.n}")
        self._require_right_to_rotate()
        recipients = {u: m.kid for u, m in self.members.items() if not m.suspended}
        if op["r"] != recipients_hash(recipients):
            raise Refused(Code.RECIPIENTS)
        backs = () if op["b"] is None else (op["b"],)
        self.epochs.append(Epoch(op["n"], op["c"], backs, self.link.at, self.link.seq, self.author))
        self.holders = recipients
        self.joined = [(op["n"], u, kid) for u, kid in sorted(recipients.items())]
        needs_back = op["n"] > 1 and (self.policy.hist == "full" or not self.newcomer)
        if (op["b"] is not None) != needs_back:
            raise Refused(Code.HISTORY, "earlier messages are linked" if op["b"] else "earlier messages are cut off")
        if op["b"] is None and "meta" not in self.names:
            raise Refused(Code.HISTORY, "a newcomer could not read the group's name")

    def _require_right_to_rotate(self) -> None:
        if self.author in self.before.managers() or self.updates_itself:
            return
        self._require_writer()
        if not {"key", "rem", "sus"} & set(self.names) and not was_stale(self.before, self.link.at, self.directory):
            raise Refused(Code.RIGHTS, "the present key is not stale")

    # What must hold after them

    def _require_sound_end(self) -> None:
        names = set(self.names)
        leaves = self.names == ["rem"] and self.link.ops[0]["u"] == self.author
        if names & {"rem", "key", "sus"} and "epoch" not in names and not leaves:
            raise Refused(Code.STATE, "needs a new epoch in the same link")
        if self.newcomer and self.policy.hist == "join" and "epoch" not in names:
            raise Refused(Code.HISTORY, "a newcomer needs a new epoch")
        if len(self.members) > MOST_MEMBERS:
            raise Refused(Code.STATE, f"more than {MOST_MEMBERS} members")
        managers = sum(m.role is Role.MANAGER and not m.suspended for m in self.members.values())
        if managers < self.policy.mq and not self.justified:
            raise Refused(Code.LAST_MANAGER)

    _DO: dict[str, Callable[[Turn, Op], None]] = {
        "add": _add,
        "rem": _rem,
        "role": _change_role,
        "key": _change_key,
        "sus": _suspend,
        "pol": _set_policy,
        "meta": _seal_name,
        "grant": _grant,
        "bridge": _bridge,
        "succ": _succeed,
        "suite": _change_suite,
        "close": _close,
    }
