"""`./run manage …`: one management command, with the servers it needs and a clean standard output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from config import env
from config.embedded import preparation
from config.embedded.processes import born
from config.embedded.server_account import server_account
from config.embedded.services import Services
from config.embedded.state_folder import StateFolder
from config.front_desk.terminal import say

# These make the schema themselves, so nothing is migrated before them.
SCHEMA_COMMANDS = frozenset({"makemigrations", "migrate", "showmigrations", "sqlmigrate", "squashmigrations"})


def manage(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    folder = StateFolder(env.home(), server_account())
    folder.make()
    mode = folder.remember_mode(os.environ.get("OPENCEN_MODE"), env.Mode.DEMONSTRATION)
    services = Services(folder)
    environment = {**services.environment(), "OPENCEN_MODE": mode}
    if not services.embedded:
        return _run(arguments, environment)
    with folder.held() as ours:
        if not ours:
            # Somebody else runs the servers and waits for guests, or is `up` and ends when told.
            with folder.guest():
                running = folder.listed_processes().get("port")
                if running:
                    environment.setdefault("OPENCEN_PORT", str(running))
                return _run(arguments, environment)
        for name in services.clean_up():
            say(f"an earlier start had crashed; ended what it left behind: {name}")

        def note() -> None:
            numbers = {s.name: s.process.pid for s in services.embedded if s.process is not None}
            births = {name: born(number) for name, number in numbers.items()}
            folder.list_processes({"manage": os.getpid(), **numbers, "born": births})

        services.start(note)
        try:
            code = _run(arguments, environment)
            with folder.no_guests():
                return code
        finally:
            services.stop()
            folder.processes.unlink(missing_ok=True)


def _run(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Prepares a new database, then runs the command with the caller's own input, output and folder."""
    if arguments[:1] and arguments[0] not in SCHEMA_COMMANDS and preparation.is_new(environment):
        # Commands need the schema and the code lists; the demonstration is left to `./run up`.
        preparation.prepare(environment, environment["OPENCEN_MODE"], say, demonstration=False)
        say("the database is prepared")
    command = [sys.executable, str(preparation.ROOT / "manage.py"), *arguments]
    child = subprocess.Popen(command, env=dict(environment))

    def pass_on(number: int, _: Any) -> None:
        # Ctrl-C reaches the command by the terminal; the other signals only this process.
        if number != signal.SIGINT:
            child.send_signal(number)

    before = {n: signal.signal(n, pass_on) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code
