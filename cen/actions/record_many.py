"""Many drafts at once, as imports bring them: the same rows as `record` writes, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Administration
from audit import trail
from audit.verbs import Verb
from cen.actions.quality import rate
from cen.actions.record import about, canonical_of
from cen.identifiers.reading import read
from cen.models import Case, CaseIdentifier, Goods
from cen.models.numbering import next_references
from cen.sheet import Sheet, columns_of, header_of
from cen.sheet_rows import LINE_MODELS
from cen.units_of_list import units


@dataclass(frozen=True, slots=True)
class Incoming:
    """A sheet that keeps the rules of a draft, for an administration; `number`: the source's own number of it."""

    sheet: Sheet
    administration: Administration
    number: str = ""


def record_many(
    who: trail.Who, author_id: UUID | None, incoming: Sequence[Incoming], *, source: str, batch_id: UUID
) -> list[Case]:
    """Writes the drafts; the caller asked the policy, checked the rules and opened the transaction.

    `source` names the system that `number` belongs to.
    """
    year = timezone.now().year
    references: dict[int, list[str]] = {}
    for owner in {one.administration.pk: one.administration for one in incoming}.values():
        count = sum(one.administration.pk == owner.pk for one in incoming)
        # Taken from the end, so that the order of the file is the order of the numbers.
        references[owner.pk] = next_references(f"{owner.code}-{year}", count)[::-1]
    cases = [_case(one, author_id, references[one.administration.pk].pop(), source, batch_id) for one in incoming]
    Case.unguarded.bulk_create(cases)
    facts = units()
    for name, model, _ in LINE_MODELS:
        rows = []
        for case, one in zip(cases, incoming, strict=True):
            for number, entry in enumerate(getattr(one.sheet, name)):
                row = model(case=case, administration_id=case.administration_id, line=number, **columns_of(entry))
                if model is Goods and (measured := canonical_of(entry, facts)):
                    row.canonical_kg, row.canonical_pieces = measured.kg, measured.pieces
                    row.canonical_litres, row.canonical_method = measured.litres, measured.method
                rows.append(row)
        model.unguarded.bulk_create(rows)
    CaseIdentifier.unguarded.bulk_create(_identifiers(cases, incoming))
    trail.record_many(who, Verb.CASE_RECORDED, [about(case) for case in cases], facts={"import": str(batch_id)})
    return cases


def _case(one: Incoming, author_id: UUID | None, reference: str, source: str, batch_id: UUID) -> Case:
    case = Case(
        reference=reference,
        administration_id=one.administration.pk,
        author_id=author_id,
        import_batch_id=batch_id,
    )
    if one.number:
        one.sheet.external_refs = [{"system": source, "id": one.number[:60]}]
    for name, value in header_of(one.sheet).items():
        setattr(case, name, value)
    home = one.administration.code[:2]
    if not case.place_country and "place_country" not in case.unknown:
        case.place_country = home
    if case.place_country == home:
        case.time_zone = case.time_zone or one.administration.time_zone
    rate(case, one.sheet)
    return case


def _identifiers(cases: list[Case], incoming: Sequence[Incoming]) -> list[Any]:
    rows = []
    for case, one in zip(cases, incoming, strict=True):
        for number, identifier in enumerate(one.sheet.identifiers):
            reading = read(identifier.kind, identifier.raw)
            rows.append(
                CaseIdentifier(
                    case=case,
                    administration_id=case.administration_id,
                    line=number,
                    kind=identifier.kind,
                    raw=identifier.raw,
                    normalised=reading.normalised[:100],
                    verdict=reading.verdict,
                )
            )
    return rows
