"""Hands a command of `./run` to the module that serves it."""

from __future__ import annotations

import sys

from config.embedded.refused import StartRefused
from config.front_desk import browser_assets
from config.front_desk.terminal import say

# What they start or try serves the bundled modules to browsers.
SERVING = frozenset({"up", "manage", "test", "acceptance", "screens", "bench", "chaos"})


def serve(command: str, arguments: list[str]) -> int:
    """Runs one command; the answer is the exit code. Refusals are one readable message and 1."""
    try:
        if command in SERVING:
            browser_assets.ensure()
        match command:
            case "up":
                from config.front_desk.up import up

                return up(arguments)
            case "manage":
                from config.front_desk.manage import manage

                return manage(arguments)
            case "check":
                from config.front_desk.check import check

                return check()
            case "test":
                from config.front_desk.tests import run_tests

                return run_tests(arguments)
            case "assets":
                return browser_assets.rebuild(arguments)
            case "chaos":
                from config.front_desk.chaos import chaos

                return chaos(arguments)
            case "acceptance" | "screens":
                from config.front_desk.tests import run_tests

                return run_tests(["-m", command, *arguments])
            case "bench":
                from config.front_desk.tests import run_benchmarks

                return run_benchmarks(arguments)
            case _:
                say(f"unknown command {command!r}")
                return 2
    except StartRefused as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
