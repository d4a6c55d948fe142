"""Makes `.venv` from the hash-locked lists and hands the command over to it. Standard library only.

`run` starts this file with any Python >= 3.12; it starts itself again inside `.venv` with INSIDE set.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MARKER = VENV / "opencen-installed.json"
INSIDE = "--inside"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

RUNTIME = "runtime.lock"
DEVELOPMENT = "development.lock"
COMMANDS = {
    "up": (RUNTIME, "start OpenCEN with demonstration data; Ctrl-C ends it"),
    "manage": (RUNTIME, "run a management command: ./run manage COMMAND [arguments]"),
    "test": (DEVELOPMENT, "run the tests: ./run test [pytest arguments]"),
    "check": (DEVELOPMENT, "everything that the continuous integration runs"),
    "acceptance": (DEVELOPMENT, "the long forms of the tests: ./run acceptance [pytest arguments]"),
    "chaos": (DEVELOPMENT, "publish under faults, count what was lost: ./run chaos [--alerts N] [--faults N] …"),
    "bench": (DEVELOPMENT, "measure, as ratios against limits: ./run bench [pytest arguments]"),
    "assets": (RUNTIME, "build the browser's modules and write static/manifest.json anew"),
    "screens": (DEVELOPMENT, "take the pictures of docs/screens: ./run screens [pytest arguments]"),
}
USAGE = "usage: ./run COMMAND [arguments]\n\n" + "".join(
    f"  {name:<12}{text}\n" for name, (_, text) in COMMANDS.items()
)

# Of pip's settings only those stay that say from where and how to fetch; the others could move or change
# what is installed (PIP_TARGET, PIP_USER, PIP_CONSTRAINT …).
FETCHING = frozenset(
    "PIP_" + name
    for name in (
        *(
            "CACHE_DIR",
            "CERT",
            "CLIENT_CERT",
            "CONFIG_FILE",
            "DEFAULT_TIMEOUT",
            "EXTRA_INDEX_URL",
            "FIND_LINKS",
        ),
        *("INDEX_URL", "KEYRING_PROVIDER", "NO_CACHE_DIR", "NO_INDEX", "PROXY", "RETRIES", "TIMEOUT"),
        *("TRUSTED_HOST",),
    )
)
# Set by other tools for their own interpreter; without byte code every start takes three times as long.
FOREIGN = frozenset(
    {
        *("PYTHONDONTWRITEBYTECODE", "PYTHONEXECUTABLE", "PYTHONHOME", "PYTHONOPTIMIZE", "PYTHONPATH"),
        *("PYTHONSAFEPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"),
    }
)


class NotInstalled(Exception):
    """The environment could not be made; the text says what to do."""


def say(text: str) -> None:
    """One line of progress; standard output stays free for the command."""
    print(f"opencen: {text}", file=sys.stderr, flush=True)


def clean_environment() -> dict[str, str]:
    """The environment without what would bend Python or pip."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and (not name.startswith("PIP_") or name in FETCHING)
    }


def works(*command: str) -> bool:
    """Whether the command runs and ends with 0."""
    try:
        done = subprocess.run(command, capture_output=True, env=clean_environment(), timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def run(command: Sequence[str], what: str, *, extra: dict[str, str] | None = None) -> None:
    """Runs a command quietly; if it fails, its last lines are the message."""
    done = subprocess.run(command, capture_output=True, text=True, env=clean_environment() | (extra or {}), check=False)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise NotInstalled(f"{what} failed:\n  " + "\n  ".join(lines[-12:]))


def digest(lock: str) -> str:
    """The SHA-256 of one lock file."""
    return hashlib.sha256((ROOT / "requirements" / lock).read_bytes()).hexdigest()


def pins(lock: str) -> frozenset[str]:
    """The `name==version` pins of one lock file."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z0-9][\w.-]*(?:\[[\w,-]+\])?==[^\s;\\]+)", text, re.M | re.I))


def installed() -> dict[str, str]:
    """What the marker says is in `.venv`: digests by lock file; empty if it must be made anew."""
    try:
        marker = json.loads(MARKER.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    # A link to a removed interpreter does not exist, so this notices an upgraded machine as well.
    usable = isinstance(marker, dict) and marker.get("python") == VERSION and PYTHON.exists()
    return {str(k): str(v) for k, v in marker.items()} if usable else {}


def outside_pip() -> list[str] | None:
    """A pip outside `.venv` that can install into it."""
    for command in ([interpreter(), "-m", "pip"], ["pip3"], ["pip"]):
        # `--python` came with pip 22.3; an older one fails here.
        if works(*command, "--python", interpreter(), "--version"):
            return command
    return None


def uv() -> list[str] | None:
    """An installed uv."""
    for command in (["uv"], [interpreter(), "-m", "uv"]):
        if works(*command, "--version"):
            return command
    return None


def virtualenv() -> list[str] | None:
    """An installed virtualenv."""
    for command in ([interpreter(), "-m", "virtualenv"], ["virtualenv"]):
        if works(*command, "--version"):
            return command
    return None


def interpreter() -> str:
    """The interpreter behind this process, also if it is itself in a virtual environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def missing_package() -> str:
    """The Debian package that brings the venv module's pip for this interpreter."""
    default = os.path.realpath("/usr/bin/python3") == os.path.realpath(interpreter())
    return "python3-venv" if default else f"python{VERSION}-venv"


def may_install_packages() -> bool:
    """Whether system packages may be installed: by root on Debian, in CI or where it was asked for."""
    asked = os.environ.get("CI") == "true" or os.environ.get("OPENCEN_INSTALL") == "1"
    return asked and os.geteuid() == 0 and Path("/etc/debian_version").exists() and bool(shutil.which("apt-get"))


def install_package(name: str) -> None:
    """Installs one Debian package."""
    say(f"installing the system package {name} …")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], "apt-get update", extra=quiet)
    run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name],
        f"apt-get install {name}",
        extra=quiet,
    )


