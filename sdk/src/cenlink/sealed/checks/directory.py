"""All that is known of the network, its administrations and accounts; who is certified, withdrawn, superseded."""

from __future__ import annotations

from dataclasses import dataclass, field

from cenlink.sealed.checks.adm import Administration
from cenlink.sealed.checks.cbor import dec
from cenlink.sealed.checks.links import Position, position_of
from cenlink.sealed.checks.net import Net
from cenlink.sealed.checks.public_keys import PublicKey
from cenlink.sealed.checks.signed import read
from cenlink.sealed.checks.usr import Account
from cenlink.sealed.refusals import Code, Refused


@dataclass
class Directory:
    """The verified chains of kinds net, adm and usr. `net_id` is what the client was made for."""

    net: Net = field(default_factory=Net)
    administrations: dict[bytes, Administration] = field(default_factory=dict)
    accounts: dict[bytes, Account] = field(default_factory=dict)

    def apply(self, kind: str, raw: bytes) -> Position:
        """Adds one link to the chain that it names. Refused: whatever the chain refuses; nothing is changed then."""
        content = dec(read(raw).payload)
        identity = content.get("id") if isinstance(content, dict) else None
        if identity is not None and not isinstance(identity, bytes):
            raise Refused(Code.SCHEMA, "id")
        if kind == "net":
            self.net = self.net.apply(raw)
            return position_of(self.net.head)
        if kind == "adm":
            chain = self._known(self.administrations, identity, Administration()).apply(raw)
            self._require_new_or_known(self.administrations, identity, chain.id)
            self.administrations[chain.id] = chain
            return position_of(chain.head)
        if kind == "usr":
            account = self._known(self.accounts, identity, Account()).apply(raw, self)
            self._require_new_or_known(self.accounts, identity, account.id)
            self.accounts[account.id] = account
            return position_of(account.head)
        raise Refused(Code.NEWER, f"chains of kind {kind!r} are not known")

    @staticmethod
    def _known[Chain](chains: dict[bytes, Chain], identity: bytes | None, empty: Chain) -> Chain:
        if identity is None:
            return empty
        if identity not in chains:
            raise Refused(Code.ORDER, "the beginning of its chain is unknown")
        return chains[identity]

    @staticmethod
    def _require_new_or_known[Chain](chains: dict[bytes, Chain], identity: bytes | None, chain_id: bytes) -> None:
        """A beginning that is shown again must not take the place of what followed it."""
        if identity is None and chain_id in chains:
            raise Refused(Code.ORDER, "the chain has begun already")

    def lineage(self, adm: bytes) -> list[Administration]:
        """The verified chains that may act, or acted, for an account of this administration."""
        found = []
        for admission in self.net.lineage(adm):
            chain = self.administrations.get(admission.adm)
            if chain and chain.head and chain.id == admission.genesis[:16]:
                found.append(chain)
        return found

    def resets_of(self, adm: bytes, account: bytes) -> list[bytes]:
        """The kids to which its administration reset the account, in that order."""
        return [kid for chain in self.lineage(adm) for who, kid in chain.resets if who == account]

    def has_succession(self, adm: bytes, group: bytes, account: bytes) -> bool:
        return any((group, account) in chain.successions for chain in self.lineage(adm))

    def is_certified(self, account: bytes) -> bool:
        """Existence only: a later revocation does not undo it (principle M)."""
        chain = self.accounts.get(account)
        if chain is None:
            return False
        certificates = (a.certificates.get(account) for a in self.lineage(chain.adm))
        return any(c and (c.genesis, c.typ) == (chain.genesis, chain.typ) for c in certificates)

    def is_withdrawn(self, account: bytes) -> bool:
        """Ended by itself, revoked by its administration, or of an administration that left the network."""
        chain = self.accounts.get(account)
        if chain is None:
            return False
        line = self.net.lineage(chain.adm)
        return (
            chain.ended or any(account in a.revoked for a in self.lineage(chain.adm)) or bool(line and line[-1].revoked)
        )

    def belongs_to(self, account: bytes, adm: bytes) -> bool:
        """Whether the account is of this administration, of one that it took over, or of its successor."""
        chain = self.accounts.get(account)
        if chain is None:
            return False
        answering = {a.id for a in self.lineage(chain.adm)}
        return adm in answering or bool(answering & {a.id for a in self.lineage(adm)})

    def desk(self, adm: bytes) -> list[bytes]:
        """Who takes bulletins for an administration now: what it, or the newest of its successors, named last.

        Accounts that are not certified, are withdrawn, or belong elsewhere are passed over.
        """
        named = [chain for chain in self.lineage(adm) if chain.desk is not None]
        return [
            account
            for account in (named[-1].desk or () if named else ())
            if self.is_certified(account) and not self.is_withdrawn(account) and self.belongs_to(account, adm)
        ]

    def was_withdrawn(self, account: bytes) -> bool:
        """Withdrawn now or ever: an administration that left stays one that left, whoever took it over since.

        Links are judged by this, so that what was valid once stays valid (principle M).
        """
        chain = self.accounts.get(account)
        if chain is None:
            return False
        return self.is_withdrawn(account) or any(admission.revoked for admission in self.net.lineage(chain.adm))

    def was_superseded(self, account: bytes, kid: bytes) -> bool:
        """Superseded now or ever, for judging links."""
        return self.is_superseded(account, kid) or self.was_withdrawn(account)

    def was_reset_after(self, account: bytes, gen: int) -> bool:
        """A reset of the account that the named generation does not know of yet."""
        chain = self.accounts.get(account)
        if chain is None:
            return False
        known = {g.key.kid for g in chain.generations[:gen]}
        ordered = self.resets_of(chain.adm, account)
        pending = bool(ordered) and ordered[-1] not in known
        return pending or any(g.how == "reset" for g in chain.generations[gen:])

    def is_superseded(self, account: bytes, kid: bytes) -> bool:
        """Rule S: a later generation, a reset to another key, or withdrawn."""
        chain = self.accounts.get(account)
        if chain is None:
            return False
        generation = next((g for g in chain.generations if g.key.kid == kid), None)
        if generation is None or generation.gen != chain.newest.gen:
            return True
        return self.is_withdrawn(account) or self.was_reset_after(account, generation.gen)

    def key(self, account: bytes, gen: int, kid: bytes) -> PublicKey:
        """Refused: `uncertified`."""
        chain = self.accounts.get(account)
        found = chain.key(gen, kid) if chain else None
        if found is None:
            raise Refused(Code.UNCERTIFIED, "the account has no such key")
        return found

    def name(self, account: bytes) -> str:
        """The name that holds now: the administration's word before the account's own."""
        chain = self.accounts[account]
        said = [c.name for a in self.lineage(chain.adm) if (c := a.certificates.get(account)) and c.name]
        return said[-1] if said else chain.name

    def require_usable(self, account: bytes, kid: bytes) -> None:
        """What an author and the server ask, now, before an act. Refused: `uncertified`, `withdrawn`."""
        if not self.is_certified(account):
            raise Refused(Code.UNCERTIFIED)
        if self.is_superseded(account, kid):
            raise Refused(Code.WITHDRAWN)
