"""`./run test` and `./run bench`: pytest on private servers (see config.embedded.pytest_plugin)."""

from __future__ import annotations

import os
import sys

from config.embedded.preparation import ROOT

PROCESSES = "2"


def command(arguments: list[str]) -> list[str]:
    """The pytest command; two processes unless the arguments say otherwise or a debugger needs one."""
    says = any(a.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for a in arguments)
    # Tests that share one costly thing, such as a running product, name a group and stay in one process.
    parallel = [] if says else ["-n", PROCESSES, "--dist", "loadgroup"]
    return [sys.executable, "-m", "pytest", *parallel, *arguments]


def run_benchmarks(arguments: list[str]) -> int:
    """Becomes pytest on the benchmarks, one after the other in one process; figures never fail a run."""
    chosen = arguments if any(not one.startswith("-") for one in arguments) else ["benchmarks", *arguments]
    os.chdir(ROOT)
    line = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-o", "timeout=1800", *chosen]
    os.execv(line[0], line)


def run_tests(arguments: list[str]) -> int:
    """Becomes pytest."""
    os.chdir(ROOT)
    line = command(arguments)
    os.execv(line[0], line)
