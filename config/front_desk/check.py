"""`./run check`: all that the continuous integration runs, in order, each step with its heading."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from config.embedded.preparation import ROOT
from config.embedded.refused import StartRefused

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
_UP_WITHIN = 600.0


def check() -> int:
    """Runs every step even after a failed one; 1 if any failed."""
    python = sys.executable
    steps: list[tuple[str, Callable[[], int]]] = [
        ("browser", have_browser),
        ("ruff", lambda: _call([python, "-m", "ruff", "check", "."])),
        ("format", lambda: _call([python, "-m", "ruff", "format", "--check", "."])),
        ("types", lambda: _call([python, "-m", "mypy"])),
        ("layers", lambda: _call([str(Path(python).parent / "lint-imports")])),
        ("migrations", lambda: _manage("makemigrations", "--check", "--dry-run")),
        ("documents", lambda: _manage("generate_docs", "--check")),
        ("tests", lambda: _call([str(ROOT / "run"), "test"], OPENCEN_REQUIRE_BROWSER="1")),
        ("clean clone", clean_clone),
    ]
    outcome: dict[str, tuple[int, float]] = {}
    for name, step in steps:
        print(f"\n=== {name}", flush=True)
        began = time.monotonic()
        try:
            code = step()
        except StartRefused as problem:
            print(f"opencen: {problem}", flush=True)
            code = 1
        outcome[name] = (code, time.monotonic() - began)
    print("\n=== summary")
    for name, (code, seconds) in outcome.items():
        print(f"{'ok' if code == 0 else 'FAILED':>7}  {name}  ({seconds:.0f} s)")
    failed = sum(code != 0 for code, _ in outcome.values())
    print(f"check: {len(outcome) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _call(command: list[str], **extra: str) -> int:
    return subprocess.call(command, cwd=ROOT, env=os.environ | extra)


def _manage(*arguments: str) -> int:
    """A management command on a throw-away installation, so that no state of this machine can help."""
    with tempfile.TemporaryDirectory(prefix="opencen-check-") as folder:
        return _call([str(ROOT / "run"), "manage", *arguments], OPENCEN_HOME=folder)


def have_browser() -> int:
    """A browser must be there; as root in CI Debian's is installed."""
    if any(shutil.which(name) for name in BROWSERS):
        return 0
    if os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.call(["apt-get", "update", "-qq"], env=os.environ | quiet)
        return subprocess.call(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", BROWSERS[0]],
            env=os.environ | quiet,
            stdout=subprocess.DEVNULL,
        )
    print(f"no browser: install the package {BROWSERS[0]} (Debian: apt-get install {BROWSERS[0]})")
    return 1


def clean_clone() -> int:
    """A clone of the last commit, an empty environment, `./run up`, twice: what a newcomer meets."""
    with tempfile.TemporaryDirectory(prefix="opencen-clone-") as folder:
        # Under root the servers run as another account, which must be able to reach their state.
        Path(folder).chmod(0o711)
        clone, state = Path(folder) / "opencen", Path(folder) / "state"
        if _call(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)]):
            return 1
        port = _free_port()
        # Fetching settings must be kept: where packages come from is the machine's matter, not ours.
        kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        environment = kept | {
            "HOME": folder,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "CI": os.environ.get("CI", ""),
            "OPENCEN_HOME": str(state),
            "OPENCEN_PORT": str(port),
            "OPENCEN_PYTHON": getattr(sys, "_base_executable", sys.executable),
        }
        for turn in ("first", "second"):
            seconds, ready = _one_start(clone, environment, port)
            print(
                f"{turn} start: READY after {ready:.1f} s of its own clock, {seconds:.1f} s in all",
                flush=True,
            )
        return 0


def _one_start(clone: Path, environment: dict[str, str], port: int) -> tuple[float, float]:
    began = time.monotonic()
    process = subprocess.Popen(
        [str(clone / "run"), "up"], cwd=clone, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            print("   ", line, end="", flush=True)
            lines.append(line)
            if "READY" in line or time.monotonic() - began > _UP_WITHIN:
                break
        if not lines or "READY" not in lines[-1]:
            raise StartRefused("./run up on a clean clone did not become ready")
        seconds = time.monotonic() - began
        for page in ("healthz", "sign-in"):
            with urllib.request.urlopen(f"http://localhost:{port}/{page}", timeout=10) as answer:
                if answer.status != 200:
                    raise StartRefused(f"/{page} of the clean clone answered {answer.status}")
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        print("   ", rest, end="", flush=True)
    if process.returncode:
        raise StartRefused(f"./run up on a clean clone ended with {process.returncode}")
    ready = float(lines[-1].split("]")[0].strip("[ s"))
    return seconds, ready


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
