"""What stands in the full form, as text and chosen codes: from a sheet, from a request, from the short form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cen.case_words import HEADER, LINES, UNKNOWN, value_of
from cen.goods_blocks import block_of
from cen.goods_blocks.values import decimal_text
from cen.numbers import read_number
from cen.portal.fields import typed_block
from cen.sheet import GoodsEntry, Sheet

# More rows than a person fills in; further lines of a case stay as they are.
MOST_ROWS = 40
STARTING_LEGS = ("departure", "transit", "destination")


@dataclass(slots=True)
class Typed:
    """Initial values of the header and of each row, by the names of their form fields."""

    header: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, lines: str) -> None:
        """One more empty row."""
        if lines in self.rows and len(self.rows[lines]) < MOST_ROWS:
            self.rows[lines].append({})

    def remove(self, lines: str, number: int) -> None:
        """The row is gone; those behind it move up."""
        if lines in self.rows and 0 <= number < len(self.rows[lines]):
            del self.rows[lines][number]


def shown_quantity(line: GoodsEntry) -> str:
    """The quantity as its field shows it: as written, where that is a number and nothing else."""
    if line.quantity is None or read_number(line.quantity_text).value == line.quantity:
        return line.quantity_text
    return decimal_text(line.quantity)


def typed_of(sheet: Sheet) -> Typed:
    """The sheet as it stands in the form, with a first empty row where it has no line."""
    header = {name: value_of(sheet, name) for name in HEADER}
    header |= {f"unknown_{name}": sheet.unknown.get(name, "") for name in UNKNOWN}
    rows: dict[str, list[dict[str, Any]]] = {}
    for lines, (_title, words) in LINES.items():
        rows[lines] = [{name: value_of(line, name) for name in words} for line in getattr(sheet, lines)[:MOST_ROWS]]
    for row, line in zip(rows["goods"], sheet.goods, strict=False):
        block = block_of(line.category)
        row |= typed_block(block.fields if block else (), line.block)
        row["quantity_text"] = row["shown"] = shown_quantity(line)
        row["written"] = line.quantity_text
    for lines in ("goods", "conveyances", "concealments", "identifiers"):
        rows[lines] = rows[lines] or [{}]
    rows["legs"] = rows["legs"] or [{"role": role} for role in STARTING_LEGS]
    return Typed(header, rows)


def with_short_answers(typed: Typed, given: Mapping[str, str]) -> Typed:
    """The short form's answers, as typed, laid over the full form: readable or not, none is lost."""
    for name in ("seizure_date", "location_type", "place_name", "locode", "direction", "detection_trigger"):
        typed.header[name] = given.get(name, "")
    typed.header["narrative_public"] = given.get("narrative_public", "")
    goods = typed.rows["goods"][0]
    for name in ("category", "goods_type", "unit"):
        goods[name] = given.get(name, "")
    goods["quantity_text"] = given.get("quantity", "")
    goods |= {name: value for name, value in given.items() if name.startswith("block_")}
    legs = typed.rows["legs"]
    for role in STARTING_LEGS:
        first = next((row for row in legs if row.get("role") == role), None)
        if first is not None:
            first["country"] = given.get(role, "")
        elif given.get(role):
            legs.append({"role": role, "country": given[role]})
    numbers = typed.rows["identifiers"]
    container = next((row for row in numbers if row.get("kind") in {"container", None, ""}), None)
    if container is not None:
        container["raw"] = given.get("container", "")
        container["kind"] = "container" if container["raw"] else ""
    elif given.get("container"):
        numbers.insert(0, {"kind": "container", "raw": given["container"]})
    return typed
