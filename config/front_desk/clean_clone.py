"""The proof that `./run up` works for a newcomer: a clean clone, an empty environment, nothing of this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import bootstrap
from config.embedded.preparation import ROOT
from config.embedded.processes import born
from config.embedded.refused import StartRefused
from config.front_desk import bundling

# Fetching the packages is the machine's matter and may take long; after that a minute must do on two cores.
FETCHED_WITHIN = 600.0
FIRST_START = 60.0
SECOND_START = 5.0
ENDED_WITHIN = 30.0
# A second start is measured at most this often: one that was slowed from outside says nothing.
TRIES = 3
PAGES = {"healthz": "alive", "sign-in": "<form"}

_READY = re.compile(r"^\[ *([\d.]+) s\] READY (http://localhost:\d+/)$")


@dataclass(frozen=True)
class Start:
    """What one start of the clone took, in seconds: from the first line of `up`, and from the command."""

    ready: float
    in_all: float


def prove_clean_clone() -> int:
    """Clones the last commit and starts it at least twice; 0 if everything was as the README promises."""
    with tempfile.TemporaryDirectory(prefix="opencen-clone-") as folder:
        room = Path(folder)
        # As root the servers run as another account, which must be able to reach their state.
        room.chmod(0o711)
        environment = _environment(room)
        # The repository may belong to another account than the one that runs the check.
        (room / ".gitconfig").write_text(f"[safe]\n\tdirectory = {ROOT}\n\tdirectory = {ROOT / '.git'}\n")
        changed = subprocess.run(
            ["git", "status", "--porcelain"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
        )
        if changed.stdout:
            print("the proof takes the last commit; what is not committed is not part of it", flush=True)
        clone = room / "opencen"
        cloned = subprocess.call(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], env=environment)
        if cloned:
            return cloned
        first = _start(clone, environment)
        print(f"first start: READY after {first.ready:.1f} s, {first.in_all:.1f} s with the packages", flush=True)
        if first.ready > FIRST_START:
            raise StartRefused(f"the first start took longer than {FIRST_START:.0f} s")
        for _ in range(TRIES):
            again = _start(clone, environment)
            print(f"second start: READY after {again.in_all:.1f} s", flush=True)
            if again.in_all <= SECOND_START:
                return 0
        raise StartRefused(f"the second start took longer than {SECOND_START:.0f} s, {TRIES} times")


def _environment(room: Path) -> dict[str, str]:
    """Nothing but the least; where packages come from is the machine's matter and stays."""
    kept = bootstrap.FETCHING | {"OPENCEN_PYTHON", "SSL_CERT_FILE", "https_proxy", "HTTPS_PROXY", "no_proxy"}
    kept |= {"NODE_EXTRA_CA_CERTS"} | {name for name in os.environ if name.lower() in bundling.FETCHING}
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "HOME": str(room),
        "PATH": "/usr/bin:/bin",
        "CI": "true",
        "OPENCEN_HOME": str(room / "state"),
        "OPENCEN_PORT": str(_free_port()),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(clone: Path, environment: dict[str, str]) -> Start:
    """Starts, asks for two pages, ends with Ctrl-C, and looks for what should be gone."""
    began = time.monotonic()
    process = subprocess.Popen(
        [str(clone / "run"), "up"], cwd=clone, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        start = _wait(process, began)
        processes = json.loads((Path(environment["OPENCEN_HOME"]) / "pids.json").read_text(encoding="utf-8"))
        for page, expected in PAGES.items():
            address = f"http://localhost:{environment['OPENCEN_PORT']}/{page}"
            with urllib.request.urlopen(address, timeout=10) as answer:
                if expected not in answer.read().decode():
                    raise StartRefused(f"{address} does not hold {expected!r}")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            rest, _ = process.communicate(timeout=ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            raise StartRefused(f"./run up did not end within {ENDED_WITHIN:.0f} s after Ctrl-C") from None
        print("".join(f"    {line}\n" for line in rest.splitlines()), end="", flush=True)
    if process.returncode:
        raise StartRefused(f"./run up ended with {process.returncode} after Ctrl-C")
    if left := [name for name, birth in processes["born"].items() if born(processes[name]) == birth]:
        raise StartRefused(f"still running after Ctrl-C: {', '.join(left)}")
    return start


def _wait(process: subprocess.Popen[str], began: float) -> Start:
    """Shows the lines of `up` until it is ready."""
    assert process.stdout is not None
    for line in process.stdout:
        print("   ", line, end="", flush=True)
        if found := _READY.match(line):
            return Start(float(found[1]), time.monotonic() - began)
        if time.monotonic() - began > FETCHED_WITHIN:
            break
    raise StartRefused("./run up on a clean clone did not become ready")
