"""The folder in which a client keeps what it has seen: closed to others, one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Unusable(Exception):
    """The folder cannot be used; the text says what to do."""


class StateFolder:
    """A folder of mode 0700 with a lock. Two processes in one folder would number their messages alike."""

    def __init__(self, path: Path) -> None:
        """Refused (Unusable): open to other users, or in use by another process."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        if found.st_mode & 0o077 or found.st_uid != os.getuid():
            raise Unusable(f"{path} can be read by others. Close it: chmod 700 {path}")
        self.path = path
        self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise Unusable(
                f"Another program works in {path}. Wait until it has ended, or name another folder."
            ) from None

    def close(self) -> None:
        os.close(self._lock)

    def __enter__(self) -> StateFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def made(self, name: str) -> Path:
        """The file of this name, empty and of mode 0600 where it was not there yet."""
        target = self.path / name
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return target


def write_closed(target: Path, data: bytes) -> None:
    """Writes a file of mode 0600 that appears at once and whole, and replaces what stood there."""
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
