"""Every value must fit its column, whichever door it came through: by the models' own limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from django.db import models
from django.utils.translation import gettext_lazy as _

from cen.identifiers.kinds import KINDS
from cen.models import Case, CaseIdentifier, Concealment, Conveyance, Goods, RouteLeg
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet, columns_of, header_of

LINES: dict[str, type[models.Model]] = {
    "goods": Goods,
    "legs": RouteLeg,
    "conveyances": Conveyance,
    "concealments": Concealment,
    "identifiers": CaseIdentifier,
}
_LARGEST_JSON = 100_000
_LARGEST_INTEGER = 2_147_483_647
MOST_LINES = 500


@cache
def _columns(model: type[models.Model]) -> dict[str, Any]:
    return {field.name: field for field in model._meta.concrete_fields}


def _values(sheet: Sheet) -> Iterator[tuple[str, Any, Any]]:
    """Pointer, column and value of everything that is written."""
    for name, value in header_of(sheet).items():
        yield name, _columns(Case)[name], value
    for lines, model in LINES.items():
        for number, line in enumerate(getattr(sheet, lines)):
            for name, value in columns_of(line).items():
                yield f"{lines}/{number}/{name}", _columns(model)[name], value


@rule
class TextFits(Rule):
    code = "text_too_long"
    sentence = _("This text is too long for its field, or holds a character that can't be stored. Shorten it.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for pointer, column, value in _values(sheet):
            if isinstance(column, models.JSONField):
                if not _stores(value):
                    yield pointer
                continue
            longest = getattr(getattr(column, "base_field", column), "max_length", None)
            texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
            if any((longest and len(text) > longest) or "\0" in text for text in texts):
                yield pointer


@rule
class NumberFits(Rule):
    code = "number_too_large"
    sentence = _("This number is too large or too fine for its field. Check it and its unit.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for pointer, column, value in _values(sheet):
            if isinstance(value, Decimal) and isinstance(column, models.DecimalField):
                if not _fits(value, column.max_digits, column.decimal_places):
                    yield pointer
            elif type(value) is int and not 0 <= value <= _LARGEST_INTEGER:
                yield pointer


@rule
class LinesFit(Rule):
    code = "too_many_lines"
    sentence = _("A case holds at most 500 lines of one kind. Record the rest as a case of its own.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [lines for lines in LINES if len(getattr(sheet, lines)) > MOST_LINES]


@rule
class KnownKindOfIdentifier(Rule):
    code = "identifier_kind_unknown"
    sentence = _("This is no kind of identifier. Choose one from the list.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [f"identifiers/{n}/kind" for n, one in enumerate(sheet.identifiers) if one.kind not in KINDS]


def _stores(value: Any) -> bool:
    """Whether JSON is small, shallow and without the character that PostgreSQL refuses."""
    try:
        written = orjson.dumps(value)
    except (TypeError, ValueError):
        return False
    return len(written) <= _LARGEST_JSON and b"\\u0000" not in written


def _fits(value: Decimal, digits: int, places: int) -> bool:
    if not value.is_finite():
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= places and value.adjusted() < digits - places
