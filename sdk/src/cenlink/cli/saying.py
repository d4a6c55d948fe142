"""What is said: data to standard output as a table or one JSON document, everything else to standard error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

# What others wrote must not move the cursor, colour the screen or reorder the line.
_UNSHOWN = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {0x0A}


def shown(text: str) -> str:
    """Text of others, fit for a terminal."""
    return "".join("�" if ord(letter) in _UNSHOWN else letter for letter in text)


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else "–"


def document(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Aligned columns; nothing at all when there are no rows."""
    if not rows:
        return
    cells = [[shown(str(cell)).replace("\n", " ") for cell in row] for row in [heads, *rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def told(text: str) -> None:
    """Progress and warnings, one line."""
    click.echo(f"cenlink: {shown(' '.join(text.split()))}", err=True)
