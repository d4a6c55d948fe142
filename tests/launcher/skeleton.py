"""A small repository of its own for trying `run` and `bootstrap.py`: the real two files, nothing to install."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

from config.embedded.preparation import ROOT

ECHO = """\
import json, os, sys

def serve(command, arguments):
    print(json.dumps({"python": sys.prefix, "command": command, "arguments": arguments, "env": dict(os.environ)}))
    return 7
"""


def write_program(path: Path, script: str) -> Path:
    """Writes an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def make_repository(folder: Path) -> Path:
    """A folder with `run`, `bootstrap.py`, empty lock files and a command that tells how it was called."""
    for name in ("run", "bootstrap.py"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / "requirements").mkdir()
    for lock in ("runtime.lock", "development.lock"):
        (folder / "requirements" / lock).write_text("# nothing\n", encoding="utf-8")
    (folder / "config" / "front_desk").mkdir(parents=True)
    (folder / "config" / "front_desk" / "commands.py").write_text(ECHO, encoding="utf-8")
    return folder


def call(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in an environment that holds PATH, HOME and what is given, nothing else."""
    plain = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [str(part) for part in command], env=plain | env, capture_output=True, text=True, timeout=60, check=False
    )
