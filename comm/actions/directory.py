"""Adding a link to the chains that everybody reads: the network root, an administration, an account."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from cenlink.sealed.checks.cbor import dec
from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.signed import read
from cenlink.sealed.refusals import Code, Refused
from django.utils import timezone

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from accounts.refusals import Absent, Forbidden, TooMany
from audit import trail
from audit.verbs import Verb
from comm.actions.accounts_of import own_account
from comm.actions.key_stores import SentStore, replace_store
from comm.actions.memberships import cut_off_withdrawn
from comm.admission import known
from comm.admission.leaves import lock_order, next_leaf
from comm.admission.refused import Contradiction, NotAdmitted, admitting
from comm.models import Authority, DirectoryLink, Leaf, SealedAccount
from comm.models.account import AccountType

# A clock may be a little ahead; a link dated further ahead would bar honest authors after it.
CLOCKS_DIFFER = 300
ROTATIONS_A_DAY = 3


def tell(actor: Actor, kind: str, raw: bytes, store: SentStore | None = None) -> int:
    """Checks and keeps one link of kind net, adm or usr; its index in the order of the network.

    Raises NotAdmitted, Behind, Contradiction, Forbidden, TooMany.
    """
    with admitting():
        content = dec(read(raw).payload)
        chain = content.get("id") if isinstance(content, dict) else None
        before = known.directory()
        after = known.copied(before)
        position = after.apply(kind, raw)
        link = _newest(after, kind, chain, position.lhash)
        require_not_ahead(link)
    identity = (link.lhash[:16] if chain is None else chain).hex()
    _require_entitled(actor, kind, link, identity, before, store)
    with handed_to(SystemTask.ADMISSION):
        lock_order()
        if (present := known.directory()) is not before:
            with admitting():
                after = known.copied(present)
                after.apply(kind, raw)
        if kind == "usr" and link.ops[0].name == "rot":
            _require_may_rotate(identity, after, link.ops[0]["gen"])
        if Leaf.unguarded.filter(kind=kind, chain=identity, position=link.seq).exists():
            raise Contradiction
        leaf = next_leaf(kind, identity, link.seq, link.lhash)
        DirectoryLink.unguarded.create(leaf_id=leaf, kind=kind, chain=identity, seq=link.seq, raw=raw)
        _keep_books(actor, kind, link, identity)
        if store is not None:
            replace_store(own_account(actor, bytes.fromhex(identity)), store)
        _cut_off(kind, link, identity, after)
        facts = {"kind": kind, "chain": identity, "seq": link.seq, "act": link.ops[0].name}
        trail.record(actor.who(), Verb.SEALED_CHAIN_EXTENDED, trail.What("sealed_chain", identity), facts=facts)
    return leaf


def _newest(directory: Directory, kind: str, chain: bytes | None, lhash: bytes) -> Link:
    found: dict[str, Link | None] = {
        "net": directory.net.head,
        "adm": directory.administrations[chain or lhash[:16]].head if kind == "adm" else None,
        "usr": directory.accounts[chain or lhash[:16]].head if kind == "usr" else None,
    }
    link = found.get(kind)
    if link is None:
        raise Refused(Code.NEWER, "of an unknown kind")
    return link


def require_not_ahead(link: Link) -> None:
    """Refused: `order`."""
    if link.at > time.time() + CLOCKS_DIFFER:
        raise Refused(Code.STATE, "dated in the future; set this device's clock")


def _require_entitled(
    actor: Actor, kind: str, link: Link, identity: str, before: Directory, store: SentStore | None
) -> None:
    op = link.ops[0]
    if kind == "net":
        policy_for(DirectoryLink).require(actor, Action.DIRECT, DirectoryLink(kind=kind, chain=identity))
        return
    if kind == "adm":
        policy_for(Authority).require(actor, Action.CREATE, Authority(**_own_seat(actor)))
        if (
            link.seq
            and not Authority.unguarded.filter(chain=identity, administration_id=actor.administration_id).exists()
        ):
            raise Absent
        if before.net.successor_of(bytes.fromhex(identity)) is not None:
            raise Forbidden("Another chain took this one over; its acts count no more.", code="state")
        return
    if link.seq == 0:
        _require_may_open(actor, op["adm"].hex(), op["typ"])
        return
    own_account(actor, bytes.fromhex(identity))
    if op.name in {"rot", "reset"} and store is None:
        raise NotAdmitted("A new key comes with its key store, in one act.", code="state")


def _own_seat(actor: Actor) -> dict[str, Any]:
    return {"administration_id": actor.administration_id}


def _require_may_open(actor: Actor, adm: str, typ: str) -> None:
    wanted = AccountType.AGENT if actor.client_id else AccountType.OFFICER
    if typ != wanted:
        raise Forbidden("A person opens an officer's account, a machine an agent's.", code="rights")
    policy_for(SealedAccount).require(
        actor,
        Action.CREATE,
        SealedAccount(**_own_seat(actor), officer_id=actor.officer_id, typ=typ),
    )
    if not Authority.unguarded.filter(chain=adm, administration_id=actor.administration_id).exists():
        raise Forbidden("This is not the chain of your administration.", code="uncertified")


def _require_may_rotate(identity: str, after: Directory, gen: int) -> None:
    if after.was_reset_after(bytes.fromhex(identity), gen):
        raise Forbidden("Your administration ordered a reset: complete that first.", code="withdrawn")
    since = timezone.now() - timedelta(days=1)
    recent = Leaf.unguarded.filter(kind="usr", chain=identity, position__gt=0, received_at__gte=since).count()
    if recent >= ROTATIONS_A_DAY:
        raise TooMany("A key is changed at most three times a day.", retry_after=86_400)


def _cut_off(kind: str, link: Link, identity: str, after: Directory) -> None:
    op = link.ops[0]
    if op.name == "rev":
        cut_off_withdrawn(after, [identity if kind == "usr" else op["u"].hex()])
    elif op.name == "admrev":
        cut_off_withdrawn(after, None)


def _keep_books(actor: Actor, kind: str, link: Link, identity: str) -> None:
    op = link.ops[0]
    if kind == "adm" and link.seq == 0:
        Authority.unguarded.create(chain=identity, administration_id=actor.administration_id)
    elif kind == "usr" and link.seq == 0:
        living = SealedAccount.unguarded.filter(administration_id=actor.administration_id, ended_at=None)
        if op["typ"] == AccountType.OFFICER and living.filter(officer_id=actor.officer_id).exists():
            raise Contradiction("You have an account at this seat; unlock it, or have it reset.")
        SealedAccount.unguarded.create(
            uid=identity, administration_id=actor.administration_id, officer_id=actor.officer_id, typ=op["typ"]
        )
    elif kind == "usr" and op.name == "rev":
        SealedAccount.unguarded.filter(uid=identity).update(ended_at=timezone.now())
    elif kind == "adm" and op.name == "rev":
        SealedAccount.unguarded.filter(uid=op["u"].hex()).update(ended_at=timezone.now())
