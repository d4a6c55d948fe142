"""One cell: what it may hold, its text, and how it goes back into a file without becoming a formula."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from cen.imports.limits import CELL_CHARACTERS

type Cell = str | int | float | bool | Decimal | date | time | None

# A sign at the beginning is a number's or a dash; with these marks behind it a sheet would calculate.
_CALCULATES = re.compile(r"[=@]|[+-](?=.*[(|!=])|[\t\r](?=[=+@-])", re.DOTALL)
_STARTS_FORMULA = re.compile(r"[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9 .,']*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(slots=True)
class Row:
    """A row as read: its number as a sheet counts (the header is 1) and its cells by column.

    `broken` holds cells that must not be used, with the code of the reason; key "" is the row itself.
    """

    number: int
    cells: dict[str, Cell]
    broken: dict[str, str] = field(default_factory=dict)


def text_of(cell: Cell) -> str:
    """The cell as text: dates in ISO, numbers with a point, without blanks at the ends."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def written(cell: Cell, decimal: str = "") -> str:
    """The cell as it is written into a file that the same mapping shall read; decimal: `comma` or not."""
    text = text_of(cell)
    return text.replace(".", ",") if decimal == "comma" and isinstance(cell, float | Decimal) else text


def wrong_with_text(text: str) -> str | None:
    """The code of what is wrong with a cell of text, None where it can be used."""
    if len(text) > CELL_CHARACTERS:
        return "cell_too_long"
    if _CONTROL.search(text):
        return "cell_control_characters"
    if _CALCULATES.match(text):
        return "cell_formula"
    return None


def without_guard(text: str) -> str:
    """The text without the apostrophe that `for_sheet` put before it."""
    return text[1:] if text[:1] == "'" and _STARTS_FORMULA.match(text[1:2]) else text


def for_sheet(text: str) -> str:
    """The text so that a sheet program shows it and never calculates it."""
    if _STARTS_FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text
