"""Posting a sealed message, and dropping what its author or a manager takes back."""

from __future__ import annotations

from datetime import datetime

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.message_order import FIRST_MARK, next_mark
from cenlink.sealed.checks.messages import Message as Sent
from cenlink.sealed.checks.messages import read_message, require_admissible
from cenlink.sealed.refusals import Code, Refused
from django.conf import settings
from django.utils import timezone

from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.refusals import TooMany
from alerts.outbox import announce
from audit import trail
from audit.verbs import Verb
from comm.actions.accounts_of import require_own
from comm.actions.files import drop_files, require_uploaded
from comm.admission import known
from comm.admission.posting import Standing, keep, lock
from comm.admission.refused import Behind, admitting
from comm.models import Group, Message, SealedAccount

# The kind of announcement that a message makes.
POSTED = "sealed.posted"


def post(actor: Actor, group: Group, raw: bytes, ct: bytes) -> tuple[int, bool]:
    """Keeps a message; its number, and whether it is new. The same bytes again give the same number.

    Raises NotAdmitted, Behind, Absent, TooMany.
    """
    with admitting():
        sent = read_message(raw, ct)
    with admitting(), handed_to(SystemTask.ADMISSION):
        known_now = known.standing(sent.author.hex(), group.gid)
        chain, directory = known_now.chain, known_now.directory
        author = require_own(actor, _account(sent, known_now))
        # The signatures are verified before anybody has to wait for the group.
        require_admissible(sent, chain, directory)
        most = settings.SEALED_MESSAGES_A_MINUTE
        standing = lock(group.gid, sent, most)
        if standing.again is not None:
            return standing.again, False
        if standing.in_a_minute >= most:
            raise TooMany(retry_after=60)
        if len(chain.links) - 1 != standing.seq:
            chain = known.group(group.gid, known.directory())
        _require_present(sent, chain, standing)
        files = require_uploaded(group, author, sent.content["att"])
        i = standing.count + 1
        trail.record(actor.who(), Verb.SEALED_MESSAGE_POSTED, trail.What("sealed_group", group.gid), facts={"i": i})
        announce(POSTED, f"{group.gid}:{i}")
        # From here to commit the whole network waits: nothing slow, and nothing that could have been done before.
        leaf = _keep(sent, standing, group, directory, known_now.newest)
        if sent.content["att"]:
            files.update(message_id=leaf)
        _take_back(sent, chain, group)
    return i, True


def _account(sent: Sent, known_now: known.Standing) -> SealedAccount | None:
    if known_now.account is None:
        return None
    administration, officer, typ = known_now.account
    return SealedAccount(uid=sent.author.hex(), administration_id=administration, officer_id=officer, typ=typ)


def _keep(sent: Sent, standing: Standing, group: Group, directory: Directory, newest: int) -> int:
    """Keeps the message if its author's key is good now, by the directory as it stands under the order's lock."""
    while True:
        directory.require_usable(sent.author, sent.kid)
        leaf = keep(group.gid, standing.count + 1, next_mark(standing.mark, sent.lhash), sent, newest)
        if leaf is not None:
            return leaf
        directory, newest = known.directory_and_newest()


def _require_present(sent: Sent, chain: GroupChain, standing: Standing) -> None:
    """That its author saw what counts for it, and its device counts on. Raises Behind.

    Refused: `state`, `fork`, `off_chain`, `number`.
    """
    if chain.now.closed:
        raise Refused(Code.STATE, "the group is closed")
    if chain.barriers_after(sent.head.seq, sent.author):
        raise Behind
    seen, mark = sent.content["ml"]
    if seen > standing.count:
        raise Refused(Code.OFF_CHAIN, "more messages than there are")
    if (standing.seen_mark if seen else FIRST_MARK) != mark:
        raise Refused(Code.FORK, "another order of messages")
    if standing.last_ctr is not None and sent.content["ctr"] <= standing.last_ctr:
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