def has_venv() -> bool:
    """Whether this interpreter makes virtual environments with pip (Debian's needs a package for that)."""
    code = "import ensurepip, venv"
    return works(interpreter(), "-c", code)


def make_venv() -> None:
    """Makes an empty `.venv`, by the venv module or by what is installed instead."""
    if VENV.is_symlink() or VENV.is_file():
        raise NotInstalled(f"{VENV} is not a folder; remove it")
    shutil.rmtree(VENV, ignore_errors=True)
    if not has_venv() and may_install_packages():
        install_package(missing_package())
    if has_venv():
        run([interpreter(), "-m", "venv", str(VENV)], "making .venv")
    elif importlib.util.find_spec("venv") and (outside_pip() or uv()):
        run([interpreter(), "-m", "venv", "--without-pip", str(VENV)], "making .venv")
    elif tool := uv():
        run([*tool, "venv", "--quiet", "--python", interpreter(), str(VENV)], "making .venv with uv")
    elif tool := virtualenv():
        run([*tool, "--quiet", "--python", interpreter(), str(VENV)], "making .venv with virtualenv")
    else:
        raise NotInstalled(
            f"{interpreter()} cannot make virtual environments: install the package {missing_package()}"
            f" (Debian: apt-get install {missing_package()})"
        )


def installer() -> list[str]:
    """The command that installs into `.venv`."""
    if works(str(PYTHON), "-m", "pip", "--version"):
        return [str(PYTHON), "-m", "pip", "install", "--quiet"]
    if tool := outside_pip():
        return [*tool, "--python", str(PYTHON), "install", "--quiet"]
    if tool := uv():
        return [*tool, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
    raise NotInstalled("pip is gone: remove .venv and start again")


def usable_venv() -> bool:
    """Whether `.venv` is whole and of this version of Python."""
    right = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{VERSION}')"
    if not works(str(PYTHON), "-c", right):
        return False
    # Without a pip of its own it was left half-made, unless it had to be made without.
    return works(str(PYTHON), "-m", "pip", "--version") or not has_venv()


def name_client() -> None:
    """Lets `.venv` find the client, which is part of this tree, by a path file."""
    where = VENV / "lib" / f"python{VERSION}" / "site-packages" / "opencen-client.pth"
    path = f"{ROOT / 'sdk' / 'src'}\n"
    if not where.is_file() or where.read_text(encoding="utf-8") != path:
        where.write_text(path, encoding="utf-8")


def ensure(lock: str) -> None:
    """Brings `.venv` to the state of one lock file; returns at once where the marker says it is there."""
    if installed().get(lock) == digest(lock):
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        # Two commands started at once must not install over each other.
        fcntl.flock(folder, fcntl.LOCK_EX)
        marker = installed()
        if marker.get(lock) == digest(lock):
            return
        began = time.monotonic()
        say(f"installing {len(pins(lock))} locked packages into .venv (Python {VERSION}) …")
        if not usable_venv():
            make_venv()
        MARKER.unlink(missing_ok=True)
        settings = {
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }
        listed = str(ROOT / "requirements" / lock)
        run(
            [*installer(), "--require-hashes", "--only-binary", ":all:", "-r", listed],
            f"installing requirements/{lock}",
            extra=settings | {"PIP_USER": "0"},
        )
        marker = {"python": VERSION, lock: digest(lock)}
        # The development list contains the runtime list: one installation serves both.
        if lock == DEVELOPMENT and pins(RUNTIME) <= pins(DEVELOPMENT):
            marker[RUNTIME] = digest(RUNTIME)
        MARKER.write_text(json.dumps(marker), encoding="utf-8")
        say(f"installed in {time.monotonic() - began:.1f} s")
    finally:
        os.close(folder)


def main(arguments: list[str]) -> int:
    """Runs one command of the front desk."""
    if arguments[:1] == [INSIDE]:
        from config.front_desk.commands import serve

        return serve(arguments[1], arguments[2:])
    command = arguments[0] if arguments else ""
    if command in {"help", "--help", "-h"}:
        print(USAGE, end="")
        return 0
    if command not in COMMANDS:
        print((f"opencen: unknown command {command!r}\n" if command else "") + USAGE, end="", file=sys.stderr)
        return 2
    try:
        ensure(COMMANDS[command][0])
        name_client()
    except NotInstalled as problem:
        say(str(problem))
        return 3
    os.execve(PYTHON, [str(PYTHON), str(ROOT / "bootstrap.py"), INSIDE, *arguments], clean_environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
