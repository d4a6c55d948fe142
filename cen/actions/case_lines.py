"""The rows of a case: written here for every door, one case or a file of them in the same few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cen.identifiers.reading import read
from cen.models import Case, CaseIdentifier, Goods
from cen.quantities import UnitFacts
from cen.sheet import Sheet, columns_of
from cen.sheet_rows import LINE_MODELS
from cen.units_of_list import canonical_of, units


def write_lines(written: Sequence[tuple[Case, Sheet]]) -> None:
    """Adds goods, route, conveyances, concealments and identifiers of the sheets to their saved cases."""
    facts = units()
    for name, model, _entry in LINE_MODELS:
        model.unguarded.bulk_create(
            _row(model, case, number, entry, facts)
            for case, sheet in written
            for number, entry in enumerate(getattr(sheet, name))
        )
    CaseIdentifier.unguarded.bulk_create(_identifiers(written))


def _row(model: type[Any], case: Case, number: int, entry: Any, facts: dict[str, UnitFacts]) -> Any:
    row = model(case=case, administration_id=case.administration_id, line=number, **columns_of(entry))
    if model is Goods and (measured := canonical_of(entry, facts)):
        row.canonical_kg, row.canonical_pieces = measured.kg, measured.pieces
        row.canonical_litres, row.canonical_method = measured.litres, measured.method
    return row


def _identifiers(written: Sequence[tuple[Case, Sheet]]) -> Iterator[CaseIdentifier]:
    for case, sheet in written:
        for number, one in enumerate(sheet.identifiers):
            reading = read(one.kind, one.raw)
            yield CaseIdentifier(
                case=case,
                administration_id=case.administration_id,
                line=number,
                kind=one.kind,
                raw=one.raw,
                normalised=reading.normalised[:100],
                verdict=reading.verdict,
            )
