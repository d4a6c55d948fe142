"""Figures: each is measured on real parts and set against a limit in the same run; none of them fails a run.

`./run bench` prints them, and writes them as JSON where OPENCEN_BENCH_OUT says; docs/benchmarks.md keeps what was seen.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import pytest

from tests.conftest import cast, nothing_remembered

__all__ = ["cast", "nothing_remembered"]


@dataclass(frozen=True)
class Figure:
    """`ratio` is how much of the limit is used: below 1 is within it."""

    name: str
    value: float
    unit: str
    limit: float
    at_least: bool

    @property
    def ratio(self) -> float:
        return self.limit / self.value if self.at_least else self.value / self.limit

    def line(self) -> str:
        sign, verdict = ("≥", "≤")[not self.at_least], "within" if self.ratio <= 1 else "BEYOND"
        return f"{self.name:<58}{self.value:>12.3f} {self.unit:<10}{sign} {self.limit:<8g}{self.ratio:>7.2f}  {verdict}"


FIGURES: list[Figure] = []
Tell = Callable[..., None]


@pytest.fixture
def figure() -> Tell:
    """`figure(name, value, unit, at_most=…)` or `at_least=…`."""

    def tell(
        name: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None
    ) -> None:
        limit = at_least if at_most is None else at_most
        if limit is None:
            raise ValueError(f"{name}: against what?")
        FIGURES.append(Figure(name, value, unit, limit, at_least is not None))

    return tell


def best_of(times: int, act: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs: the others were disturbed by somebody else."""
    fastest = float("inf")
    for _ in range(times):
        began = perf_counter()
        act()
        fastest = min(fastest, perf_counter() - began)
    return fastest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None] | None:
    terminalreporter.section(f"figures on {os.cpu_count()} cores, Python {platform.python_version()}")
    for one in FIGURES:
        terminalreporter.write_line(one.line())
    where = os.environ.get("OPENCEN_BENCH_OUT")
    if where:
        Path(where).write_text(json.dumps([{**asdict(one), "ratio": one.ratio} for one in FIGURES], indent=1))
    return None
