"""Setting thresholds, and telling of a case that lies below them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.codelists import lists
from cen.models import Case, Threshold
from cen.sheet import Sheet
from cen.thresholds import Minimum, is_below
from cen.units_of_list import MEASURES, units

# Behind the point: as much as a quantity may have.
SMALLEST = Decimal("0.000000001")
LARGEST = Decimal(10) ** 12


def below_threshold(case: Case, sheet: Sheet) -> list[Finding]:
    """A warning where the case lies below the thresholds of its liaison office; it may stay national."""
    office = case.administration.validating_office(timezone.now().date())
    rows = Threshold.unguarded.filter(category__in=sorted({line.category for line in sheet.goods}))
    rows = rows.filter(Q(liaison_office__isnull=True) | Q(liaison_office=office))
    minimums = [
        Minimum(one.category, one.goods_type, one.measure, one.minimum, one.liaison_office_id is not None)
        for one in rows
    ]
    if not is_below(sheet, minimums, units()):
        return []
    sentence = _("The quantity lies below the threshold of the network. The case may stay with your administration.")
    return [Finding("below_threshold", sentence, "goods", severity="warning")]


def set_threshold(actor: Actor, *, category: str, goods_type: str, measure: str, minimum: Decimal) -> Threshold:
    """Sets the minimum of the actor's liaison office, or of everywhere for the Secretariat."""
    row = Threshold(
        category=category, goods_type=goods_type, liaison_office_id=actor.liaison_office_id, measure=measure
    )
    policy_for(Threshold).require(actor, Action.CREATE, row)
    findings = list(_wrong(category, goods_type, measure, minimum))
    if findings:
        raise RulesBroken(findings)
    made, _created = Threshold.unguarded.update_or_create(
        category=category,
        goods_type=goods_type,
        liaison_office_id=actor.liaison_office_id,
        measure=measure,
        defaults={"minimum": minimum},
    )
    trail.record(actor.who(), Verb.THRESHOLD_SET, _about(made), facts=_facts(made) | {"minimum": str(minimum)})
    result: Threshold = made
    return result


def remove_threshold(actor: Actor, threshold: Threshold) -> None:
    """Takes a minimum back: from then on every quantity of these goods belongs into the network."""
    policy_for(Threshold).require(actor, Action.AMEND, threshold)
    trail.record(actor.who(), Verb.THRESHOLD_SET, _about(threshold), facts=_facts(threshold) | {"minimum": None})
    Threshold.unguarded.filter(pk=threshold.pk).delete()


def _wrong(category: str, goods_type: str, measure: str, minimum: Decimal) -> Any:
    if not lists.is_valid("category", category):
        yield Finding("category_missing", _("Choose the category."), "category")
    known = lists.entries("goods_type").get(goods_type)
    if goods_type and (known is None or known.parent != category):
        yield Finding("type_of_other_category", _("Choose a type of this category."), "goods_type")
    if measure not in MEASURES:
        yield Finding("measure_unknown", _("Choose the measure."), "measure")
    if not minimum.is_finite() or not SMALLEST <= minimum <= LARGEST:
        yield Finding("minimum_out_of_range", _("Give a number greater than zero."), "minimum")


def _about(threshold: Threshold) -> trail.What:
    return trail.What("threshold", str(threshold.pk), threshold.category)


def _facts(threshold: Threshold) -> dict[str, Any]:
    names = ("category", "goods_type", "measure", "liaison_office_id")
    return {name: getattr(threshold, name) for name in names}
