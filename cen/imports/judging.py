"""Each case of a file judged: accepted, with warnings, refused or waiting, whoever asks and whatever follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cen.imports.cells import Row, text_of
from cen.imports.findings import RowFinding, said
from cen.imports.reading import Reader
from cen.imports.sheets import SheetMaker
from cen.imports.survey import Survey
from cen.imports.totals import RowFacts
from cen.sheet import Sheet

type Outcome = Literal["accepted", "warned", "refused", "duplicate"]


@dataclass(slots=True)
class JudgedRow:
    """What became of one row."""

    row: Row
    outcome: Outcome
    findings: list[RowFinding]
    digest: bytes


@dataclass(slots=True)
class Judged:
    """One case: its rows, and its sheet where it can be recorded.

    owner: the code of an administration, by country column only; reference: the source's own number of it; needed:
    codes of the rules that it must keep before it is sent on.
    """

    rows: list[JudgedRow]
    facts: list[RowFacts]
    sheet: Sheet | None
    owner: str = ""
    reference: str = ""
    keyed: bool = True
    needed: Sequence[str] = ()


class Judge:
    """Goes through a surveyed file.

    administrations: codes by country code, for imports by the country column (None: for one administration).
    """

    def __init__(
        self, survey: Survey, *, keep_duplicates: bool = False, administrations: Mapping[str, str] | None = None
    ) -> None:
        self.survey, self.mapping = survey, survey.mapping
        self._keep, self._administrations = keep_duplicates, administrations
        self._reader = Reader(self.mapping)
        self._maker = SheetMaker(self.mapping, self._reader)

    def judged(self, start: int = 0) -> Iterator[Judged]:
        """Case by case, without the first `start` rows."""
        for rows in self.survey.events(start):
            yield self._judge(rows)

    def _judge(self, rows: list[Row]) -> Judged:
        repeated = {row.number for row in rows if self.survey.is_duplicate(row)}
        taken = [row for row in rows if self._keep or row.number not in repeated]
        draft = self._maker.make(taken) if taken else None
        findings = draft.findings if draft else []
        owner = self._owner(taken[0], findings) if taken else ""
        by_row: dict[int, list[RowFinding]] = {row.number: [] for row in rows}
        for finding in findings:
            by_row[finding.row].append(finding)
        for number in repeated:
            by_row[number].append(said(number, "duplicate_row", severity="warning" if self._keep else "confirm"))
        refused = any(one.severity != "warning" for one in findings)
        judged = [self._row(row, by_row[row.number], refused, row in taken) for row in rows]
        facts = {one.row.number: one for one in draft.facts} if draft else {}
        reference = text_of(rows[0].cells.get(self.mapping.reference)) if self.mapping.reference else ""
        return Judged(
            rows=judged,
            facts=[facts.get(row.number) or self._maker.facts_of(row) for row in rows],
            sheet=None if refused or draft is None else draft.sheet,
            owner=owner,
            reference=reference.removesuffix(".0"),
            needed=draft.needed if draft else (),
            keyed=not self.mapping.event or bool(text_of(rows[0].cells.get(self.mapping.event))),
        )

    def _row(self, row: Row, findings: list[RowFinding], refused: bool, taken: bool) -> JudgedRow:
        outcome: Outcome = "duplicate" if not taken else "refused" if refused else "warned" if findings else "accepted"
        if outcome == "refused" and all(one.severity == "warning" for one in findings):
            findings = [*findings, said(row.number, "event_waits")]
        return JudgedRow(row, outcome, findings, self.survey.digest(row))

    def _owner(self, row: Row, findings: list[RowFinding]) -> str:
        """The administration of the row's country; a country without one is a finding."""
        if self._administrations is None:
            return ""
        column = self.mapping.country
        given = text_of(row.cells.get(column))
        code = self._reader.country_code(given)
        if code not in self._administrations:
            findings.append(said(row.number, "administration_missing", column, given))
            return ""
        return self._administrations[code]
