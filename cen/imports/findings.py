"""What is said about rows and cells, each with its remedy. Where a rule of the record speaks, its words are used."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding

type Severity = Literal["error", "confirm", "warning"]
# As much of a cell as is shown beside a finding.
SHOWN = 120

SENTENCES: dict[str, Any] = {
    "cell_formula": _("This cell is a formula or begins like one. Put the plain value in its place."),
    "cell_error_value": _("This cell holds an error of the sheet program. Put the value in its place, or empty it."),
    "cell_too_long": _("This text is longer than a cell may be. Shorten it."),
    "cell_control_characters": _("This cell holds characters that can't be printed. Type it anew."),
    "text_too_long": _("This text is too long for its field. Shorten it."),
    "text_cut": _("This text is longer than its field. It was cut; the whole of it stands under “how it was done”."),
    "row_shape": _("This row has another number of cells than the first row. Look for a missing or spare separator."),
    "row_too_long": _("This row holds far more text than a row may. Look for a missing quotation mark."),
    "duplicate_row": _("The same row stands in the file before. Leave it out, or confirm that both are meant."),
    "event_waits": _("Another row of the same case was refused, so this one waits. Send all rows of the case again."),
    "rows_disagree": _("The rows of this case do not agree here. The first one counts; correct what is wrong."),
    "word_unknown": _("No code fits this word. It is left empty with that reason; choose a code in the draft."),
    "word_other": _("No code fits this word. It is kept as “other”, with the word in the description."),
    "unit_unknown": _("No unit fits this word. The quantity is kept as text; choose quantity and unit in the draft."),
    "unit_blank": _("The quantity has no unit. It is kept as text; choose quantity and unit in the draft."),
    "unit_multiplied": _("The unit stands for several. The quantity was multiplied, and the text is kept as given."),
    "coordinate_impossible": _("This is no coordinate. Write degrees with a decimal point, such as 5.64 or -0.02."),
    "integer_needed": _("Only a whole number can stand here."),
    "fiscal_month_impossible": _("Fiscal year and month do not give a month. Write them like 2023 and OCT."),
    "date_range_of_years": _("The source gives several years. The first is kept, with the precision of a year."),
    "country_several": _("This names more than one country. Give one, or leave it out."),
    "administration_missing": _("No administration belongs to this country. Import the row for an administration."),
}


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One thing about one cell (or, with column "", about the row). severity as in accounts.refusals.Finding."""

    row: int
    code: str
    sentence: str
    column: str = ""
    given: str = ""
    severity: Severity = "error"

    def as_json(self) -> dict[str, Any]:
        """For a report; without what says nothing."""
        return {key: value for key, value in asdict(self).items() if value != ""}


def said(row: int, code: str, column: str = "", given: str = "", severity: Severity = "error") -> RowFinding:
    """A finding with the import's own sentence."""
    return RowFinding(row, code, str(SENTENCES[code]), column, given[:SHOWN], severity)


def of_rule(row: int, finding: Finding, column: str, given: str, severity: Severity) -> RowFinding:
    """What a rule of the record says, at the column the value came from."""
    return RowFinding(row, finding.code, str(finding.sentence), column, given[:SHOWN], severity)
