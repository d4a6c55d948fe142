"""`./run check`: all that the continuous integration runs, in order, each step with its heading."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from config.embedded.preparation import ROOT
from config.embedded.refused import StartRefused
from config.front_desk import browser, browser_assets
from config.front_desk.clean_clone import prove_clean_clone

type Step = Callable[[], int]
# The long form has 1000 alerts and 50 faults.
SMALL_FORM = ("--alerts", "100", "--administrations", "190", "--faults", "20")


def steps() -> list[tuple[str, Step]]:
    """Name and command of every step."""
    tools = Path(sys.executable).parent
    return [
        ("browser", browser.have),
        ("ruff check", lambda: _call(tools / "ruff", "check", ".")),
        ("ruff format", lambda: _call(tools / "ruff", "format", "--check", ".")),
        ("mypy", lambda: _call(sys.executable, "-m", "mypy")),
        ("import contracts", lambda: _call(tools / "lint-imports")),
        ("browser's modules are built twice the same", browser_assets.prove),
        ("migrations are complete", lambda: _manage("makemigrations", "--check", "--dry-run")),
        ("generated documents are current", lambda: _manage("generate_docs", "--check")),
        # A missing browser, which elsewhere skips its tests, fails them here.
        ("./run test", lambda: _call(ROOT / "run", "test", OPENCEN_REQUIRE_BROWSER="1")),
        ("delivery under faults, small form", lambda: _call(ROOT / "run", "chaos", *SMALL_FORM)),
        ("the same trial finds what a naive way loses", _naive_loses),
        ("./run up on a clean clone", prove_clean_clone),
    ]


def check() -> int:
    """Runs every step, also after a failed one; 1 if any failed."""
    outcome: list[tuple[str, int, float]] = []
    for name, step in steps():
        print(f"\n=== {name}", flush=True)
        began = time.monotonic()
        try:
            code = step()
        except (StartRefused, OSError, subprocess.SubprocessError) as problem:
            print(f"opencen: {problem}", flush=True)
            code = 1
        outcome.append((name, code, time.monotonic() - began))
    print("\n=== summary")
    for name, code, seconds in outcome:
        print(f"{'FAILED' if code else 'ok':<7} {name} ({seconds:.0f} s)")
    failed = sum(1 for _, code, _ in outcome if code)
    print(f"check: {len(outcome) - failed} of {len(outcome)} steps passed", flush=True)
    return 1 if failed else 0


def _naive_loses() -> int:
    """A trial that can't fail says nothing: one task a recipient after the commit must lose something."""
    command = [
        str(ROOT / "run"),
        "chaos",
        "--naive",
        # In this order web dies first, while there is enough to lose.
        *("--seed", "1"),
        "--json",
        "--alerts",
        "13",
        "--administrations",
        "9",
        "--faults",
        "13",
    ]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, flush=True)
    return 0 if done.returncode == 1 and json.loads(done.stdout)["lost"] > 0 else 1


def _call(*command: str | Path, **extra: str) -> int:
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=os.environ | extra)


def _manage(*arguments: str) -> int:
    """A management command on servers and a database of its own: a person's own state neither helps nor suffers."""
    with tempfile.TemporaryDirectory(prefix="opencen-check-") as folder:
        return _call(ROOT / "run", "manage", *arguments, OPENCEN_HOME=folder, OPENCEN_MODE="test")
