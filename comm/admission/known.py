"""The verified chains as this process knows them, brought up to what the database holds.

Links in the database were admitted by these same rules, so a process verifies each of them once. What is handed out is
never changed afterwards: bringing up to date makes a new object, so that threads can share it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain

from comm.models import DirectoryLink, GroupLink

# Chains of as many groups are kept at once; one of 1,000 members takes about a megabyte.
MOST_GROUPS = 200
_lock = threading.Lock()
_directory: tuple[int, bytes, Directory] = (-1, b"", Directory())
_groups: OrderedDict[str, GroupChain] = OrderedDict()


def directory() -> Directory:
    """All chains of the network, its administrations and accounts."""
    global _directory
    with _lock:
        index, last, known = _directory
        if index >= 0 and not DirectoryLink.unguarded.filter(leaf_id=index, raw=last).exists():
            index, known = -1, Directory()
        rows = list(DirectoryLink.unguarded.filter(leaf_id__gt=index).order_by("leaf_id"))
        if rows:
            known = copied(known)
            for row in rows:
                known.apply(row.kind, bytes(row.raw))
            _directory = (rows[-1].leaf_id, bytes(rows[-1].raw), known)
        elif index < 0:
            _directory = (-1, b"", known)
        return known


def copied(known: Directory) -> Directory:
    """One to which a link can be applied without anybody else seeing it."""
    return Directory(known.net, dict(known.administrations), dict(known.accounts))


def group(gid: str, known: Directory) -> GroupChain:
    """A group's chain; an empty one where there is none."""
    with _lock:
        chain = _groups.get(gid, GroupChain())
        if chain.links and not _still_stands(gid, chain):
            chain = GroupChain()
        rows = list(GroupLink.unguarded.filter(group_id=gid, seq__gte=len(chain.links)).order_by("seq"))
        if rows:
            chain = GroupChain(list(chain.states), list(chain.links))
            for row in rows:
                chain.extend(bytes(row.raw), known)
        _groups[gid] = chain
        _groups.move_to_end(gid)
        while len(_groups) > MOST_GROUPS:
            _groups.popitem(last=False)
        return chain


def _still_stands(gid: str, chain: GroupChain) -> bool:
    last = chain.links[-1]
    return GroupLink.unguarded.filter(group_id=gid, seq=last.seq, raw=last.signed.raw).exists()
