"""Posting a sealed message, and dropping what its author or a manager takes back."""

from __future__ import annotations

from datetime import datetime

from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.message_order import next_mark
from cenlink.sealed.checks.messages import Message as Sent
from cenlink.sealed.checks.messages import read_message, require_admissible
from cenlink.sealed.refusals import Code, Refused
from django.db.models import Max
from django.utils import timezone

from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from alerts.outbox import announce
from audit import trail
from audit.verbs import Verb
from comm.actions.accounts_of import own_account
from comm.actions.files import drop_files, require_uploaded
from comm.admission import known
from comm.admission.leaves import lock_order, next_leaf
from comm.admission.refused import Behind, admitting
from comm.models import Group, Message

# The kind of announcement that a message makes.
POSTED = "sealed.posted"


def post(actor: Actor, group: Group, raw: bytes, ct: bytes) -> tuple[int, bool]:
    """Keeps a message; its number, and whether it is new. The same bytes again give the same number.

    Raises NotAdmitted, Behind, Absent.
    """
    with admitting():
        sent = read_message(raw, ct)
    author = own_account(actor, sent.author)
    with admitting(), handed_to(SystemTask.ADMISSION):
        directory = known.directory()
        chain = known.group(group.gid, directory)
        # The signatures are verified before anybody has to wait for the group.
        require_admissible(sent, chain, directory)
        locked: Group = Group.unguarded.select_for_update().get(pk=group.pk)
        if again := Message.unguarded.filter(group=locked, lhash=sent.lhash).first():
            return int(again.i), False
        directory = known.directory()
        chain = known.group(locked.gid, directory)
        _require_present(sent, chain, locked)
        directory.require_usable(sent.author, sent.kid)
        _require_counted(sent, locked)
        files = require_uploaded(locked, author, sent.content["att"])
        lock_order()
        known.directory().require_usable(sent.author, sent.kid)
        i = locked.count + 1
        leaf = next_leaf("msg", locked.gid, i, sent.lhash)
        kept: Message = Message.unguarded.create(
            leaf=leaf,
            group=locked,
            i=i,
            lhash=sent.lhash,
            mark=next_mark(bytes(locked.mark), sent.lhash),
            author=author,
            dev=sent.content["dev"].hex(),
            ctr=sent.content["ctr"],
            raw=raw,
            ct=ct,
        )
        files.update(message=kept)
        announce(POSTED, f"{locked.gid}:{i}")
        locked.count, locked.mark = i, kept.mark
        locked.save(update_fields=["count", "mark"])
        _take_back(sent, chain, locked)
        trail.record(actor.who(), Verb.SEALED_MESSAGE_POSTED, trail.What("sealed_group", group.gid), facts={"i": i})
    return i, True


def _require_present(sent: Sent, chain: GroupChain, group: Group) -> None:
    """That its author saw what counts for it. Raises Behind; refused: `fork`, `off_chain`."""
    if chain.now.closed:
        raise Refused(Code.STATE, "the group is closed")
    if chain.barriers_after(sent.head.seq, sent.author):
        raise Behind
    seen, mark = sent.content["ml"]
    if seen > group.count:
        raise Refused(Code.OFF_CHAIN, "more messages than there are")
    known_mark = bytes(32) if seen == 0 else Message.unguarded.values_list("mark", flat=True).get(group=group, i=seen)
    if bytes(known_mark) != mark:
        raise Refused(Code.FORK, "another order of messages")


def _require_counted(sent: Sent, group: Group) -> None:
    """Refused: `number`."""
    uid, dev = sent.author.hex(), sent.content["dev"].hex()
    last = Message.unguarded.filter(group=group, author_id=uid, dev=dev).aggregate(last=Max("ctr"))["last"]
    if last is not None and sent.content["ctr"] <= last:
        raise Refused(Code.NUMBER)


def _take_back(sent: Sent, chain: GroupChain, group: Group) -> None:
    """`del` in the header: own messages, or any by a manager. Refused: `rights`, `state`."""
    wanted = sent.content["del"]
    if not wanted:
        return
    found = {bytes(one.lhash): one for one in Message.unguarded.filter(group=group, lhash__in=wanted)}
    manager = sent.author in chain.now.managers()
    for lhash in wanted:
        message = found.get(lhash)
        if message is None:
            raise Refused(Code.STATE, "what it takes back is not here")
        if message.author_id != sent.author.hex() and not manager:
            raise Refused(Code.RIGHTS, "only its author or a manager takes a message back")
        drop(message, timezone.now())


def drop(message: Message, when: datetime) -> None:
    """Drops ciphertext and files; the signed header stays for ever."""
    Message.unguarded.filter(pk=message.pk, dropped_at=None).update(ct=None, dropped_at=when)
    drop_files(message)
