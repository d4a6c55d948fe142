"""The product's web server in processes of its own, on the database of a test."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def web_server(port: int, *, workers: int, **environment: str) -> Iterator[int]:
    """Answers on the port; yields the number of the process that holds the workers."""
    known = {**os.environ, "OPENCEN_MODE": "demonstration", "OPENCEN_PORT": str(port), **environment}
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    more = ["--workers", str(workers), "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
    with subprocess.Popen([sys.executable, "-m", *command, *more, "config.wsgi:application"], env=known) as server:
        try:
            _await(port, server)
            yield server.pid
        finally:
            server.terminate()


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + 120
    while monotonic() < until and server.poll() is None:
        try:
            probe = http.client.HTTPConnection("localhost", port)
            probe.request("GET", "/api/v1/sealed/groups")
            probe.getresponse().read()
            return
        except OSError:
            sleep(0.2)
    raise RuntimeError("the web server did not start")
