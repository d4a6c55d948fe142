"""A closed user group: members, roles, epochs and policy, as its signed chain says (sealed-protocol §4.3).

`Group` is one state; `grp_links.apply` gives the state after a link or refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.links import Link, Op, Ops
from cenlink.sealed.checks.public_keys import PublicKey
from cenlink.sealed.checks.schema import HASH, ID, closed, number, octets, one_of, or_null, text
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.refusals import Code, Refused

MOST_MEMBERS = 2000
DAY = 86_400
ROLE = one_of("manager", "writer", "reader")
# salt 24, commitment 32, text 32, tag 16
BACK_LINK = octets(104)

OPS: Ops = {
    "add": closed({"u": ID, "role": ROLE, "gen": number(1), "kid": ID}),
    "rem": closed({"u": ID}),
    "role": closed({"u": ID, "role": ROLE}),
    "key": closed({"u": ID, "gen": number(1), "kid": ID}),
    "sus": closed({"u": ID}),
    "epoch": closed({"n": number(1), "c": HASH, "b": or_null(BACK_LINK), "r": HASH}),
    "pol": closed(
        {
            "hist": one_of("full", "join"),
            "post": one_of("writer", "manager"),
            "mq": one_of(1, 2),
            "maxage": number(1, 365),
            "ret": number(),
            "home": ID,
        }
    ),
    "meta": closed({"ct": octets(most=16 << 10)}),
    "grant": closed({"u": ID, "n": number(1)}),
    "bridge": closed({"n": number(2), "b": BACK_LINK}),
    "succ": closed({"u": ID, "gen": number(1), "kid": ID}),
    "suite": closed({"s": text(most=16)}),
    "close": closed({}),
}


class Role(StrEnum):
    MANAGER = "manager"
    WRITER = "writer"
    READER = "reader"


@dataclass(frozen=True)
class Member:
    role: Role
    gen: int
    kid: bytes
    suspended: bool = False


@dataclass(frozen=True)
class Policy:
    """`ret` in days, 0 for ever; `home` is the administration that may name a successor of lost managers."""

    hist: str
    post: str
    mq: int
    maxage: int
    ret: int
    home: bytes

    @classmethod
    def said_by(cls, op: Op) -> Policy:
        """Refused: `schema`."""
        if 0 < op["ret"] < 30:
            raise Refused(Code.SCHEMA, "retention is 0 or at least 30 days")
        return cls(**op.fields)


@dataclass(frozen=True)
class Epoch:
    """One period with one key. `backs` are the back-links offered for it: its own, then bridges."""

    n: int
    commit: bytes
    backs: tuple[bytes, ...]
    at: int
    seq: int
    author: bytes


@dataclass(frozen=True)
class SealedName:
    """The group's name and description, sealed under epoch n."""

    seq: int
    n: int
    ct: bytes


@dataclass(frozen=True)
class Group:
    """A group after one of its links."""

    head: Link | None = None
    id: bytes = b""
    policy: Policy | None = None
    members: dict[bytes, Member] = field(default_factory=dict)
    epochs: tuple[Epoch, ...] = ()
    # Who was given the newest epoch's key, by account, with the kid it was wrapped to.
    holders: dict[bytes, bytes] = field(default_factory=dict)
    name: SealedName | None = None
    # The wraps that have to come with the last link: (n, account, kid).
    owed: tuple[tuple[int, bytes, bytes], ...] = ()
    closed: bool = False
    suite: str = "comm/1"

    @property
    def rules(self) -> Policy:
        if self.policy is None:
            raise Refused(Code.ORDER, "the group has not begun")
        return self.policy

    @property
    def n(self) -> int:
        """The number of the present epoch; 0 before the first."""
        return len(self.epochs)

    def managers(self) -> set[bytes]:
        return {u for u, m in self.members.items() if m.role is Role.MANAGER and not m.suspended}

    def recipients(self) -> dict[bytes, bytes]:
        """Who is to be given a new epoch's key: account → kid."""
        return {u: m.kid for u, m in self.members.items() if not m.suspended}

    def may_post(self, account: bytes, kid: bytes) -> bool:
        member = self.members.get(account)
        if member is None or member.suspended or member.kid != kid or self.closed:
            return False
        return member.role is Role.MANAGER or (member.role is Role.WRITER and self.rules.post == "writer")


def recipients_hash(recipients: dict[bytes, bytes]) -> bytes:
    return sha256(enc([[account, kid] for account, kid in sorted(recipients.items())]))


def admitted(op: Op, directory: Directory) -> Member:
    """The member that an `add` makes. Refused: `uncertified`."""
    directory.key(op["u"], op["gen"], op["kid"])
    if not directory.is_certified(op["u"]):
        raise Refused(Code.UNCERTIFIED)
    return Member(Role(op["role"]), op["gen"], op["kid"])


def member_key(group: Group, account: bytes, directory: Directory) -> PublicKey:
    """The key that the group knows of a member."""
    member = group.members[account]
    return directory.key(account, member.gen, member.kid)


def is_stale(group: Group, at: int, directory: Directory) -> bool:
    """Whether the present key must not be used any more (§4.3.7)."""
    return is_hard_stale(group, directory) or is_old(group, at) or bool(_superseded(group, directory))


def was_stale(group: Group, at: int, directory: Directory) -> bool:
    """Whether it is or ever was stale, for judging the link of a writer who changed the key."""
    return is_stale(group, at, directory) or any(directory.was_superseded(u, kid) for u, kid in group.holders.items())


def is_old(group: Group, at: int) -> bool:
    return bool(group.epochs) and at - group.epochs[-1].at > group.rules.maxage * DAY


def is_hard_stale(group: Group, directory: Directory) -> bool:
    """Somebody holds the key who should not: left, withdrawn, reset, or rotated since a device was lost."""
    present = group.recipients()
    return any(u not in present for u in group.holders) or any(
        not _rotated_as_routine(directory, u, kid) for u, kid in _superseded(group, directory)
    )


def _superseded(group: Group, directory: Directory) -> list[tuple[bytes, bytes]]:
    return [(u, kid) for u, kid in group.holders.items() if directory.is_superseded(u, kid)]


def _rotated_as_routine(directory: Directory, account: bytes, kid: bytes) -> bool:
    if directory.is_withdrawn(account):
        return False
    chain = directory.accounts[account]
    at = next((g.gen for g in chain.generations if g.key.kid == kid), None)
    if at is None or directory.was_reset_after(account, at):
        return False
    return all(g.why == "routine" for g in chain.generations[at:])
