"""How much one case may hold."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from cen.rules.rule import Rule, Stage, rule
from cen.sheet import LINES, Sheet

MOST_LINES = 500


@rule
class LinesFit(Rule):
    code = "too_many_lines"
    sentence = _("A case holds at most 500 lines of one kind. Record the rest as a case of its own.")
    stage = Stage.DRAFT

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [lines for lines in LINES if len(getattr(sheet, lines)) > MOST_LINES]
