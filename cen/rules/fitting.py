"""Each value must fit the column that keeps it, so that no door can bring in what the database would refuse."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cen.codelists import lists
from cen.identifiers.kinds import NOMINAL_KINDS, UnknownKind, kind_of
from cen.models import Case, CaseIdentifier, Concealment, Conveyance, Goods, Media, RouteLeg
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import LINES, MOST_LINES, Sheet, header_names

MODEL_OF_LINES: dict[str, type[models.Model]] = {
    "goods": Goods,
    "legs": RouteLeg,
    "conveyances": Conveyance,
    "concealments": Concealment,
    "identifiers": CaseIdentifier,
    "media": Media,
}
LARGEST_COUNT = 2_147_483_647
# Characters in all texts of one JSON column, such as the block of a goods line.
LONGEST_OBJECT = 100_000
# Line ends and tabs are writing; every other control character is damage or a trick.
WRITING = frozenset("\n\r\t")


@rule
class TextNotTooLong(Rule):
    code = "text_too_long"
    sentence = _("This text is too long for its field. Shorten it.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return _broken(sheet, _too_long)


@rule
class TextIsReadable(Rule):
    code = "text_unreadable"
    sentence = _("This text holds a character that is not writing. Type it again.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return _broken(sheet, lambda column, value: any(not _is_writing(text) for text in _texts(value)))


@rule
class NumberFits(Rule):
    code = "number_too_large"
    sentence = _("This number is too large, or has too many places behind the point. Check it.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return _broken(sheet, _out_of_range)


@rule
class LinesFit(Rule):
    code = "too_many_lines"
    sentence = _("A case holds at most 500 lines of one kind. Record the rest as a case of its own.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [lines for lines in LINES if len(getattr(sheet, lines)) > MOST_LINES]


@rule
class IdentifierKindKnown(Rule):
    code = "identifier_kind_unknown"
    sentence = _("There is no such kind of number. Choose one of the list.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, one in enumerate(sheet.identifiers):
            if not _known(one.kind):
                yield f"identifiers/{number}/kind"


@rule
class UnknownHasAReason(Rule):
    code = "missing_reason_unknown"
    sentence = _("Say why this is not known with a reason of the list.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        known = lists.entries("missing_reason")
        for name, reason in sheet.unknown.items():
            if reason not in known or not isinstance(name, str) or len(name) > 60:
                yield "unknown"
                return


def _broken(sheet: Sheet, breaks: Callable[[Any, Any], bool]) -> Iterator[str]:
    for pointer, column, value in _values(sheet):
        if breaks(column, value):
            yield pointer


def _values(sheet: Sheet) -> Iterator[tuple[str, Any, Any]]:
    for name, column in _columns(Case, tuple(header_names())):
        yield name, column, getattr(sheet, name)
    for lines in LINES:
        for number, line in enumerate(getattr(sheet, lines)):
            for name, column in _columns(MODEL_OF_LINES[lines], tuple(one.name for one in fields(line))):
                yield f"{lines}/{number}/{name}", column, getattr(line, name)


@cache
def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(name, model._meta.get_field(name)) for name in names]


def _too_long(column: Any, value: Any) -> bool:
    if isinstance(column, models.JSONField):
        return sum(map(len, _texts(value))) > LONGEST_OBJECT
    single = column.base_field if isinstance(column, ArrayField) else column
    longest: int | None = getattr(single, "max_length", None)
    return longest is not None and any(len(text) > longest for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(key)
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _is_writing(text: str) -> bool:
    return all(unicodedata.category(one) not in {"Cc", "Cs"} or one in WRITING for one in text)


def _out_of_range(column: Any, value: Any) -> bool:
    if isinstance(value, Decimal):
        if not value.is_finite():
            return True
        whole = column.max_digits - column.decimal_places
        digits = value.normalize().as_tuple()
        behind = max(0, -int(digits.exponent))
        return behind > column.decimal_places or (bool(value) and value.adjusted() + 1 > whole)
    if isinstance(value, int) and not isinstance(value, bool):
        return not 0 <= value <= LARGEST_COUNT
    return False


def _known(kind: str) -> bool:
    if kind in NOMINAL_KINDS:
        return True
    try:
        kind_of(kind)
    except UnknownKind:
        return False
    return True
