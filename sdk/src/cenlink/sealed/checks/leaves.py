"""Leaf data of the transparency log (sealed-protocol §9); the server keeps their order from the first link on."""

from __future__ import annotations

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.checks.signed import sha256


def chain_leaf(kind: str, chain: bytes, seq: int, lhash: bytes) -> bytes:
    """Of a link. A group's id is hidden behind a tag, so that witnesses learn no group's activity."""
    if kind == "grp":
        return enc(["comm/1/leaf", "grp", sha256(enc(["comm/1/tag", chain, seq])), lhash])
    return enc(["comm/1/leaf", kind, chain, seq, lhash])


def message_leaf(group: bytes, i: int, lhash: bytes) -> bytes:
    return enc(["comm/1/leaf", "msg", sha256(enc(["comm/1/tag", group, "m", i])), lhash])


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data)
