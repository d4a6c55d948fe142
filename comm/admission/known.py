"""The verified chains as this process knows them, brought up to what the database holds.

Links in the database were admitted by these same rules, so a process verifies each of them once. What is handed out is
never changed afterwards: bringing up to date makes a new object, so that threads can share it. One plain statement asks
for the last link known (is it still this one?) together with all that came after it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
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
_lock = threading.Lock()
_directory: tuple[int, bytes, Directory] = (-1, b"", Directory())
_groups: OrderedDict[str, GroupChain] = OrderedDict()


def directory() -> Directory:
    """All chains of the network, its administrations and accounts."""
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
        return known


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
