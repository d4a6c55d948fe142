"""Publishers: each asks until it has an answer, by the same key, so that a lost answer makes no second publication."""

from __future__ import annotations

import http.client
import queue
import random
import threading
import time
from types import TracebackType
from uuid import uuid4

import orjson

# Few, since each publication is many statements and the machine has other work.
AT_ONCE = 3
PATIENCE = 20.0


class Publishers:
    """Threads that publish evenly over the time they are given."""

    def __init__(self, port: int, alerts: int, seconds: float) -> None:
        self.promised: dict[str, str] = {}
        self._port, self._alerts, self._seconds = port, alerts, seconds
        self._keys: queue.SimpleQueue[str] = queue.SimpleQueue()
        for _ in range(alerts):
            self._keys.put(uuid4().hex)
        self._die = 0
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(AT_ONCE)]
        self._ended = threading.Event()

    def __enter__(self) -> Publishers:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._ended.set()

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def let_web_die(self) -> None:
        """The next publication kills its web process between commit and answer."""
        with self._lock:
            self._die += 1

    def _run(self, number: int) -> None:
        # Once in so many seconds each, with some chance in it.
        pause = self._seconds * AT_ONCE / self._alerts
        due = self._began + random.random() * pause  # noqa: S311
        while not self._ended.is_set():
            try:
                key = self._keys.get_nowait()
            except queue.Empty:
                return
            self._ended.wait(max(0.0, due - time.monotonic()))
            due += pause
            self._publish(key)

    def _publish(self, key: str) -> None:
        with self._lock:
            die, self._die = self._die > 0, max(0, self._die - 1)
        while not self._ended.is_set():
            if reference := self._ask(key, die=die):
                with self._lock:
                    self.promised[key] = reference
                return
            die = False
            self._ended.wait(0.3)

    def _ask(self, key: str, *, die: bool) -> str:
        web = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            headers = {"Host": "localhost", "Idempotency-Key": key} | ({"Die": "1"} if die else {})
            web.request("POST", "/chaos/publish", b"", headers)
            answer = web.getresponse()
            content = answer.read()
            return str(orjson.loads(content)["reference"]) if answer.status == 200 else ""
        except (OSError, http.client.HTTPException, ValueError):
            return ""
        finally:
            web.close()
