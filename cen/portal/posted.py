"""What a form posts besides its fields: the revision seen, the hash seen."""

from __future__ import annotations


def number(text: str | None) -> int:
    """A revision as posted; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def digest(text: str | None) -> bytes:
    """A hash as posted in hexadecimal; empty, which no version has, for anything else."""
    try:
        return bytes.fromhex(text or "")
    except ValueError:
        return b""
