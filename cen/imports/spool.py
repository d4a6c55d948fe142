"""Sorting more than fits in memory: sorted stretches in files without a name, merged while they are read."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any

# Some ten megabytes of rows of an ordinary list.
STRETCH = 5_000


class Spool:
    """Rows in the order of their keys, as often as they are asked for. The files vanish with the process."""

    def __init__(self, items: Iterable[Any], key: Callable[[Any], Any], *, stretch: int = STRETCH) -> None:
        self._key, self._files = key, ExitStack()
        self._stretches: list[IO[bytes]] = []
        held: list[Any] = []
        for item in items:
            held.append(item)
            if len(held) >= stretch:
                self._write(held)
                held = []
        if held or not self._stretches:
            self._write(held)

    def __iter__(self) -> Iterator[Any]:
        return heapq.merge(*(self._read(file) for file in self._stretches), key=self._key)

    def close(self) -> None:
        self._files.close()

    def _write(self, held: list[Any]) -> None:
        held.sort(key=self._key)
        file = self._files.enter_context(tempfile.TemporaryFile(prefix="opencen-import-"))  # noqa: SIM115
        for item in held:
            pickle.dump(item, file, protocol=pickle.HIGHEST_PROTOCOL)
        file.flush()
        self._stretches.append(file)

    @staticmethod
    def _read(file: IO[bytes]) -> Iterator[Any]:
        file.seek(0)
        while True:
            try:
                # Written a moment ago by this process into a file that has no name.
                yield pickle.load(file)  # noqa: S301
            except EOFError:
                return
