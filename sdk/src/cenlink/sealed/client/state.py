"""What a client has seen and never goes back behind: links, orders, numbers, key stores (AMENDMENTS M3, M4).

One database file in a closed folder. It holds signed objects and ciphertext only: no key, no plain text.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cenlink.sealed.checks.cbor import dec, enc
from cenlink.sealed.checks.signed import sha256
from cenlink.sealed.client.findings import STOPPING, Finding, Kind
from cenlink.sealed.client.folder import StateFolder
from cenlink.sealed.client.messages_seen import MESSAGE_TABLES, MessagesSeen
from cenlink.sealed.private.authoring import now as clock
from cenlink.sealed.refusals import Code, Refused

# What was acknowledged has to outlive a loss of power.
DURABILITY = "full"
_TABLES = """
create table if not exists facts (name text primary key, value blob not null);
create table if not exists links (
  place integer primary key, kind text not null, chain blob not null, seq integer not null, lhash blob not null,
  raw blob not null, seen integer not null, number integer, unique (kind, chain, seq));
create table if not exists posted (
  gid blob not null, account blob not null, dev blob not null, ctr integer not null, lhash blob not null,
  i integer, raw blob, ct blob, primary key (gid, account, dev, ctr));
create table if not exists views (
  gid blob not null, account blob not null, kind text not null, seq integer not null, first integer not null,
  last integer not null, primary key (gid, account, kind, seq)) without rowid;
create table if not exists findings (
  id blob primary key, content blob not null, stops integer not null, gid blob, settled integer not null default 0);
