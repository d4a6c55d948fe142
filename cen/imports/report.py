"""The one report of an import, whether it was only checked, is under way, or is done."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cen.imports.findings import RowFinding
from cen.imports.judging import Judged
from cen.imports.mapping import FileMapping
from cen.imports.totals import Totals

# Findings shown in full; the counts by code hold all of them, and each row keeps its own.
EXAMPLES = 200
_OUTCOMES = {"accepted": "accepted", "warned": "accepted", "refused": "refused", "duplicate": "waiting"}


class Report:
    """Counts judged cases. `state` is plain JSON: a report can be laid down and taken up again."""

    def __init__(self, mapping: FileMapping, state: dict[str, Any] | None = None) -> None:
        known = state or {}
        self.mapping = mapping
        self._counts: Counter[str] = Counter(known.get("counts", {}))
        self._codes: Counter[str] = Counter(known.get("codes", {}))
        self._needed: Counter[str] = Counter(known.get("needed", {}))
        self._examples: list[dict[str, Any]] = known.get("examples", [])
        self._first: str = known.get("first", "")
        self._last: str = known.get("last", "")
        self._totals = Totals(mapping.totals, decimal=mapping.decimal, state=known.get("totals"))

    @property
    def state(self) -> dict[str, Any]:
        return {
            "counts": dict(self._counts),
            "codes": dict(self._codes),
            "needed": dict(self._needed),
            "examples": self._examples,
            "first": self._first,
            "last": self._last,
            "totals": self._totals.state,
        }

    @property
    def cases(self) -> int:
        return self._counts["cases"]

    def add(self, judged: Judged) -> None:
        """Counts one case and its rows."""
        duplicates = 0
        for one in judged.rows:
            self._counts["rows"] += 1
            self._counts[_OUTCOMES[one.outcome]] += 1
            self._counts["warned"] += one.outcome == "warned"
            duplicates += any(finding.code == "duplicate_row" for finding in one.findings)
            for finding in one.findings:
                self._find(finding)
        self._counts["exact_duplicates"] += duplicates
        self._counts["cases"] += judged.sheet is not None
        if judged.sheet is not None:
            self._needed.update(set(judged.needed))
        for facts in judged.facts:
            if facts.day:
                self._first = min(self._first or facts.day, facts.day)
                self._last = max(self._last, facts.day)
        self._totals.add_event(judged.facts, duplicates, keyed=judged.keyed)

    def as_dict(self) -> dict[str, Any]:
        """Figures under stable keys; first the import's own, then the mapping's totals, then the findings."""
        counts = self._counts
        return {
            "mapping": self.mapping.name,
            "mapping_version": self.mapping.version,
            "rows": counts["rows"],
            "cases": counts["cases"],
            "accepted": counts["accepted"],
            "refused": counts["refused"],
            "waiting": counts["waiting"],
            "warned": counts["warned"],
            "exact_duplicates": counts["exact_duplicates"],
            "first_date": self._first or None,
            "last_date": self._last or None,
            **self._totals.as_dict(),
            "findings_by_code": dict(self._codes.most_common()),
            # Drafts that lack something, by what they lack: to be added before they are sent on.
            "to_add_before_sending": dict(self._needed.most_common()),
            "findings": self._examples,
        }

    def _find(self, finding: RowFinding) -> None:
        self._codes[finding.code] += 1
        if len(self._examples) < EXAMPLES:
            self._examples.append(finding.as_json())
