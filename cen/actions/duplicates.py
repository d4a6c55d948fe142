"""Looking for the same event before saving, and linking two cases; nothing is ever merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.duplicates import CODE, DAYS_APART, TELLING_KINDS, Alike, Place, around, confirmation, unconfirmed
from cen.identifiers.reading import read
from cen.lifecycle import CaseState
from cen.models import Case, CaseIdentifier, CaseLink, Goods
from cen.sheet import Sheet
from cen.units_of_list import measures_of, units

# Further lines and further likenesses tell nothing new.
LINES_COMPARED = 20
MOST_ALIKE = 10


def alike(administration_id: int, sheet: Sheet, *, besides: UUID | None = None) -> list[Alike]:
    """Cases of the administration that are perhaps the same event as the sheet, by two indexed queries.

    Gives references only, to whoever may record there, machine clients that may read nothing included.
    """
    because: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    for key, reference in _by_circumstances(administration_id, sheet):
        because[key, reference].add("circumstances")
    for key, reference, kind in _by_number(administration_id, sheet):
        because[key, reference].add(kind)
    found = [Alike(key, reference, tuple(sorted(why))) for (key, reference), why in because.items() if key != besides]
    return sorted(found, key=lambda one: (-len(one.because), one.reference))[:MOST_ALIKE]


def require_looked_at(case: Case, sheet: Sheet, others: Iterable[Finding] = ()) -> list[Finding]:
    """Raises RulesBroken with a finding for each case that is perhaps the same and was not confirmed.

    Afterwards `confirmed` names the very cases that were looked at, so that a later one is asked about again.
    `others` are findings to be told beside. Returns findings of those that stay as warnings.
    """
    found = alike(case.administration_id, sheet, besides=case.pk)
    if new := unconfirmed(found, sheet.confirmed):
        raise RulesBroken([*others, *(one.finding() for one in new)])
    kept = [confirmation(one.reference) for one in found]
    sheet.confirmed = [one for one in sheet.confirmed if one != CODE and one not in kept] + kept
    return [Finding(CODE, one.finding().sentence, severity="warning", suggestion=one.reference) for one in found]


def link(actor: Actor, case: Case, other: Case, *, relation: str, reason: str = "") -> CaseLink:
    """Says that two cases of the administration are the same event or belong together. Either stays as it is."""
    policy = policy_for(Case)
    policy.require(actor, Action.LINK, case)
    policy.require(actor, Action.LINK, other)
    if relation not in dict(CaseLink._meta.get_field("relation").flatchoices):
        raise RulesBroken([Finding("relation_unknown", _("Say how the two belong together."), "relation")])
    if case.pk == other.pk:
        raise RulesBroken([Finding("link_to_itself", _("Name another case than this one."), "other")])
    # Always in one order, so that the database keeps a pair from being linked twice.
    first, second = sorted((case, other), key=lambda one: one.pk)
    if CaseLink.unguarded.filter(case=first, other=second, undone_at__isnull=True).exists():
        raise RulesBroken([Finding("linked_already", _("These two cases are linked already."), "other")])
    made: CaseLink = CaseLink.unguarded.create(
        administration_id=case.administration_id,
        case=first,
        other=second,
        relation=relation,
        reason=reason.strip()[:300],
        made_by_id=actor.officer_id,
    )
    _tell(actor, Verb.CASE_LINKED, (case, other), relation)
    return made


def unlink(actor: Actor, made: CaseLink) -> None:
    """Undoes a link; that it stood remains known."""
    both = (made.case, made.other)
    for one in both:
        policy_for(Case).require(actor, Action.LINK, one)
    if CaseLink.unguarded.filter(pk=made.pk, undone_at__isnull=True).update(undone_at=timezone.now()):
        _tell(actor, Verb.CASE_UNLINKED, both, made.relation)


def _tell(actor: Actor, verb: Verb, both: tuple[Case, Case], relation: str) -> None:
    for one, other in (both, both[::-1]):
        what = trail.What("case", str(one.pk), one.reference, one.administration_id)
        trail.record(actor.who(), verb, what, facts={"other": other.reference, "relation": relation})


def _by_circumstances(administration_id: int, sheet: Sheet) -> Iterator[tuple[UUID, str]]:
    goods = _goods_like(sheet)
    if sheet.seizure_date is None or goods is None:
        return
    apart = DAYS_APART if sheet.date_precision == "day" else DAYS_APART * 0
    days = (sheet.seizure_date - apart, sheet.seizure_date + apart)
    rows = Goods.unguarded.filter(
        goods,
        administration_id=administration_id,
        case__administration_id=administration_id,
        case__seizure_date__range=days,
        case__date_precision=sheet.date_precision,
        case__kind=sheet.kind,
    ).exclude(case__state=CaseState.DISCARDED)
    columns = ("case_id", "case__reference", "case__locode", "case__place_name", "case__location_type")
    place = Place(sheet.locode, sheet.place_name, sheet.location_type)
    for key, reference, *where in rows.values_list(*columns).distinct()[:500]:
        if place.agrees(Place(*where)):
            yield key, reference


def _goods_like(sheet: Sheet) -> Q | None:
    """Goods of the same category with a quantity near one of the sheet's; None where nothing was measured."""
    facts, near = units(), Q()
    for line in sheet.goods[:LINES_COMPARED]:
        if line.quantity is None or not line.category:
            continue
        measures = {f"canonical_{name}__range": around(value) for name, value in measures_of(line, facts).items()}
        for column, span in measures.items() or [("quantity__range", around(line.quantity))]:
            near |= Q(category=line.category, **{column: span}, **({} if measures else {"unit": line.unit}))
    return near or None


def _by_number(administration_id: int, sheet: Sheet) -> Iterator[tuple[UUID, str, str]]:
    numbers: dict[str, set[str]] = defaultdict(set)
    for one in sheet.identifiers:
        if one.kind in TELLING_KINDS and (normalised := read(one.kind, one.raw).normalised):
            numbers[one.kind].add(normalised[:100])
    if not numbers:
        return
    same = Q()
    for kind, values in numbers.items():
        same |= Q(kind=kind, normalised__in=values)
    rows: Any = CaseIdentifier.unguarded.filter(same, administration_id=administration_id)
    rows = rows.exclude(case__state=CaseState.DISCARDED).order_by("-case_id")
    yield from rows.values_list("case_id", "case__reference", "kind")[:100]
