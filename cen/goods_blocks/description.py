"""How a block and its fields are described."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    """What a field holds, and how it stands in the block's JSON.

    text, code: text. number: decimal text such as `12.5`. quantity: `{"value": "12.5", "unit": "MGM"}`.
    date: `2026-10-19`. boolean: true or false. several: a list of texts, or of codes where a list is named.
    """

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    QUANTITY = "quantity"
    DATE = "date"
    BOOLEAN = "boolean"
    SEVERAL = "several"


MOST_SEVERAL = 50


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a block.

    code_list: the list of its codes (`iso4217` for currencies). units: of a quantity. needed: the code of the
    rule that asks for it when the record is sent on, '' where it may be left out; `needed_when` narrows that
    to a value of another field of the block. leaves: whether it goes with a release. longest: characters of a
    text. most: largest number; whole: without decimals.
    """

    name: str
    label: Any
    kind: FieldKind
    code_list: str = ""
    units: tuple[str, ...] = ()
    needed: str = ""
    needed_when: tuple[str, Any] | None = None
    leaves: bool = True
    help: Any = ""
    longest: int = 120
    most: Decimal | None = None
    whole: bool = False

    def is_needed(self, block: dict[str, Any]) -> bool:
        """Whether the record may not be sent on without it, given the other values."""
        if not self.needed:
            return False
        return self.needed_when is None or block.get(self.needed_when[0]) == self.needed_when[1]


@dataclass(frozen=True, slots=True)
class Block:
    """The fields of some categories of goods, in the order of the form."""

    name: str
    title: Any
    categories: tuple[str, ...]
    fields: tuple[FieldSpec, ...]

    def field(self, name: str) -> FieldSpec | None:
        """The field of that name."""
        return next((one for one in self.fields if one.name == name), None)
