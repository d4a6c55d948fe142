"""The verified chains as this process knows them, brought up to what the database holds.

Links in the database were admitted by these same rules, so a process verifies each of them once. What is handed out is
never changed afterwards: bringing up to date makes a new object, so that threads can share it. One plain statement asks
for the last link known (is it still this one?) together with all that came after it; `standing` asks for both chains
that a message needs whether anything came after them at all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain
from cenlink.sealed.checks.signed import sha256
from django.db import connection

# Chains of as many groups are kept at once; one of 1,000 members takes about a megabyte.
MOST_GROUPS = 200
_DIRECTORY = """
    select leaf_id, kind, case when leaf_id > %s then raw end, case when leaf_id = %s then sha256(raw) end
    from comm_directorylink where leaf_id >= %s order by leaf_id
"""
_GROUP = """
    select seq, '', case when seq > %s then raw end, case when seq = %s then sha256(raw) end
    from comm_grouplink where group_id = %s and seq >= %s order by seq
"""
_STANDING = "select * from comm_standing(%s, %s, %s, %s)"
_lock = threading.Lock()
_directory: tuple[int, bytes, Directory] = (-1, b"", Directory())
_groups: OrderedDict[str, GroupChain] = OrderedDict()


def directory() -> Directory:
    """All chains of the network, its administrations and accounts."""
    return directory_and_newest()[0]


def directory_and_newest() -> tuple[Directory, int]:
    """With the index of its newest link, -1 where there is none."""
    global _directory
    with _lock:
        index, digest, known = _directory
        rows = _rows(_DIRECTORY, [index, index, index])
        if index >= 0 and not _continues(rows, index, digest):
            index, known = -1, Directory()
            rows = _rows(_DIRECTORY, [-1, -1, -1])
        new = [row for row in rows if row[0] > index]
        if new:
            known = copied(known)
            for _, kind, raw, _ in new:
                known.apply(kind, bytes(raw))
            index, digest = new[-1][0], sha256(bytes(new[-1][2]))
        _directory = (index, digest, known)
        return known, index


def copied(known: Directory) -> Directory:
    """One to which a link can be applied without anybody else seeing it."""
    return Directory(known.net, dict(known.administrations), dict(known.accounts))


def group(gid: str, known: Directory) -> GroupChain:
    """A group's chain; an empty one where there is none."""
    with _lock:
        chain = _groups.get(gid, GroupChain())
        last = len(chain.links) - 1
        rows = _rows(_GROUP, [last, last, gid, last])
        if last >= 0 and not _continues(rows, last, sha256(chain.links[-1].signed.raw)):
            chain, last = GroupChain(), -1
            rows = _rows(_GROUP, [-1, -1, gid, -1])
        new = [row for row in rows if row[0] > last]
        if new:
            chain = GroupChain(list(chain.states), list(chain.links))
            for _, _, raw, _ in new:
                chain.extend(bytes(raw), known)
        _groups[gid] = chain
        _groups.move_to_end(gid)
        while len(_groups) > MOST_GROUPS:
            _groups.popitem(last=False)
        return chain


@dataclass(frozen=True)
class Standing:
    """What a message is judged by: all accounts up to link `newest` of the directory, the group, whose account it is.

    account: its administration, officer and type; None where there is no such account.
    """

    directory: Directory
    newest: int
    chain: GroupChain
    account: tuple[int, Any, str] | None


def standing(uid: str, gid: str) -> Standing:
    """One statement where nothing came after what this process knows."""
    with _lock:
        index, digest, known = _directory
        chain = _groups.get(gid, GroupChain())
    last = len(chain.links) - 1
    administration, officer, typ, *present = _rows(_STANDING, [uid, index, gid, last])[0]
    newest, link_digest, group_newest, group_digest = present
    if newest != index or index < 0 or bytes(link_digest) != digest:
        known, index = directory_and_newest()
    if group_newest != last or last < 0 or bytes(group_digest) != sha256(chain.links[-1].signed.raw):
        chain = group(gid, known)
    return Standing(known, index, chain, None if administration is None else (administration, officer, typ))


def forget() -> None:
    """As a process that has just started."""
    global _directory
    with _lock:
        _directory = (-1, b"", Directory())
        _groups.clear()


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _continues(rows: list[Any], last: int, digest: bytes) -> bool:
    return bool(rows) and rows[0][0] == last and bytes(rows[0][3]) == digest