"""


@dataclass(frozen=True)
class KeptLink:
    kind: str
    chain: bytes
    seq: int
    lhash: bytes
    raw: bytes
    seen: int


@dataclass(frozen=True)
class Unsent:
    """A message that was signed and may or may not have arrived: it is sent again as it is, or given up."""

    gid: bytes
    account: bytes
    dev: bytes
    ctr: int
    lhash: bytes
    raw: bytes
    ct: bytes


class ClientState(MessagesSeen):
    """The client's memory. `dev` is new with each process; `device` is the machine's, for pins and the key store."""

    def __init__(self, folder: Path, *, now: Callable[[], int] = clock) -> None:
        """Refused: Unusable."""
        self.folder = StateFolder(folder)
        self.now = now
        self._db = sqlite3.connect(self.folder.made("seen.sqlite3"), isolation_level=None)
        self._db.execute(f"pragma synchronous = {DURABILITY}")
        self._db.execute("pragma journal_mode = truncate")
        self._db.executescript(f"begin; {_TABLES} {MESSAGE_TABLES} commit;")
        # What this process found for the first time.
        self.news: list[Finding] = []
        self.dev = secrets.token_bytes(16)
        if self.fact("device") is None:
            self.keep_fact("device", secrets.token_bytes(16))

    def close(self) -> None:
        self._db.close()
        self.folder.close()

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Writes to the disk once for all that is kept inside; what was kept stays kept if something fails."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("begin immediate")
        try:
            yield
        finally:
            self._db.execute("commit")

    # Single facts

    def fact(self, name: str) -> Any:
        row = self._db.execute("select value from facts where name = ?", [name]).fetchone()
        return None if row is None else dec(row[0])

    def keep_fact(self, name: str, value: Any) -> None:
        self._db.execute("insert or replace into facts values (?, ?)", [name, enc(value)])

    def drop_fact(self, name: str) -> None:
        self._db.execute("delete from facts where name = ?", [name])

    @property
    def device(self) -> bytes:
        return bytes(self.fact("device"))

    @property
    def net(self) -> bytes | None:
        """The network that this client belongs to."""
        found: bytes | None = self.fact("net")
        return found

    def belong_to(self, net: bytes) -> None:
        """Refused: `fork` when the folder belongs to another network."""
        if self.net not in (None, net):
            raise Refused(Code.FORK, "this folder belongs to another network")
        self.keep_fact("net", net)

    # The key store

    def seen_keyset(self, account: bytes) -> tuple[int, bytes] | None:
        found = self.fact(f"keyset/{account.hex()}")
        return None if found is None else (found[0], found[1])

    def keep_keyset(self, account: bytes, rev: int, ct: bytes) -> None:
        """Never back to a lower revision."""
        seen = self.seen_keyset(account)
        if seen is None or rev > seen[0]:
            self.keep_fact(f"keyset/{account.hex()}", [rev, sha256(ct)])

    # Chains

    def keep_link(self, kind: str, chain: bytes, seq: int, lhash: bytes, raw: bytes, number: int | None = None) -> None:
        """Once and for ever; the number is the server's in the directory."""
        self._db.execute(
            "insert into links (kind, chain, seq, lhash, raw, seen, number) values (?, ?, ?, ?, ?, ?, ?)",
            [kind, chain, seq, lhash, raw, self.now(), number],
        )

    def links(self, *, group: bytes | None = None) -> list[KeptLink]:
        """Of one group, or all of the directory in the order in which they were verified."""
        what, values = ("kind = 'grp' and chain = ?", [group]) if group else ("kind != 'grp'", [])
        rows = self._db.execute(
            f"select kind, chain, seq, lhash, raw, seen from links where {what} order by place",  # noqa: S608
            values,
        )
        return [KeptLink(*row) for row in rows]

    def link(self, kind: str, chain: bytes, seq: int) -> KeptLink | None:
        row = self._db.execute(
            "select kind, chain, seq, lhash, raw, seen from links where kind = ? and chain = ? and seq = ?",
            [kind, chain, seq],
        ).fetchone()
        return None if row is None else KeptLink(*row)

    def last_number(self) -> int:
        """The highest number in the directory that was verified; -1 before the first."""
        found = self._db.execute("select max(number) from links").fetchone()[0]
        return -1 if found is None else int(found)

    def groups(self) -> list[bytes]:
        return [row[0] for row in self._db.execute("select chain from links where kind = 'grp' and seq = 0")]

    def heads(self) -> list[tuple[str, bytes, int, bytes]]:
        """(kind, chain, seq, lhash) where each chain ends."""
        rows = self._db.execute("select kind, chain, max(seq), lhash from links group by kind, chain")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    # One's own messages

    def next_ctr(self, gid: bytes, account: bytes) -> int:
        """The next number of this process; never one that was used, sent or not."""
        found = self._db.execute(
            "select max(ctr) from posted where gid = ? and account = ? and dev = ?", [gid, account, self.dev]
        ).fetchone()[0]
        return 0 if found is None else int(found) + 1

    def last_acknowledged(self, gid: bytes, account: bytes, dev: bytes) -> tuple[int, bytes] | None:
        """(ctr, lhash) of the device's last message that the server took."""
        row = self._db.execute(
            "select ctr, lhash from posted where gid = ? and account = ? and dev = ? and i is not null "
            "order by ctr desc limit 1",
            [gid, account, dev],
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def own_devices(self, gid: bytes, account: bytes) -> dict[bytes, int]:
        """Devices that this folder posted from, each with its highest number."""
        rows = self._db.execute(
            "select dev, max(ctr) from posted where gid = ? and account = ? group by dev", [gid, account]
        )
        return {row[0]: row[1] for row in rows}

    def predecessor_of(self, gid: bytes, account: bytes) -> tuple[bytes, int, bytes] | None:
        """(dev, ctr, lhash) of the last message that an earlier process sent from here, as far as is known.

        In a folder that was restored the server may have shown a later one of the same device: then that.
        """
        row = self._db.execute(
            "select dev, ctr, lhash from posted where gid = ? and account = ? and dev != ? and i is not null "
            "order by rowid desc limit 1",
            [gid, account, self.dev],
        ).fetchone()
        if row is None:
            return None
        shown = self.last_of_device(gid, account, row[0])
        if shown and shown.verified and shown.ctr is not None and shown.ctr > row[1]:
            return row[0], shown.ctr, shown.lhash
        return row[0], row[1], row[2]

    def keep_unsent(self, message: Unsent) -> None:
        self._db.execute(
            "insert into posted values (?, ?, ?, ?, ?, null, ?, ?)",
            [message.gid, message.account, message.dev, message.ctr, message.lhash, message.raw, message.ct],
        )

    def unsent(self, gid: bytes) -> list[Unsent]:
        rows = self._db.execute(
            "select gid, account, dev, ctr, lhash, raw, ct from posted where gid = ? and i is null "
            "and raw is not null order by rowid",
            [gid],
        )
        return [Unsent(*row) for row in rows]

    def acknowledge(self, message: Unsent, i: int) -> None:
        self._settle(message, i)

    def give_up(self, message: Unsent) -> None:
        """Not sent after all; its number stays used."""
        self._settle(message, None)

    def _settle(self, message: Unsent, i: int | None) -> None:
        self._db.execute(
            "update posted set i = ?, raw = null, ct = null where gid = ? and account = ? and dev = ? and ctr = ?",
            [i, message.gid, message.account, message.dev, message.ctr],
        )

    def acknowledged(self, gid: bytes) -> list[tuple[int, bytes]]:
        """(i, lhash) of all that the server said it took from here."""
        rows = self._db.execute("select i, lhash from posted where gid = ? and i is not null order by i", [gid])
        return [(row[0], row[1]) for row in rows]

    # What authors had seen

    def keep_view(self, gid: bytes, account: bytes, kind: str, place: int, seq: int) -> bool:
        """What an author had seen at a place among the messages; False when it had seen more at an earlier one."""
        self._db.execute(
            "insert into views values (?, ?, ?, ?, ?, ?) "
            "on conflict do update set first = min(first, excluded.first), last = max(last, excluded.last)",
            [gid, account, kind, seq, place, place],
        )
        row = self._db.execute(
            "select 1 from views where gid = ? and account = ? and kind = ? and "
            "((seq > ? and first < ?) or (seq < ? and last > ?)) limit 1",
            [gid, account, kind, seq, place, seq, place],
        ).fetchone()
        return row is None

    # Findings

    def report(
        self,
        kind: Kind,
        code: Code,
        where: dict[str, Any],
        detail: str = "",
        *objects: bytes,
        group: bytes | None = None,
    ) -> Finding:
        """Keeps what was found, once; what is found for the first time is in `news` too."""
        finding = Finding(kind, code, where, detail, objects, self.now(), group)
        if self._keep_finding(finding):
            self.news.append(finding)
        return finding

    def report_split(self, kind: str, kept: KeptLink, other: str) -> Finding:
        """Somebody else has seen a link with the hash `other` (hex) in the place of the kept one."""
        where = {"kind": kind, "chain": kept.chain.hex(), "seq": kept.seq, "other": other}
        group = kept.chain if kind == "grp" else None
        return self.report(Kind.SPLIT, Code.FORK, where, f"link {kept.seq} of {kind}", kept.raw, group=group)

    def _keep_finding(self, finding: Finding) -> bool:
        """Whether it is a new one."""
        where = enc([str(finding.kind), str(finding.code), finding.where, list(finding.objects)])
        content = [str(finding.kind), str(finding.code), finding.where, finding.detail, list(finding.objects)]
        row = [sha256(where), enc([*content, finding.at, finding.group]), finding.kind in STOPPING, finding.group]
        return (
            self._db.execute(
                "insert or ignore into findings (id, content, stops, gid) values (?, ?, ?, ?)", row
            ).rowcount
            == 1
        )

    def findings(self, *, settled: bool = True) -> list[Finding]:
        """All that was found, oldest first; without what was dealt with if `settled` is False."""
        found = []
        condition = "" if settled else "where not settled "
        for (content,) in self._db.execute(f"select content from findings {condition}order by rowid"):  # noqa: S608
            kind, code, where, detail, objects, at, group = dec(content)
            found.append(Finding(Kind(kind), Code(code), where, detail, tuple(objects), at, group))
        return found

    def settle(self) -> None:
        """Somebody dealt with what was found. Forks and rollbacks stay: nothing here can make them good."""
        self._db.execute("update findings set settled = 1 where not stops")

    def is_stopped(self, gid: bytes) -> bool:
        """Whether a fork or a rollback was found in this group, or in the directory on which all stand."""
        row = self._db.execute("select 1 from findings where stops and (gid is null or gid = ?)", [gid]).fetchone()
        return row is not None
