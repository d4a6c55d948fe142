"""What two sheets of one case say differently, column by column, in words: for the page of a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from cen.case_words import HEADER, LINES, UNKNOWN, Word, value_of
from cen.codelists import lists
from cen.goods_blocks import shown
from cen.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Difference:
    """One column: what stands now, and what this person wrote; '' where there is nothing."""

    label: str
    now: str
    mine: str


def differences(now: Sheet, mine: Sheet) -> list[Difference]:
    """Every column in which the two differ, in the order of the form."""
    found = [*_columns("", HEADER, now, mine)]
    for lines, (title, words) in LINES.items():
        pairs = zip_longest(getattr(now, lines), getattr(mine, lines))
        for number, (one, other) in enumerate(pairs, start=1):
            found += _columns(f"{title} {number}: ", words, one, other)
            if lines == "goods":
                found += _blocks(f"{title} {number}: ", one, other)
    for name, label in UNKNOWN.items():
        reasons = [lists.label("missing_reason", sheet.unknown.get(name, "")) for sheet in (now, mine)]
        if reasons[0] != reasons[1]:
            found.append(Difference(_("%s is not known, because") % label, *reasons))
    return found


def _columns(before: str, words: dict[str, Word], now: Any, mine: Any) -> Iterator[Difference]:
    for name, word in words.items():
        one, other = (word.text(value_of(source, name)) if source is not None else "" for source in (now, mine))
        if one != other:
            yield Difference(f"{before}{word.label}", one, other)


def _blocks(before: str, now: Any, mine: Any) -> Iterator[Difference]:
    texts: dict[str, list[str]] = {}
    for side, line in enumerate((now, mine)):
        for label, text, _spec in shown(line.category, line.block) if line is not None else ():
            texts.setdefault(str(label), ["", ""])[side] = text
    for label, (one, other) in texts.items():
        if one != other:
            yield Difference(f"{before}{label}", one, other)
