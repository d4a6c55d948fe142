"""What can be said of a message without opening it (sealed-protocol §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.directory import Directory
from cenlink.sealed.checks.group_chain import GroupChain, mark_of
from cenlink.sealed.checks.links import MEMBER_SIGNER, VIEW, Position
from cenlink.sealed.checks.message_order import MessageOrder
from cenlink.sealed.checks.schema import (
    HASH,
    ID,
    POSITION,
    TIME,
    TREE_HEAD,
    closed,
    number,
    one_of,
    open_field,
    or_null,
    row,
    several,
)
from cenlink.sealed.checks.signed import Signed, read, sha256, verify
from cenlink.sealed.refusals import Code, Refused

LARGEST_MESSAGE = 256 << 10
LARGEST_HEADER = 16 << 10
LARGEST_FILE = 1 << 30
MOST_FILES = 64
PAYLOAD = closed(
    {
        "k": one_of("msg"),
        "g": ID,
        "n": number(1),
        "m": ID,
        "by": MEMBER_SIGNER,
        "dev": ID,
        "ctr": number(),
        "prev": or_null(HASH),
        "head": POSITION,
        "ml": row(number(), HASH),
        "vw": VIEW,
        "at": TIME,
        "att": several(row(ID, number(1, 2 * LARGEST_FILE)), most=MOST_FILES),
        "del": several(HASH, most=64),
        "pd": or_null(row(ID, number(), HASH)),
        "tl": TREE_HEAD,
        "cth": HASH,
    },
    {"x": open_field},
)


@dataclass(frozen=True)
class Message:
    """A message whose shape is right; `ct` is None where it was purged."""

    signed: Signed
    content: dict[str, Any]
    ct: bytes | None

    @property
    def lhash(self) -> bytes:
        return self.signed.lhash

    @property
    def author(self) -> bytes:
        return bytes(self.content["by"]["u"])

    @property
    def kid(self) -> bytes:
        return bytes(self.content["by"]["kid"])

    @property
    def head(self) -> Position:
        return Position(*self.content["head"])

    @property
    def device(self) -> tuple[bytes, bytes]:
        """Numbers are counted per account and device, so that nobody can take another's."""
        return self.author, self.content["dev"]

    @property
    def header(self) -> dict[str, Any]:
        """What the ciphertext is bound to."""
        return {name: value for name, value in self.content.items() if name != "cth"}


def read_message(raw: bytes, ct: bytes | None) -> Message:
    """Refused: `cbor`, `schema`, `newer`, `sealed` when the ciphertext is not the one that was signed."""
    signed = read(raw)
    content = signed.content()
    PAYLOAD(content, "message")
    if len(raw) + len(ct or b"") > LARGEST_MESSAGE or len(signed.payload) > LARGEST_HEADER:
        raise Refused(Code.SCHEMA, "larger than a message may be")
    if ct is not None and sha256(ct) != content["cth"]:
        raise Refused(Code.SEALED, "not the ciphertext that was signed")
    if len({aid for aid, _ in content["att"]}) != len(content["att"]):
        raise Refused(Code.SCHEMA, "a file stands twice")
    return Message(signed, content, ct)


def require_admissible(message: Message, chain: GroupChain, directory: Directory) -> None:
    """What holds wherever the message stands. Refused: `off_chain`, `uncertified`, `signature`, `rights`, `state`."""
    content = message.content
    if content["g"] != chain.id:
        raise Refused(Code.OFF_CHAIN, "of another group")
    if not chain.has(message.head):
        raise Refused(Code.OFF_CHAIN, "the author stood on a link that is not known here")
    account = directory.accounts.get(message.author)
    key = account.key_of(message.kid) if account else None
    if key is None:
        raise Refused(Code.UNCERTIFIED, "the account has no such key")
    verify(message.signed, "msg", [key])
    state = chain.states[message.head.seq]
    if not state.may_post(message.author, message.kid):
        raise Refused(Code.RIGHTS, "the author might not post")
    if content["n"] != state.n:
        raise Refused(Code.STATE, f"sealed for period {content['n']}, the author stood in {state.n}")


def require_timely(message: Message, i: int, chain: GroupChain, order: MessageOrder) -> None:
    """What holds of the message as number `i`. Refused: `fork`, `off_chain`, `late`."""
    seen, mark = message.content["ml"]
    if seen >= i or mark_of(chain.links[message.head.seq])[0] >= i:
        raise Refused(Code.OFF_CHAIN, "the author saw more than there was")
    order.require(seen, mark)
    if any(mark_of(link)[0] < i for link in chain.barriers_after(message.head.seq, message.author)):
        raise Refused(Code.LATE)
