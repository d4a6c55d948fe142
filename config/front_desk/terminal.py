"""What the front desk writes on the terminal: its own lines, and from each log the lines that matter."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TextIO

# A log that outgrows this is moved aside once, so the state folder does not fill the disk.
LOG_LIMIT = 20 * 1024 * 1024

_HEAD = re.compile(r"^(?:\[?\d{4}-\d\d-\d\d[ T]|\[(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)\]|\d+:[A-Z] \d)", re.ASCII)
_SERIOUS = re.compile(r"\b(?:WARN|WARNING|ERROR|CRITICAL|FATAL|PANIC|Traceback)\b")


def say(text: str, stream: TextIO | None = None) -> None:
    """One line of the front desk; standard error unless told."""
    print(f"opencen: {text}", file=stream or sys.stderr, flush=True)


class LogFollower:
    """Reads what was added to one log and shows warnings, errors and the tracebacks that belong to them."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self._at = path.stat().st_size if path.exists() else 0
        self._rest = ""
        self._showing = False

    def skip(self) -> None:
        """Leaves unread what is there now."""
        self._at = self.path.stat().st_size if self.path.exists() else 0

    def serious_lines(self) -> list[str]:
        """The new lines worth a person's eye, each with the name of its process."""
        try:
            size = self.path.stat().st_size
            self._at = min(self._at, size)
            with self.path.open("rb") as file:
                file.seek(self._at)
                added = file.read(size - self._at)
        except FileNotFoundError:
            return []
        self._at += len(added)
        *lines, self._rest = (self._rest + added.decode("utf-8", errors="replace")).split("\n")
        if size > LOG_LIMIT:
            self._move_aside()
        return [f"{self.name:<8} | {line.rstrip()}" for line in lines if self._matters(line)]

    def _matters(self, line: str) -> bool:
        if _HEAD.match(line) or line.startswith("Traceback"):
            self._showing = bool(_SERIOUS.search(line))
        return self._showing and bool(line.strip())

    def _move_aside(self) -> None:
        """Keeps one older part. The writer has the file open for appending, so it is emptied, not renamed."""
        self.path.with_suffix(".log.1").write_bytes(self.path.read_bytes())
        with self.path.open("r+b") as file:
            file.truncate()
        self._at = 0
