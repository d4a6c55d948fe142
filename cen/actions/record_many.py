"""Many drafts at once, as imports bring them: the same rows as `record` writes, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.models import Administration
from audit import trail
from audit.verbs import Verb
from cen.actions.case_lines import write_lines
from cen.actions.quality import rate
from cen.actions.record import about
from cen.models import Case
from cen.models.numbering import next_references
from cen.sheet import Sheet, header_of


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
    write_lines([(case, one.sheet) for case, one in zip(cases, incoming, strict=True)])
    trail.record_many(who, Verb.CASE_RECORDED, [about(case) for case in cases], facts={"import": str(batch_id)})
    return cases


def _case(one: Incoming, author_id: UUID | None, reference: str, source: str, batch_id: UUID) -> Case:
    case = Case(
        reference=reference,
        administration_id=one.administration.pk,
        author_id=author_id,
        edited_by_id=author_id,
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
