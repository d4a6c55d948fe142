"""The shape of a rule, the stages, and how a sheet is checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any, ClassVar

from accounts.refusals import Finding, RulesBroken
from cen.sheet import Sheet


class Stage(IntEnum):
    """From when on a rule holds: a draft may be incomplete, what is sent on may not."""

    DRAFT = 1
    SUBMIT = 2
    RELEASE = 3


class Rule(ABC):
    """code is stable and stands in every door's answer; severity as in Finding."""

    code: ClassVar[str]
    sentence: ClassVar[Any]
    stage: ClassVar[Stage]
    severity: ClassVar[str] = "error"

    @abstractmethod
    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        """Pointers to the places that break the rule; none where it holds."""

    def findings(self, sheet: Sheet) -> Iterator[Finding]:
        for pointer in self.broken_at(sheet):
            if self.severity != "confirm" or self.code not in sheet.confirmed:
                yield Finding(self.code, str(self.sentence), pointer, self.severity)


_rules: list[Rule] = []


def rule(declared: type[Rule]) -> type[Rule]:
    """Registers a rule; its code must be new."""
    if any(known.code == declared.code for known in _rules):
        raise RuntimeError(f"two rules have the code {declared.code}")
    _rules.append(declared())
    return declared


def all_rules() -> list[Rule]:
    """Every rule, by stage and code."""
    from cen.rules import (  # noqa: F401  (each registers its rules)
        codes,
        fitting,
        goods,
        goods_blocks,
        limits,
        media,
        route,
        when_and_where,
    )

    return sorted(_rules, key=lambda one: (one.stage, one.code))


def check(sheet: Sheet, stage: Stage) -> list[Finding]:
    """All findings of the rules that hold at the stage."""
    return [finding for one in all_rules() if one.stage <= stage for finding in one.findings(sheet)]


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop: errors, and what was not confirmed."""
    return [finding for finding in findings if finding.severity in {"error", "confirm"}]


def require(sheet: Sheet, stage: Stage) -> list[Finding]:
    """Raises RulesBroken with every finding where one stops; else returns the warnings."""
    found = check(sheet, stage)
    if errors(found):
        raise RulesBroken(found)
    return found
