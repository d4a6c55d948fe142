"""Closed schemas (sealed-protocol §4, AMENDMENTS H6): exact types, exact lengths, no field that is not named.

A rule is called with a value and the path to it, and refuses (`schema`) or returns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cenlink.sealed.checks.cbor import enc
from cenlink.sealed.refusals import Code, Refused

Rule = Callable[[Any, str], None]
LONGEST_TEXT = 200
LARGEST_OPEN_FIELD = 1024
# Controls hide text and bidirectional controls reorder it, so a signed name would not read as it was signed.
_FORBIDDEN = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def refuse(where: str, what: str) -> Refused:
    return Refused(Code.SCHEMA, f"{where}: {what}")


def is_integer(value: Any) -> bool:
    """True is not an integer here, although Python says so."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(low: int = 0, high: int = 2**53 - 1) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not is_integer(value) or not low <= value <= high:
            raise refuse(where, f"not an integer from {low} to {high}")

    return rule


def octets(length: int | None = None, *, most: int | None = None) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not isinstance(value, bytes):
            raise refuse(where, "not bytes")
        if length is not None and len(value) != length:
            raise refuse(where, f"not {length} bytes")
        if most is not None and len(value) > most:
            raise refuse(where, f"more than {most} bytes")

    return rule


def text(*, least: int = 1, most: int = LONGEST_TEXT) -> Rule:
    """Text of a link: short, and free of characters that hide or reorder it."""

    def rule(value: Any, where: str) -> None:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise refuse(where, f"not a text of {least} to {most} characters")
        if any(ord(character) in _FORBIDDEN for character in value):
            raise refuse(where, "holds control characters")

    return rule


def prose(*, most: int) -> Rule:
    """Text of a sealed body: line breaks are welcome."""

    def rule(value: Any, where: str) -> None:
        if not isinstance(value, str) or len(value) > most:
            raise refuse(where, f"not a text of at most {most} characters")

    return rule


def one_of(*values: str | int) -> Rule:
    def rule(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, str | int) or value not in values:
            raise refuse(where, f"not one of {', '.join(map(str, values))}")

    return rule


def or_null(other: Rule) -> Rule:
    def rule(value: Any, where: str) -> None:
        if value is not None:
            other(value, where)

    return rule


def several(item: Rule, *, least: int = 0, most: int) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise refuse(where, f"not a list of {least} to {most}")
        for place, entry in enumerate(value):
            item(entry, f"{where}[{place}]")

    return rule


def row(*items: Rule) -> Rule:
    def rule(value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) != len(items):
            raise refuse(where, f"not a list of exactly {len(items)}")
        for place, (entry, item) in enumerate(zip(value, items, strict=True)):
            item(entry, f"{where}[{place}]")

    return rule


def closed(fields: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """A map with exactly these fields, some of which may be absent."""
    allowed = {**fields, **(optional or {})}

    def rule(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise refuse(where, "not a map")
        for name in fields:
            if name not in value:
                raise refuse(where, f"{name} is missing")
        for name, entry in value.items():
            if name not in allowed:
                raise Refused(Code.NEWER, f"{where}: {name} is not known")
            allowed[name](entry, f"{where}.{name}")

    return rule


def open_field(value: Any, where: str) -> None:
    """`x`: anything small; ignored when not understood, so that later versions can add to it."""
    if not isinstance(value, dict) or len(enc(value)) > LARGEST_OPEN_FIELD:
        raise refuse(where, f"not a map of at most {LARGEST_OPEN_FIELD} bytes")


ID = octets(16)
HASH = octets(32)
TIME = number()
POSITION = row(number(), HASH)
TREE_HEAD = or_null(row(number(), HASH))
