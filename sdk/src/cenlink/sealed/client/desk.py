"""A client at work for one account: a server, what was seen of it, and the keys that are unlocked."""

from __future__ import annotations

from cenlink.sealed.checks.group_chain import mark_of
from cenlink.sealed.checks.grp import Group
from cenlink.sealed.client.findings import Finding, Kind
from cenlink.sealed.client.group import KnownGroup
from cenlink.sealed.client.inbox import Inbox
from cenlink.sealed.client.network import KnownNetwork
from cenlink.sealed.client.state import ClientState
from cenlink.sealed.client.unlocked import Unlocked
from cenlink.sealed.private.keys import Keys
from cenlink.sealed.refusals import Code, Refused
from cenlink.sealed.server import Server


class Desk:
    """Everything of one account in one process. `sync` first, then the rooms tell what is there."""

    def __init__(self, server: Server, state: ClientState, net: bytes) -> None:
        """`net` is the id of the network, compiled in or read from the manual. Refused: `fork` for another one."""
        state.belong_to(net)
        self.server, self.state = server, state
        self.network = KnownNetwork(server, state)
        self.account: Unlocked | None = None
        self._groups: dict[bytes, tuple[KnownGroup, Inbox]] = {}

    @property
    def own(self) -> Unlocked:
        """Refused: `keyset` while nothing is unlocked."""
        if self.account is None:
            raise Refused(Code.KEYSET, "unlock the account first")
        return self.account

    @property
    def keys(self) -> Keys:
        return self.own.keys

    @property
    def news(self) -> list[Finding]:
        """What this process found for the first time."""
        return self.state.news

    def sync(self) -> list[bytes]:
        """Brings the directory and all groups to what the server has; the ids of the groups."""
        self.network.sync()
        self._look_at_own_chain()
        shown = {head.gid for head in self.server.groups()}
        for gid in set(self.state.groups()) - shown:
            if self.own.uid in self.group(gid)[0].now.members:
                self.state.report(Kind.CUT_OFF, Code.OFF_CHAIN, {"chain": gid.hex()}, group=gid)
        for gid in sorted(shown):
            self.sync_group(gid)
        return sorted(shown)

    def group(self, gid: bytes) -> tuple[KnownGroup, Inbox]:
        if gid not in self._groups:
            known = KnownGroup(self.server, self.state, self.network, self.own.uid, gid)
            self._groups[gid] = known, Inbox(known)
        return self._groups[gid]

    def sync_group(self, gid: bytes) -> Group:
        """One group as far as it can be verified. What is found wrong is reported, nothing is raised for it.

        Raises ServerSaidNo (404) when the server does not show the group.
        """
        with self.state.gathered():
            return self._sync_group(gid)

    def _sync_group(self, gid: bytes) -> Group:
        known, inbox = self.group(gid)
        for final in (False, True):
            complete = known.take_links(final=final)
            known.take_order()
            complete &= inbox.take(final=final)
            if complete:
                break
            # What was met may stand on links of the directory that came meanwhile.
            self.network.sync()
        known.look_at_marks()
        self._look_at_views(known)
        self._open_newest(known)
        return known.now

    def _look_at_views(self, known: KnownGroup) -> None:
        for link in known.chain.links[known.viewed :]:
            where = {"kind": "grp", "chain": known.gid.hex(), "by_link": link.seq}
            author = link.content["by"]["u"]
            if self.network.unseen(author, link.content["vw"]):
                self.network.sync()
            self.network.look_at_view(author, link.content["vw"], link.signed.raw, where, known.gid, mark_of(link)[0])
        known.viewed = len(known.chain.links)

    def _open_newest(self, known: KnownGroup) -> None:
        member = known.now.members.get(self.own.uid)
        if member is None or member.suspended or not known.now.n:
            return
        if known.now.holders.get(self.own.uid) is None:
            return
        try:
            known.secret(known.now.n, self.own.keyset.all_keys())
        except Refused:
            known.report_damaged(known.now.n)

    def _look_at_own_chain(self) -> None:
        """A generation or an end that this device did not make has to be told at once (AMENDMENTS M13)."""
        account = self.network.directory.accounts.get(self.own.uid)
        if account is None or account.head is None:
            return
        if account.ended or account.newest.key.kid != self.keys.kid:
            where = {"kind": "usr", "chain": self.own.uid.hex(), "seq": account.head.seq}
            self.state.report(Kind.NOT_BY_ME, Code.KEYSET, where, "", account.head.signed.raw)
