"""Brings a database to the state of the code: migrations as the owner, then the reference data."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from config.embedded import databases
from config.embedded.refused import StartRefused

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "alerts", "audit", "cen", "comm", "config")
# Pages and texts change nothing in the database.
NOT_STORED = {".pyc", ".html", ".md"}
STAMP = "opencen prepared "


def _files() -> Iterator[Path]:
    yield ROOT / "requirements" / "runtime.lock"
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.is_file() and path.suffix not in NOT_STORED:
                yield path


def fingerprint(mode: str) -> str:
    """One text for the migrations, data and code of this tree and the mode; changes when any of them does."""
    digest = hashlib.sha256(mode.encode())
    for path in _files():
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def manage(environment: Mapping[str, str], *arguments: str) -> None:
    """Runs one management command quietly; if it fails, its last lines are the message."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=dict(environment),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        end = "\n  ".join(done.stdout.strip().splitlines()[-25:])
        raise StartRefused(f"manage.py {arguments[0]} failed:\n  {end}")


def prepare(
    environment: Mapping[str, str], mode: str, say: Callable[[str], None], *, demonstration: bool = True
) -> bool:
    """Migrates and fills the database where it differs from the code; True if something was done.

    Without `demonstration` its cases are left to the next start, which then finds the database unfinished.
    """
    target = STAMP + fingerprint(mode)
    with databases.connect(environment["OPENCEN_OWNER_DATABASE_URL"]) as owner:
        if databases.stamp(owner) == target:
            return False
    say("migrating the database …")
    manage(environment, "migrate", "--no-input", "--verbosity", "0")
    say("loading the reference data …")
    manage(environment, "load_reference")
    if mode == "demonstration":
        if not demonstration:
            return True
        say("recording the demonstration …")
        manage(environment, "seed_demonstration")
    with databases.connect(environment["OPENCEN_OWNER_DATABASE_URL"]) as owner:
        databases.write_stamp(owner, target)
    return True


def is_new(environment: Mapping[str, str]) -> bool:
    """Whether the database was never migrated."""
    with databases.connect(environment["OPENCEN_OWNER_DATABASE_URL"]) as owner:
        row = owner.execute("SELECT to_regclass('public.django_migrations')").fetchone()
    return row is None or row[0] is None
