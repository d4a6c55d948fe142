"""How many requests of which kind: counted in the process, added up in Valkey, without a word about who asked."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.workers import valkey

log = logging.getLogger("opencen.metrics")
# One hash: "kind status-class" → number. Lost with Valkey, as counters may be.
COUNTS = "opencen.requests"
EVERY = 5.0
_KINDS = (
    ("/static/", "static"),
    ("/api/v1/alerts/stream", "stream"),
    ("/live", "stream"),
    ("/api/v1/sealed/", "sealed"),
    ("/api/", "api"),
    ("/healthz", "watch"),
    ("/readyz", "watch"),
    ("/metrics", "watch"),
)


def kind_of(path: str) -> str:
    """The class of an address; nothing of the address itself is kept."""
    return next((kind for start, kind in _KINDS if path.startswith(start)), "page")


class RequestCounts:
    """The outermost middleware: counts every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._sent = time.monotonic()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self.count(f"{kind_of(request.path)} {response.status_code // 100}xx")
        return response

    def count(self, name: str) -> None:
        """Adds one; every few seconds one request takes the sums of its process to Valkey."""
        with self._lock:
            self._counts[name] += 1
            if time.monotonic() - self._sent < EVERY:
                return
            sums, self._counts, self._sent = self._counts, Counter(), time.monotonic()
        try:
            with valkey() as client, client.pipeline(transaction=False) as asked:
                for key, number in sums.items():
                    asked.hincrby(COUNTS, key, number)
                asked.execute()
        except Exception as error:  # noqa: BLE001  (a count is not worth an answer)
            log.warning("requests could not be counted (%s)", type(error).__name__)


def request_counts() -> dict[tuple[str, str], int]:
    """By kind and class of status, of all processes since Valkey began."""
    with valkey() as client:
        found = client.hgetall(COUNTS)
    split = (((_text(name).split(" ", 1)), int(number)) for name, number in found.items())
    return {(kind, status): number for (kind, status), number in split}


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
