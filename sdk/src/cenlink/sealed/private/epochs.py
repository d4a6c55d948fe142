"""Keys of a group's periods: made, handed to each member, linked back (sealed-protocol §5)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from cenlink.sealed.checks.grp import Epoch, recipients_hash
from cenlink.sealed.checks.wraps import Wrap
from cenlink.sealed.private.keys import Keys, derive
from cenlink.sealed.private.sealing import seal, seal_to, unseal, unseal_own
from cenlink.sealed.refusals import Code, Refused


def epoch_key(secret: bytes, group: bytes, n: int, label: str) -> bytes:
    """The key of an epoch for one use: msg, back, meta or commit."""
    return derive(secret, b"comm/1/epoch\x00" + label.encode() + b"\x00" + n.to_bytes(8, "big"), salt=group)


def new_secret() -> bytes:
    return secrets.token_bytes(32)


def back_link(secret: bytes, group: bytes, n: int, before: bytes) -> bytes:
    """The key of epoch n-1, for whoever holds that of n."""
    return seal(epoch_key(secret, group, n, "back"), ["comm/1/back", group, n, n - 1], before)


def epoch_op(secret: bytes, group: bytes, n: int, recipients: Mapping[bytes, bytes], before: bytes | None) -> list[Any]:
    """The operation that begins epoch n for these accounts (account → kid); `before` is None where history is cut."""
    fields = {
        "n": n,
        "c": epoch_key(secret, group, n, "commit"),
        "b": None if before is None else back_link(secret, group, n, before),
        "r": recipients_hash(dict(recipients)),
    }
    return ["epoch", fields]


def wrap(secret: bytes, group: bytes, n: int, account: bytes, kid: bytes, x: bytes) -> Wrap:
    """The epoch's key for one member, sealed to its X-Wing key `x`."""
    return Wrap(group, n, account, kid, seal_to(x, ["comm/1/wrap", group, n, account, kid], secret))


def unwrap(wraps: Iterable[Wrap], epoch: Epoch, group: bytes, account: bytes, keys: Mapping[bytes, Keys]) -> bytes:
    """The epoch's key from whichever of the wraps passes its commitment. Refused: `wrap`."""
    for candidate in wraps:
        opener = keys.get(candidate.kid)
        if opener is None or (candidate.group, candidate.n, candidate.account) != (group, epoch.n, account):
            continue
        try:
            info = ["comm/1/wrap", group, epoch.n, account, candidate.kid]
            secret = unseal_own(opener.opener, info, candidate.ct)
        except Refused:
            continue
        if is_secret_of(secret, epoch, group):
            return secret
    raise Refused(Code.WRAP, f"period {epoch.n}")


def is_secret_of(secret: bytes, epoch: Epoch, group: bytes) -> bool:
    return secrets.compare_digest(epoch_key(secret, group, epoch.n, "commit"), epoch.commit)


def step_back(secret: bytes, epoch: Epoch, before: Epoch, group: bytes) -> bytes:
    """The key of the epoch before, by any back-link that passes its commitment.

    Refused: `history` when the epoch has none (history begins here), `wrap` when none of them is good.
    """
    if not epoch.backs:
        raise Refused(Code.HISTORY, f"history begins with period {epoch.n}")
    for candidate in epoch.backs:
        try:
            key = epoch_key(secret, group, epoch.n, "back")
            found = unseal(key, ["comm/1/back", group, epoch.n, before.n], candidate)
        except Refused:
            continue
        if is_secret_of(found, before, group):
            return found
    raise Refused(Code.WRAP, f"the link from period {epoch.n} back to {before.n}")
