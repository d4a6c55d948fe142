"""Which sealed accounts an asker speaks for."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.refusals import Absent
from comm.models import SealedAccount
from comm.models.account import AccountType


def speaks_for(actor: Actor, account: SealedAccount) -> bool:
    """An officer for his own account at the seat he sits at; a machine for its administration's agents."""
    if account.administration_id != actor.administration_id:
        return False
    if account.typ == AccountType.AGENT:
        return actor.client_id is not None
    return actor.officer_id is not None and account.officer_id == actor.officer_id


def require_own(actor: Actor, account: SealedAccount | None) -> SealedAccount:
    """The account, if the asker speaks for it. Absent otherwise."""
    if account is None or not speaks_for(actor, account):
        raise Absent
    return account


def own_account(actor: Actor, uid: bytes) -> SealedAccount:
    """The account of this id, if the asker speaks for it. Absent otherwise."""
    return require_own(actor, SealedAccount.unguarded.filter(uid=uid.hex()).first())
