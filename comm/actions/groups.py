"""Founding a group and adding links to its chain."""

from __future__ import annotations

from collections.abc import Sequence

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.grp import OPS
from cenlink.sealed.checks.links import Link, read_link
from cenlink.sealed.checks.wraps import Wrap, read_wrap, require_exactly
from cenlink.sealed.refusals import Code, Refused
from django.db import IntegrityError, transaction

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from audit import trail
from audit.verbs import Verb
from comm.actions.accounts_of import own_account
from comm.actions.directory import require_not_ahead
from comm.actions.memberships import follow
from comm.admission import known
from comm.admission.leaves import lock_order, next_leaf
from comm.admission.refused import Behind, Contradiction, admitting
from comm.models import Group, GroupLink
from comm.models import Wrap as WrapRow

MOST_WRAPS_KEPT = 8


def found(actor: Actor, raw: bytes) -> Group:
    """Keeps the first link of a new group. Raises NotAdmitted, Absent, Contradiction."""
    with admitting():
        link = read_link(raw, "grp", OPS)
    author = own_account(actor, link.content["by"]["u"])
    policy_for(Group).require(actor, Action.CREATE, Group())
    with admitting(), handed_to(SystemTask.ADMISSION):
        directory, chain = known.directory(), GroupChain()
        require_not_ahead(link)
        state = chain.extend(raw, directory)
        _require_present(link, directory)
        lock_order()
        try:
            with transaction.atomic():
                group: Group = Group.unguarded.create(gid=state.id.hex(), retention_days=state.rules.ret)
        except IntegrityError:
            raise Contradiction from None
        _keep(group, link, raw)
        follow(group, state, directory)
        _say(actor, Verb.SEALED_GROUP_FOUNDED, group, author.uid, link)
    return group


def turn(actor: Actor, group: Group, raw: bytes, raw_wraps: Sequence[bytes]) -> int:
    """Keeps the next link of a group with the wraps it owes; its number. Raises NotAdmitted, Behind, Absent."""
    with admitting():
        link = read_link(raw, "grp", OPS)
        wraps = [read_wrap(one) for one in raw_wraps]
    author = own_account(actor, link.content["by"]["u"])
    with admitting(), handed_to(SystemTask.ADMISSION):
        locked: Group = Group.unguarded.select_for_update().get(pk=group.pk)
        directory = known.directory()
        chain = known.group(locked.gid, directory)
        if link.seq != len(chain.links) or link.content.get("ml") != [locked.count, bytes(locked.mark)]:
            raise Behind
        require_not_ahead(link)
        chain = GroupChain(list(chain.states), list(chain.links))
        state = chain.extend(raw, directory)
        require_exactly(wraps, state.id, state.owed)
        lock_order()
        _require_present(link, known.directory())
        _keep(locked, link, raw)
        locked.seq, locked.closed, locked.retention_days = link.seq, state.closed, state.rules.ret
        locked.save(update_fields=["seq", "closed", "retention_days"])
        _keep_wraps(locked, wraps)
        follow(locked, state, directory)
        _say(actor, Verb.SEALED_GROUP_TURNED, locked, author.uid, link)
    return link.seq


def offer_wrap(actor: Actor, group: Group, raw: bytes) -> None:
    """Keeps a replacement of a damaged wrap; whether it is good only its recipient can tell."""
    with admitting():
        wrap = read_wrap(raw)
    with admitting(), handed_to(SystemTask.ADMISSION):
        directory = known.directory()
        state = known.group(group.gid, directory).now
        member = state.members.get(wrap.account)
        if wrap.group != state.id or member is None or member.suspended or member.kid != wrap.kid:
            raise Refused(Code.RECIPIENTS, "not for a present member's present key")
        if wrap.n > state.n:
            raise Refused(Code.STATE, "no such period")
        Group.unguarded.select_for_update().get(pk=group.pk)
        kept = WrapRow.unguarded.filter(group=group, account_id=wrap.account.hex(), n=wrap.n)
        if kept.count() >= MOST_WRAPS_KEPT:
            raise Contradiction("Eight keys for this period are kept already.")
        _keep_wraps(group, [wrap])


def _require_present(link: Link, directory: Directory) -> None:
    """What is asked of the moment, not of the chain: signers and newcomers are in good standing (principle M)."""
    for signer in link.signers:
        directory.require_usable(signer["u"], signer["kid"])
    for op in link.ops:
        if op.name in {"add", "key", "succ"}:
            directory.require_usable(op["u"], op["kid"])


def _keep(group: Group, link: Link, raw: bytes) -> None:
    leaf = next_leaf("grp", group.gid, link.seq, link.lhash)
    GroupLink.unguarded.create(group=group, leaf_id=leaf, seq=link.seq, raw=raw)


def _keep_wraps(group: Group, wraps: Sequence[Wrap]) -> None:
    rows = [WrapRow(group=group, n=w.n, account_id=w.account.hex(), raw=w.encoded()) for w in wraps]
    WrapRow.unguarded.bulk_create(rows, batch_size=500)


def _say(actor: Actor, verb: Verb, group: Group, uid: str, link: Link) -> None:
    acts = sorted({op.name for op in link.ops})
    facts = {"account": uid, "seq": link.seq, "acts": acts}
    trail.record(actor.who(), verb, trail.What("sealed_group", group.gid), facts=facts)
