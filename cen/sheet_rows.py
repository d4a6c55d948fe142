"""Sheets read back from the rows of cases that the caller was allowed to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cen.models import Case, CaseIdentifier, Concealment, Conveyance, Goods, Media, RouteLeg
from cen.sheet import (
    ConcealmentEntry,
    ConveyanceEntry,
    GoodsEntry,
    IdentifierEntry,
    LegEntry,
    MediaEntry,
    Sheet,
    entry_from,
    header_names,
)

_IDENTIFIERS: tuple[str, type[Any], type[Any]] = ("identifiers", CaseIdentifier, IdentifierEntry)
_MEDIA: tuple[str, type[Any], type[Any]] = ("media", Media, MediaEntry)
# The lists of a sheet that are rows with the same columns; identifiers are written with their reading.
LINE_MODELS: tuple[tuple[str, type[Any], type[Any]], ...] = (
    ("goods", Goods, GoodsEntry),
    ("legs", RouteLeg, LegEntry),
    ("conveyances", Conveyance, ConveyanceEntry),
    ("concealments", Concealment, ConcealmentEntry),
)
READ_MODELS = (*LINE_MODELS, _IDENTIFIERS, _MEDIA)


def sheet_of(case: Case) -> Sheet:
    """The case as a sheet."""
    return sheets_of([case])[case.pk]


def sheets_of(cases: Sequence[Case]) -> dict[UUID, Sheet]:
    """Sheets by the case's key: as many queries for a hundred cases as for one."""
    sheets = {case.pk: Sheet(**{name: getattr(case, name) for name in header_names()}) for case in cases}
    for name, model, entry in READ_MODELS:
        lines: dict[UUID, list[Any]] = defaultdict(list)
        for row in model.unguarded.filter(case_id__in=list(sheets)).order_by("case_id", "line", "id"):
            lines[row.case_id].append(entry_from(entry, row))
        for key, sheet in sheets.items():
            setattr(sheet, name, lines[key])
    return sheets
