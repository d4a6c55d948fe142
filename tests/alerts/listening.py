"""A client of the live stream that reads what arrives, event by event."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse


@dataclass
class Listening:
    """`events` are (name, id) in the order of their arrival; `ended` says when the server closed."""

    port: int
    headers: dict[str, str]
    path: str = "/live"
    events: queue.Queue[tuple[str, int]] = field(default_factory=queue.Queue)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.line = HTTPConnection("localhost", self.port, timeout=60)
        self.line.request("GET", self.path, headers={"Host": f"localhost:{self.port}", **self.headers})
        self.answer: HTTPResponse = self.line.getresponse()
        if self.answer.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        name, number = "", 0
        try:
            while raw := self.answer.readline():
                key, _, value = raw.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "id":
                    number = int(value)
                elif not key and name:
                    self.events.put((name, number))
                    name = ""
        except (OSError, ValueError, AttributeError):
            pass
        self.ended.set()

    def next(self, within: float = 20) -> tuple[str, int]:
        """The next event; queue.Empty where none comes."""
        return self.events.get(timeout=within)

    def ends_within(self, seconds: float) -> float:
        """How long it took until the server closed; fails where it stays open."""
        began = time.monotonic()
        assert self.ended.wait(seconds), f"still open after {seconds} s"
        return time.monotonic() - began

    def cut(self) -> None:
        """As a lost network would."""
        if self.line.sock:
            self.line.sock.close()
        self.line.close()
