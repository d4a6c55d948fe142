"""Rule S (sealed-protocol §4.4): what a superseded key signed is trusted only when a later link closes it."""

from __future__ import annotations

from dataclasses import dataclass

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain, mark_of
from cenlink.sealed.checks.links import Link
from cenlink.sealed.checks.messages import Message
from cenlink.sealed.refusals import Code, Refused

_CLOSING = {"key", "rem", "sus"}


@dataclass(frozen=True)
class Closures:
    """Seen from the end of a chain: which links stand on withdrawn keys, and up to where each account is closed."""

    unsound: frozenset[int]
    # The highest place among the messages at which a sound link closes the account.
    closed_at: dict[bytes, int]


def closures(chain: GroupChain, directory: Directory) -> Closures:
    unsound: set[int] = set()
    closed_at: dict[bytes, int] = {}
    for link in reversed(chain.links):
        if not _is_sound(link, directory, closed_at):
            unsound.add(link.seq)
            continue
        for op in link.ops:
            if op.name in _CLOSING:
                closed_at.setdefault(op["u"], mark_of(link)[0])
    return Closures(frozenset(unsound), closed_at)


def _is_sound(link: Link, directory: Directory, closed_at: dict[bytes, int]) -> bool:
    return all(
        signer["u"] in closed_at or not directory.is_superseded(signer["u"], signer["kid"]) for signer in link.signers
    )


def require_closed_links(chain: GroupChain, verified: int, directory: Directory) -> None:
    """Of the links from number `verified` on. Refused: `withdrawn`, with the first such link in `detail`."""
    found = sorted(seq for seq in closures(chain, directory).unsound if seq >= verified)
    if found:
        raise Refused(Code.WITHDRAWN, f"link {found[0]}")


def require_closed_message(message: Message, i: int, chain: GroupChain, directory: Directory) -> None:
    """Of a message not verified before, as number `i`. Refused: `withdrawn`."""
    if not directory.is_superseded(message.author, message.kid):
        return
    if closures(chain, directory).closed_at.get(message.author, -1) < i:
        raise Refused(Code.WITHDRAWN)
