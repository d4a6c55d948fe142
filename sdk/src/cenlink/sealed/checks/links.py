"""What all links share: their shape, and how one follows another (sealed-protocol §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cenlink.sealed.checks.public_keys import PublicKey
from cenlink.sealed.checks.schema import (
    HASH,
    ID,
    POSITION,
    TIME,
    TREE_HEAD,
    Rule,
    closed,
    number,
    one_of,
    open_field,
    or_null,
    row,
    several,
)
from cenlink.sealed.checks.signed import Signed, read, verify
from cenlink.sealed.refusals import Code, Refused

LARGEST_LINK = 4 << 20
MOST_OPS = 2500
KIND_SIGNER = closed({"kid": ID})
MEMBER_SIGNER = closed({"kid": ID, "u": ID})
VIEW = closed({"net": POSITION, "adm": POSITION, "usr": POSITION})
ORDER_MARK = row(number(), HASH)


@dataclass(frozen=True)
class Op:
    name: str
    fields: dict[str, Any]

    def __getitem__(self, field: str) -> Any:
        return self.fields[field]


@dataclass(frozen=True)
class Link:
    """A link whose shape is right; whether it is valid is said by the chain it is applied to."""

    signed: Signed
    content: dict[str, Any]
    ops: tuple[Op, ...]

    @property
    def kind(self) -> str:
        return str(self.content["k"])

    @property
    def seq(self) -> int:
        return int(self.content["seq"])

    @property
    def at(self) -> int:
        return int(self.content["at"])

    @property
    def lhash(self) -> bytes:
        return self.signed.lhash

    @property
    def position(self) -> Position:
        return Position(self.seq, self.lhash)

    @property
    def signers(self) -> list[dict[str, bytes]]:
        """`by`, then `co`, in the order of their signatures."""
        return [self.content["by"], *self.content.get("co", [])]

    def require_signed_by(self, keys: Sequence[PublicKey]) -> None:
        """Refused: `signer`, `signature`."""
        if [signer["kid"] for signer in self.signers] != [key.kid for key in keys]:
            raise Refused(Code.SIGNER, "the link names other signers")
        verify(self.signed, self.kind, keys)


@dataclass(frozen=True)
class Position:
    """A place in a chain: the number of the link and its hash."""

    seq: int
    lhash: bytes

    def as_list(self) -> list[Any]:
        return [self.seq, self.lhash]


Ops = Mapping[str, Rule]


def read_link(raw: bytes, kind: str, ops: Ops) -> Link:
    """A link of this kind, every field of it checked. Refused: `cbor`, `schema`, `newer`."""
    if len(raw) > LARGEST_LINK:
        raise Refused(Code.SCHEMA, f"larger than {LARGEST_LINK} bytes")
    signed = read(raw)
    content = signed.content()
    _shape(content, kind, ops)
    return Link(signed, content, tuple(Op(name, fields) for name, fields in content["ops"]))


def _shape(content: Any, kind: str, ops: Ops) -> None:
    if not isinstance(content, dict):
        raise Refused(Code.SCHEMA, "link: not a map")
    group = kind == "grp"
    signer = MEMBER_SIGNER if group else KIND_SIGNER
    first = content.get("seq") == 0 and not isinstance(content.get("seq"), bool)
    fields: dict[str, Rule] = {
        "k": one_of(kind),
        "seq": number(),
        "at": TIME,
        "by": signer,
        "prev": or_null(HASH),
        "ops": several(_op(ops), least=1, most=MOST_OPS if group else 1),
        "tl": TREE_HEAD,
        "rnd" if first else "id": ID,
    }
    if group:
        fields["vw"] = VIEW
        if not first:
            fields["ml"] = ORDER_MARK
    closed(fields, {"co": several(signer, least=1, most=8), "x": open_field})(content, "link")


def _op(ops: Ops) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
            raise Refused(Code.SCHEMA, f"{where}: not an operation")
        if value[0] not in ops:
            raise Refused(Code.NEWER, f"{where}: {value[0]!r} is not known")
        ops[value[0]](value[1], f"{where}.{value[0]}")

    return rule


def require_follows(link: Link, head: Link | None, chain_id: bytes | None) -> None:
    """Rule V. Refused: `order`."""
    content = link.content
    if head is None:
        if link.seq != 0 or content["prev"] is not None:
            raise Refused(Code.ORDER, "not the first link")
        return
    if link.seq != head.seq + 1:
        raise Refused(Code.ORDER, f"link {link.seq} after {head.seq}")
    if content["prev"] != head.lhash:
        raise Refused(Code.ORDER, "another link stands before it")
    if content["id"] != chain_id:
        raise Refused(Code.ORDER, "of another chain")
    if link.at < head.at:
        raise Refused(Code.ORDER, "dated before the link before it")


def position_of(head: Link | None) -> Position:
    """Where a chain ends. Refused: `order` when it has not begun."""
    if head is None:
        raise Refused(Code.ORDER, "the chain has not begun")
    return head.position


def chain_id(genesis: Link) -> bytes:
    return genesis.lhash[:16]
