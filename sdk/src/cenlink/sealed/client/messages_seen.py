"""The part of a client's memory that holds the orders of messages, and each message as it was judged."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.refusals import Code

MESSAGE_TABLES = """
create table if not exists orders (
  gid blob not null, i integer not null, lhash blob not null, primary key (gid, i)) without rowid;
create index if not exists by_lhash on orders (gid, lhash);
create table if not exists messages (
  gid blob not null, i integer not null, lhash blob not null, account blob, dev blob, ctr integer, raw blob not null,
  code text not null, verified integer not null, missing integer not null, seen integer not null,
  takes_back integer not null, primary key (gid, i));
create index if not exists by_device on messages (gid, account, dev, i);
create index if not exists by_number on messages (gid, account, dev, ctr);
create index if not exists by_code on messages (gid, code, i);
"""


@dataclass(frozen=True)
class KeptMessage:
    """A message's signed object as it was judged; `code` is empty when nothing is wrong with it."""

    i: int
    lhash: bytes
    account: bytes | None
    dev: bytes | None
    ctr: int | None
    raw: bytes
    code: str
    verified: bool
    missing: bool
    seen: int
    takes_back: bool = False


class MessagesSeen:
    """Only ever added to: a number keeps its name, and what was verified stays so."""

    _db: sqlite3.Connection

    # Orders of messages

    def keep_order(self, gid: bytes, i: int, lhash: bytes) -> None:
        self._db.execute("insert into orders values (?, ?, ?)", [gid, i, lhash])

    def order(self, gid: bytes) -> list[bytes]:
        return [row[0] for row in self._db.execute("select lhash from orders where gid = ? order by i", [gid])]

    def order_begins(self, gid: bytes) -> int | None:
        """The number of the first message whose lhash is kept."""
        found: int | None = self._db.execute("select min(i) from orders where gid = ?", [gid]).fetchone()[0]
        return found

    # Messages

    def keep_message(self, gid: bytes, message: KeptMessage) -> None:
        """What was verified once stays so."""
        self._db.execute(
            "insert into messages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (gid, i) do update set "
            "lhash = excluded.lhash, account = excluded.account, dev = excluded.dev, ctr = excluded.ctr, "
            "raw = excluded.raw, code = excluded.code, missing = excluded.missing, "
            "takes_back = excluded.takes_back "
            "where messages.verified = 0",
            [
                *(gid, message.i, message.lhash, message.account, message.dev, message.ctr, message.raw),
                *(message.code, message.verified, message.missing, message.seen),
                message.takes_back,
            ],
        )
        if message.verified:
            self.verify_message(gid, message.i)

    def verify_message(self, gid: bytes, i: int) -> None:
        self._db.execute("update messages set verified = 1, code = '' where gid = ? and i = ?", [gid, i])

    _MESSAGE = "select i, lhash, account, dev, ctr, raw, code, verified, missing, seen, takes_back from messages where "

    def _messages(self, condition: str, *values: Any) -> list[KeptMessage]:
        return [KeptMessage(*row) for row in self._db.execute(self._MESSAGE + condition, values)]

    def messages(self, gid: bytes, after: int = 0) -> list[KeptMessage]:
        return self._messages("gid = ? and i > ? order by i", gid, after)

    def message(self, gid: bytes, i: int) -> KeptMessage | None:
        found = self._messages("gid = ? and i = ?", gid, i)
        return found[0] if found else None

    def doubtful(self, gid: bytes) -> dict[int, KeptMessage]:
        """Messages that something is wrong with, by number."""
        return {kept.i: kept for kept in self._messages("gid = ? and code > '' order by i", gid)}

    def numbers(self, gid: bytes) -> set[int]:
        """The numbers of all messages that are kept."""
        return {row[0] for row in self._db.execute("select i from messages where gid = ?", [gid])}

    def withdrawn(self, gid: bytes, accounts: set[bytes]) -> list[KeptMessage]:
        """Messages of these accounts that stand on withdrawn keys."""
        found = self._messages("gid = ? and code = ? order by i", gid, str(Code.WITHDRAWN))
        return [kept for kept in found if kept.account in accounts]

    def taking_back(self, gid: bytes) -> list[KeptMessage]:
        """Verified messages that take back others."""
        return self._messages("gid = ? and takes_back and verified order by i", gid)

    def author(self, gid: bytes, lhash: bytes) -> bytes | None:
        """Who wrote the message of this name."""
        row = self._db.execute(
            "select account from messages join orders using (gid, i) where gid = ? and orders.lhash = ?", [gid, lhash]
        ).fetchone()
        return None if row is None else row[0]

    def first_place(self, gid: bytes, lhash: bytes) -> int | None:
        """The lowest number under which a message of this name stands in the order."""
        found: int | None = self._db.execute(
            "select min(i) from orders where gid = ? and lhash = ?", [gid, lhash]
        ).fetchone()[0]
        return found

    def last_verified(self, gid: bytes) -> KeptMessage | None:
        found = self._messages("gid = ? and verified order by i desc limit 1", gid)
        return found[0] if found else None

    def last_of_device(self, gid: bytes, account: bytes, dev: bytes, *, before: int = 2**53) -> KeptMessage | None:
        """The device's last message with a number in the group below `before`."""
        found = self._messages(
            "gid = ? and account = ? and dev = ? and i < ? order by i desc limit 1", gid, account, dev, before
        )
        return found[0] if found else None

    def of_number(self, gid: bytes, account: bytes, dev: bytes, ctr: int) -> list[KeptMessage]:
        """Messages that bear this number of the device; more than one is a doubled number."""
        found = self._messages("gid = ? and account = ? and dev = ? and ctr = ?", gid, account, dev, ctr)
        return sorted(found, key=lambda kept: kept.i)

    def is_overtaken(self, gid: bytes, account: bytes, dev: bytes, ctr: int, *, before: int) -> bool:
        """Whether a higher number of the device stands before this place."""
        row = self._db.execute(
            "select 1 from messages indexed by by_number "
            "where gid = ? and account = ? and dev = ? and ctr > ? and i < ? limit 1",
            [gid, account, dev, ctr, before],
        ).fetchone()
        return row is not None
