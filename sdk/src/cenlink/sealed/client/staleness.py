"""Whether a group's present key may still be used, and which changes make it right again (sealed-protocol §4.3.7)."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.grp import Group, Member, Role, is_hard_stale, is_stale
from cenlink.sealed.client.group import KnownGroup
from cenlink.sealed.client.network import DAY

Operation = list[Any]
# How long may be sent in a group whose key is only softly stale.
GRACE = DAY


class Stale(IntEnum):
    """HARD: somebody holds the key who should not. SOFT: it is old, or a member changed its key as routine."""

    NO = 0
    SOFT = 1
    HARD = 2


def staleness(known: KnownGroup, directory: Directory) -> Stale:
    group = known.now
    if is_hard_stale(group, directory):
        return Stale.HARD
    if is_stale(group, group.epochs[-1].at, directory) or _age(known) > group.rules.maxage * DAY:
        return Stale.SOFT
    return Stale.NO


def _age(known: KnownGroup) -> int:
    """Seconds since the period began; a date more than a day ahead is not believed (AMENDMENTS H8)."""
    epoch = known.now.epochs[-1]
    kept = known.state.link("grp", known.gid, epoch.seq)
    seen = kept.seen if kept else known.state.now()
    return known.state.now() - (epoch.at if epoch.at <= seen + DAY else seen)


def must_change_first(known: KnownGroup, directory: Directory) -> bool:
    """Whether nothing may be sent before the key is changed. Remembers since when it is softly stale."""
    found, name = staleness(known, directory), f"soft/{known.gid.hex()}/{known.now.n}"
    if found is not Stale.SOFT:
        return found is Stale.HARD
    since = known.state.fact(name)
    if since is None:
        since = known.state.now()
        known.state.keep_fact(name, since)
    return known.state.now() - int(since) > GRACE


def mending(group: Group, directory: Directory, uid: bytes) -> list[Operation]:
    """What an account of this role may do about members whose keys are superseded; its own key first."""
    own = group.members[uid]
    ops = [op for op in [_own_key(own, directory, uid)] if op]
    if own.role is Role.READER:
        return ops
    for account, member in sorted(group.members.items()):
        if account != uid and (op := _about(account, member, directory)):
            ops.append(op)
    return ops


def _own_key(own: Member, directory: Directory, uid: bytes) -> Operation | None:
    newest = directory.accounts[uid].newest
    if own.suspended or own.kid == newest.key.kid or not directory.accounts[uid].only_rotated(own.gen, newest.gen):
        return None
    return ["key", {"u": uid, "gen": newest.gen, "kid": newest.key.kid}]


def _about(account: bytes, member: Member, directory: Directory) -> Operation | None:
    if not directory.is_superseded(account, member.kid):
        return None
    chain = directory.accounts[account]
    if directory.is_withdrawn(account):
        if chain.ended or any(account in a.revoked for a in directory.lineage(chain.adm)):
            return ["rem", {"u": account}]
        # Its administration left the network; another may take it over and bring the account back.
        return None if member.suspended else ["sus", {"u": account}]
    if member.suspended:
        return None
    if directory.was_reset_after(account, member.gen):
        return ["sus", {"u": account}]
    return ["key", {"u": account, "gen": chain.newest.gen, "kid": chain.newest.key.kid}]


def recipients_after(group: Group, ops: list[Operation]) -> dict[bytes, bytes]:
    """Who is to be given the next key when these changes are made: account → kid."""
    present = group.recipients()
    for name, fields in ops:
        if name in {"add", "key"}:
            present[fields["u"]] = fields["kid"]
        elif name in {"rem", "sus"}:
            present.pop(fields["u"], None)
    return present
