"""What a trial found: counted from what the receivers accepted, against what the publishers were promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from config.chaos.plan import Plan

# The goal of the trial: all is quiet within a minute after the last fault.
QUIET_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that a receiver took: whose it is, the delivery's id, and the alert it speaks of."""

    administration: int
    delivery: str
    alert: str


@dataclass(frozen=True, slots=True)
class Report:
    """lost: promised and not accepted. doubled: accepted under two ids, or standing twice in an inbox or in the
    list of what is published. repeats: accepted again under the same id, which a receiver recognises.
    """

    published: int
    expected: int
    delivered: int
    lost: int
    doubled: int
    repeats: int
    inbox_lost: int
    inbox_doubled: int
    seconds_to_quiet: float | None
    seconds_in_all: float
    faults: Mapping[str, int]
    seed: int
    ledger: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        quiet = self.seconds_to_quiet is not None and self.seconds_to_quiet <= QUIET_WITHIN
        wrong = self.lost + self.doubled + self.inbox_lost + self.inbox_doubled
        return quiet and not wrong and bool(self.ledger.get("clean", True))

    def as_json(self) -> dict[str, Any]:
        return {"good": self.good, **asdict(self)}


def counted(
    plan: Plan,
    *,
    promised: Mapping[str, str],
    standing: Iterable[str],
    subjects: Mapping[str, str],
    inboxes: Iterable[tuple[str, int]],
    accepted: Iterable[Accepted],
    administrations: Iterable[int],
    quiet: float | None,
    took: float,
    faults: Iterable[str],
    ledger: Mapping[str, Any],
) -> Report:
    """The report.

    promised: reference by the publisher's key, as it was answered. standing: every published reference.
    subjects: reference by alert id. inboxes: (reference, administration) of every alert of a desk.
    """
    everybody, references = set(administrations), set(promised.values())
    expected = {(reference, one) for reference in references for one in everybody}
    ids: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for one in accepted:
        ids[subjects.get(one.alert, one.alert), one.administration][one.delivery] += 1
    there = Counter(pair for pair in inboxes if pair[1] in everybody)
    published = Counter(standing)
    return Report(
        published=len(promised),
        expected=len(expected),
        delivered=len(expected & ids.keys()),
        lost=len(expected - ids.keys()),
        doubled=sum(len(of_pair) - 1 for of_pair in ids.values())
        + sum(number - 1 for number in published.values())
        # Published without having been asked for: a publisher's retry made a second one.
        + len(published.keys() - references)
        + len(promised)
        - len(references),
        repeats=sum(sum(of_pair.values()) - len(of_pair) for of_pair in ids.values()),
        inbox_lost=len(expected - there.keys()),
        inbox_doubled=sum(number - 1 for number in there.values()),
        seconds_to_quiet=None if quiet is None else round(quiet, 1),
        seconds_in_all=round(took, 1),
        faults=dict(sorted(Counter(faults).items())),
        seed=plan.seed,
        ledger=ledger,
    )


def words(report: Report) -> str:
    """The report for people."""
    quiet = "not quiet" if report.seconds_to_quiet is None else f"{report.seconds_to_quiet} s"
    lines = [
        ("published", report.published),
        ("expected deliveries", report.expected),
        ("delivered", report.delivered),
        ("lost", report.lost),
        ("doubled after de-duplication by id", report.doubled),
        ("repeats on the wire", report.repeats),
        ("missing in inboxes", report.inbox_lost),
        ("twice in inboxes", report.inbox_doubled),
        ("quiet after the last fault", quiet),
        ("in all", f"{report.seconds_in_all} s"),
        ("seed", report.seed),
        *((f"  {name}", number) for name, number in report.faults.items()),
    ]
    return "\n".join(f"{name:<45}{value!s:>12}" for name, value in lines)
