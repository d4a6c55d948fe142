"""How complete and how timely a record is, from 0 to 100, and what would raise it.

Parts: 50 for what the form requires, 15 for the route, 10 for the concealment, 5 for tariff codes, 5 for an
image, 15 for timeliness (recorded within 7 days; 8 points within 30). What is not known and says why counts
as given among the required answers, not in the other parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cen.sheet import ConcealmentEntry, GoodsEntry, LegEntry, Sheet

REQUIRED, PHOTO, HEADINGS = 50, 5, 5
DEPARTURE, DESTINATION, FURTHER = 6, 6, 3
HIDING_PLACE, HIDING_METHOD = 5, 5
TIMELY, LESS_TIMELY = (7, 15), (30, 8)
# No image of this is ever taken in, so that none can be missing.
WITHOUT_IMAGES = frozenset({"OBS"})

SHORT = ("seizure_date", "location_type", "direction", "flow_kind", "detection_trigger")
LONG = (*SHORT, "place", "detection_techniques", "concealments", "grading_source", "grading_information")
OF_GOODS = ("category", "quantity")

LABELS: dict[str, Any] = {
    "seizure_date": _("the date"),
    "location_type": _("the kind of place"),
    "place": _("the name of the place or its UN/LOCODE"),
    "direction": _("the direction"),
    "flow_kind": _("the kind of flow: cargo, post, passenger …"),
    "detection_trigger": _("why it was selected"),
    "detection_techniques": _("how it was found"),
    "concealments": _("where it was hidden"),
    "grading_source": _("the grading of the source"),
    "grading_information": _("the grading of the information"),
    "goods": _("the goods"),
    "category": _("the category of all goods"),
    "quantity": _("the quantity and unit of all goods"),
    "departure": _("the departure"),
    "destination": _("the destination"),
    "route": _("one more stop of the route, or the place of one"),
    "concealment_place": _("the place of concealment"),
    "concealment_method": _("the method of concealment"),
    "hs_code": _("the tariff code of all goods"),
    "photo": _("a photo"),
    "timeliness": _("recording it sooner, within 7 days"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not there, and how many points it would bring."""

    code: str
    points: int

    @property
    def label(self) -> str:
        return str(LABELS.get(self.code, self.code))


@dataclass(frozen=True, slots=True)
class Quality:
    """score: 0 to 100. missing: what would raise it, the most first."""

    score: int
    missing: tuple[Missing, ...]

    @property
    def can_be_raised(self) -> list[Missing]:
        """What somebody can still do; time that has passed is gone."""
        return [one for one in self.missing if one.code != "timeliness"]


def quality_of(sheet: Sheet, *, on: date, photos: int | None) -> Quality:
    """The quality of the record as it stands on that day; photos None: not known here, and not counted against."""
    lost = [*_required(sheet), *_route(sheet), *_concealment(sheet), *_headings(sheet)]
    if photos == 0 and WITHOUT_IMAGES.isdisjoint(line.category for line in sheet.goods):
        lost.append(("photo", Decimal(PHOTO)))
    if late := TIMELY[1] - _timeliness(sheet, on):
        lost.append(("timeliness", Decimal(late)))
    score = _rounded(100 - sum((points for _code, points in lost), Decimal(0)))
    missing = [Missing(code, max(1, _rounded(points))) for code, points in lost]
    return Quality(score, tuple(sorted(missing, key=lambda one: -one.points)))


def unanswered(sheet: Sheet) -> dict[str, str]:
    """What the form asks for and the header holds neither as an answer nor as a reason: code to place."""
    columns = {"place": "place_name"}
    asked = SHORT if sheet.form == "short" else LONG
    return {name: columns.get(name, name) for name in asked if not _given(sheet, name)}


def sheet_of_body(body: dict[str, Any]) -> Sheet:
    """A released document as a sheet, as far as quality looks at it."""
    day = body.get("seizure_date")
    sheet = Sheet(**{one.name: body[one.name] for one in fields(Sheet) if one.name in body and one.name != "goods"})
    sheet.seizure_date = date.fromisoformat(day) if day else None
    sheet.goods = [_entry(GoodsEntry, line) for line in body.get("goods", ())]
    sheet.legs = [_entry(LegEntry, leg) for leg in body.get("route", ())]
    sheet.concealments = [_entry(ConcealmentEntry, one) for one in body.get("concealments", ())]
    return sheet


def _entry(kind: type[Any], given: dict[str, Any]) -> Any:
    return kind(**{one.name: given[one.name] for one in fields(kind) if one.name in given})


def _required(sheet: Sheet) -> Iterator[tuple[str, Decimal]]:
    asked = [*(SHORT if sheet.form == "short" else LONG), *(OF_GOODS if sheet.goods else ["goods"])]
    if sheet.kind != "seizure" and not sheet.goods:
        asked.remove("goods")
    share = Decimal(REQUIRED) / len(asked)
    yield from ((name, share) for name in asked if not _given(sheet, name))


def _given(sheet: Sheet, name: str) -> bool:
    if name == "goods":
        return bool(sheet.goods)
    if name == "category":
        return all(line.category for line in sheet.goods)
    if name == "quantity":
        return all((line.quantity is not None and line.unit) or line.unmeasured for line in sheet.goods)
    if name == "place":
        return bool(sheet.place_name or sheet.locode or {"place", "place_name", "locode"} & sheet.unknown.keys())
    return bool(getattr(sheet, name) or name in sheet.unknown)


def _route(sheet: Sheet) -> Iterator[tuple[str, Decimal]]:
    roles = {leg.role for leg in sheet.legs if leg.country}
    if "departure" not in roles:
        yield "departure", Decimal(DEPARTURE)
    if roles.isdisjoint({"destination", "final_destination"}):
        yield "destination", Decimal(DESTINATION)
    if len(sheet.legs) < 3 and not any(leg.place_name or leg.locode or leg.iata for leg in sheet.legs):
        yield "route", Decimal(FURTHER)


def _concealment(sheet: Sheet) -> Iterator[tuple[str, Decimal]]:
    if not any(one.place for one in sheet.concealments):
        yield "concealment_place", Decimal(HIDING_PLACE)
    if not any(one.method for one in sheet.concealments):
        yield "concealment_method", Decimal(HIDING_METHOD)


def _headings(sheet: Sheet) -> Iterator[tuple[str, Decimal]]:
    without = sum(1 for line in sheet.goods if not line.hs_code)
    if without or not sheet.goods:
        yield "hs_code", Decimal(HEADINGS * (without or 1)) / (len(sheet.goods) or 1)


def _timeliness(sheet: Sheet, on: date) -> int:
    if sheet.seizure_date is None:
        return 0
    passed = (on - sheet.seizure_date).days
    return next((points for days, points in (TIMELY, LESS_TIMELY) if passed <= days), 0)


def _rounded(points: Decimal) -> int:
    return int(points.quantize(Decimal(1), rounding=ROUND_HALF_UP))
