"""Rules about numbers on the record. A wrong check digit is told with a repair, and never stops anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding
from cen.identifiers.kinds import UnknownKind
from cen.identifiers.reading import Reading, read
from cen.rules.rule import Rule, Stage, rule
from cen.sheet import Sheet


@rule
class CheckDigitsFit(Rule):
    code = "identifier_doubtful"
    sentence = _("This number breaks the rule of its kind. Look again; it is kept as you wrote it.")
    stage = Stage.DRAFT
    severity = "warning"

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return [pointer for pointer, _reading in _doubtful(sheet)]

    def findings(self, sheet: Sheet) -> Iterator[Finding]:
        for pointer, reading in _doubtful(sheet):
            sentence = str(reading.sentence or self.sentence)
            suggestion = reading.suggestion[0] if reading.suggestion else ""
            yield Finding(self.code, sentence, pointer, self.severity, suggestion)


def _doubtful(sheet: Sheet) -> Iterator[tuple[str, Reading]]:
    for number, one in enumerate(sheet.identifiers):
        try:
            reading = read(one.kind, one.raw)
        except UnknownKind:
            continue
        if reading.verdict == "doubtful":
            yield f"identifiers/{number}/raw", reading
