"""Who may fetch from a group: follows its chain, and is cut at once when somebody leaves or is withdrawn."""

from __future__ import annotations

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.grp import Group as State

from accounts.access import grants
from accounts.models import Officer
from comm.models import Group, Membership, SealedAccount
from comm.models.account import AccountType

TAKE_PART = "take_part"


def follow(group: Group, state: State, directory: Directory) -> None:
    """Brings memberships and grants to what the chain says after its newest link."""
    before = {row.account_id: row for row in Membership.unguarded.filter(group=group)}
    now = {
        uid.hex(): (str(member.role), not member.suspended and not directory.is_withdrawn(uid))
        for uid, member in state.members.items()
    }
    accounts = SealedAccount.unguarded.in_bulk([uid for uid in now if uid not in before])
    opened, closed = set[str](), set[str]()
    for uid, (role, active) in now.items():
        row = before.get(uid)
        if row is None:
            account = accounts[uid]
            row = Membership(
                group=group, account=account, administration_id=account.administration_id, officer_id=account.officer_id
            )
            before[uid], was_active = row, False
        else:
            was_active = row.active
        changed = row.pk is None or (row.role, row.active) != (role, active)
        row.role, row.active = role, active
        if changed:
            row.save()
        if active != was_active:
            (opened if active else closed).add(uid)
    for uid, row in before.items():
        if uid not in now and row.active:
            Membership.unguarded.filter(pk=row.pk).update(active=False)
            row.active = False
            closed.add(uid)
    _grant(group, before, opened, closed)


def cut_off_withdrawn(directory: Directory, accounts: list[str] | None) -> None:
    """After a revocation: none of these accounts (None: of all) that is withdrawn fetches anything any more."""
    rows = Membership.unguarded.filter(active=True).select_related("group")
    for row in rows if accounts is None else rows.filter(account_id__in=accounts):
        if directory.is_withdrawn(bytes.fromhex(row.account_id)):
            Membership.unguarded.filter(pk=row.pk).update(active=False)
            row.active = False
            _grant(row.group, {row.account_id: row}, set(), {row.account_id})


def _grant(group: Group, rows: dict[str, Membership], opened: set[str], closed: set[str]) -> None:
    """An officer keeps the grant while any of his accounts is an active member."""
    gone = {person for uid in closed if (person := rows[uid].officer_id)}
    stays = Membership.unguarded.filter(group=group, active=True, officer_id__in=gone).values_list(
        "officer_id", flat=True
    )
    for officer in Officer.unguarded.filter(pk__in=gone - set(stays)):
        grants.take(officer, TAKE_PART, group)
    come = {person for uid in opened if (person := rows[uid].officer_id)}
    grants.give_all(Officer.unguarded.filter(pk__in=come), TAKE_PART, group)
    agents = Membership.unguarded.filter(group=group, active=True, account__typ=AccountType.AGENT)
    group.agent_administrations = sorted(set(agents.values_list("administration_id", flat=True)))
    Group.unguarded.filter(pk=group.pk).update(agent_administrations=group.agent_administrations)
