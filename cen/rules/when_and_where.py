"""Rules about date and place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet


@rule
class DateGiven(Rule):
    code = "date_missing"
    sentence = _("Give the date of the seizure, or choose month or year if the day is not known.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.seizure_date is None:
            yield "seizure_date"


@rule
class DateNotInFuture(Rule):
    code = "date_in_future"
    sentence = _("The date lies in the future. Correct it.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        # Somewhere on Earth it is already tomorrow.
        latest = timezone.now().date() + timedelta(days=1)
        if sheet.seizure_date and sheet.seizure_date > latest:
            yield "seizure_date"


@rule
class PlaceGiven(Rule):
    code = "place_missing"
    sentence = _("Say where it was: a kind of place, and a name or a UN/LOCODE.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if not sheet.location_type and "location_type" not in sheet.unknown:
            yield "location_type"


@rule
class ControlledDeliveryEnded(Rule):
    code = "controlled_delivery_open"
    sentence = _("A controlled delivery is still open. The record can't leave before it has ended.")
    stage = Stage.RELEASE

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.controlled_delivery and sheet.controlled_delivery_open:
            yield "controlled_delivery_open"
