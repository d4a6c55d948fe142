"""Writing links: the one place that knows which fields a new link of each kind has (sealed-protocol §4)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

from cenlink.sealed.checks.links import Link
from cenlink.sealed.private.keys import Keys, sign

Operation = list[Any]


def now() -> int:
    return int(time.time())


def write_link(
    kind: str, after: Link | None, ops: Sequence[Operation], *signers: Keys, at: int | None = None, **more: Any
) -> bytes:
    """A link of kind net, adm or usr after `after`, or the first of its chain; signers in the order of the rule."""
    by, *others = [{"kid": keys.kid} for keys in signers]
    return sign(link_content(kind, after, ops, by, others, at, more), *signers)


def write_group_link(
    after: Link | None,
    ops: Sequence[Operation],
    *signers: tuple[bytes, Keys],
    view: dict[str, Any],
    order: list[Any] | None = None,
    at: int | None = None,
) -> bytes:
    """A link of a group; signers are (account, keys). `view` is `vw`, `order` is `ml`, absent in the first link."""
    by, *others = [{"kid": keys.kid, "u": account} for account, keys in signers]
    more = {"vw": view} if after is None else {"vw": view, "ml": order}
    return sign(link_content("grp", after, ops, by, others, at, more), *(keys for _, keys in signers))


def link_content(
    kind: str,
    after: Link | None,
    ops: Sequence[Operation],
    by: dict[str, bytes],
    others: list[dict[str, bytes]],
    at: int | None,
    more: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What is signed: signers as in the link, time as unix seconds and now if None, `more` fields of the kind."""
    at = now() if at is None else at
    content: dict[str, Any] = {"k": kind, "by": by, "ops": list(ops), "tl": None, **(more or {})}
    if others:
        content["co"] = others
    if after is None:
        return {**content, "seq": 0, "prev": None, "at": at, "rnd": secrets.token_bytes(16)}
    identity = after.lhash[:16] if after.seq == 0 else after.content["id"]
    # Never before the link it follows, whatever this machine's clock says.
    return {**content, "seq": after.seq + 1, "prev": after.lhash, "at": max(at, after.at), "id": identity}
