"""What a check says of a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason for doubt: a stable code for programs and a sentence for people."""

    code: str
    sentence: Sentence


Outcome = Finding | Literal["ok", "unchecked"]
"""``ok`` passed a check rule; ``unchecked`` looks right but its kind has no rule that could prove it."""
