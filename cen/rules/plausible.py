"""Rules about what hardly can be, or ought to be there: told, or asked about, seldom refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.codelists import lists
from cen.quality import LABELS, unanswered
from cen.rules.rule import Rule, RuleAround, Stage, Surroundings, rule
from cen.sheet import Sheet
from cen.units_of_list import measures_of, units

# At home in several countries, though they have a code of their own.
UNIONS = frozenset({"EU"})


@rule
class FoundAtHome(RuleAround):
    code = "place_elsewhere"
    sentence = _("The place lies outside your administration. Correct it, or confirm that it was a joint operation.")
    stage = Stage.DRAFT
    severity = "confirm"

    def broken_within(self, sheet: Sheet, around: Surroundings) -> Iterable[str]:
        home = around.home if around.home in lists.entries("country") else ""
        if sheet.place_country and home and home not in UNIONS and sheet.place_country != home:
            yield "place_country"


@rule
class QuantityNotFarOut(RuleAround):
    code = "quantity_far_out"
    sentence = _("Only one published case in a thousand is larger. Check number and unit, or confirm that it is so.")
    stage = Stage.DRAFT
    severity = "confirm"

    def broken_within(self, sheet: Sheet, around: Surroundings) -> Iterable[str]:
        facts = units() if around.far_out else {}
        for number, line in enumerate(sheet.goods) if around.far_out else ():
            for measure, value in measures_of(line, facts).items():
                limit = around.far_out.get((line.category, measure))
                if limit is not None and value > limit:
                    yield f"goods/{number}/quantity"
                    break


@rule
class BrandOfCounterfeit(Rule):
    code = "brand_missing"
    sentence = _("Give the brand or the right that was infringed.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        categories = lists.entries("category")
        for number, line in enumerate(sheet.goods):
            known = categories.get(line.category)
            if known and "brand" in str(known.extra.get("requires", "")).split() and not line.brand.strip():
                yield f"goods/{number}/brand"


@rule
class SecondUnitWithQuantity(Rule):
    code = "second_unit_missing"
    sentence = _("Choose the unit of the second quantity.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            if line.second_quantity is not None and not line.second_unit:
                yield f"goods/{number}/second_unit"


@rule
class SecondQuantityPositive(Rule):
    code = "second_quantity_not_positive"
    sentence = _("A quantity is greater than zero. Leave the second one empty if there is none.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            if line.second_quantity is not None and line.second_quantity <= 0:
                yield f"goods/{number}/second_quantity"


@rule
class CurrencyOfValue(Rule):
    code = "value_currency_missing"
    sentence = _("Choose the currency of the value.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for number, line in enumerate(sheet.goods):
            if line.value is not None and not line.currency:
                yield f"goods/{number}/currency"


@rule
class PointOnEarth(Rule):
    code = "coordinates_impossible"
    sentence = _("Latitude runs from -90 to 90, longitude from -180 to 180, and both belong together. Check them.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        for name, other, most in (("latitude", "longitude", 90), ("longitude", "latitude", 180)):
            value = getattr(sheet, name)
            if value is None:
                if getattr(sheet, other) is not None:
                    yield name
            elif not value.is_finite() or abs(value) > most:
                yield name


@rule
class TimeZoneKnown(Rule):
    code = "time_zone_unknown"
    sentence = _("There is no such time zone. Write it like Africa/Accra.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.time_zone and sheet.time_zone not in available_timezones():
            yield "time_zone"


@rule
class ArrestsOfPersons(Rule):
    code = "arrests_more_than_persons"
    sentence = _("More persons were arrested than were counted. Check both numbers.")
    stage = Stage.SUBMIT
    severity = "warning"

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.persons_count is not None and (sheet.arrests_count or 0) > sheet.persons_count:
            yield "arrests_count"


@rule
class AnswersOfTheForm(Rule):
    code = "answer_missing"
    sentence = _("The form asks for this too. Give it, or say why it is not known.")
    stage = Stage.SUBMIT
    severity = "warning"

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return unanswered(sheet).values()

    def findings(self, sheet: Sheet) -> Iterator[Finding]:
        sentence = _("The form asks for this too: %s. Give it, or say why it is not known.")
        for name, pointer in unanswered(sheet).items():
            yield Finding(self.code, sentence % LABELS[name], pointer, self.severity)
