"""Rules about the route."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from cen.identifiers.kinds import NOMINAL_KINDS
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet


@rule
class DepartureAndDestination(Rule):
    code = "route_missing"
    sentence = _("Give departure and destination, or say that one of them is not known and why.")
    stage = Stage.SUBMIT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        if sheet.form == "short":
            return
        given = {leg.role for leg in sheet.legs if leg.country}
        for role in ("departure", "destination"):
            if role not in given and role not in sheet.unknown:
                yield "legs"


@rule
class NoNominalIdentifierHere(Rule):
    code = "nominal_identifier"
    sentence = _("This identifier points to a person. Record it with the persons of the case instead.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [f"identifiers/{n}/kind" for n, one in enumerate(sheet.identifiers) if one.kind in NOMINAL_KINDS]
