"""The shape of a rule, the stages, and how a sheet is checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What some rules look at beside the sheet.

    home: the code of the administration that records. far_out: by category and measure (kg, pieces, litres) the
    quantity that only one published case in a thousand exceeds, where there are enough to say so.
    """

    home: str = ""
    far_out: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


class RuleAround(Rule):
    """A rule that needs the surroundings; without them it says nothing."""

    def broken_at(self, sheet: Sheet) -> Iterable[str]:
        return ()

    @abstractmethod
    def broken_within(self, sheet: Sheet, around: Surroundings) -> Iterable[str]:
        """Pointers to the places that break the rule in these surroundings."""

    def findings_within(self, sheet: Sheet, around: Surroundings) -> Iterator[Finding]:
        for pointer in self.broken_within(sheet, around):
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
        identifiers,
        media,
        plausible,
        route,
        when_and_where,
    )

    return sorted(_rules, key=lambda one: (one.stage, one.code))


def check(sheet: Sheet, stage: Stage, around: Surroundings | None = None) -> list[Finding]:
    """All findings of the rules that hold at the stage; without surroundings, of those that need none."""
    holding = [one for one in all_rules() if one.stage <= stage]
    found = [finding for one in holding for finding in one.findings(sheet)]
    if around is not None:
        within = [one for one in holding if isinstance(one, RuleAround)]
        found += [finding for one in within for finding in one.findings_within(sheet, around)]
    return found


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop: errors, and what was not confirmed."""
    return [finding for finding in findings if finding.severity in {"error", "confirm"}]


def require(sheet: Sheet, stage: Stage, around: Surroundings | None = None) -> list[Finding]:
    """Raises RulesBroken with every finding where one stops; else returns the warnings."""
    found = check(sheet, stage, around)
    if errors(found):
        raise RulesBroken(found)
    return found
