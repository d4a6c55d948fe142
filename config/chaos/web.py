"""The product's web process with one more address, by which a trial publishes: by the same acts as people do.

It stands outside the product's own addresses, is started by `./run chaos` alone, and refuses to start in production.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from django.conf import settings
from django.db import close_old_connections, connection, transaction

from config.wsgi import application as product

if settings.PRODUCTION:
    raise RuntimeError("config.chaos.web is for trials only")

from config.chaos import naive, publishing

PATH = "/chaos/publish"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """POST /chaos/publish with Idempotency-Key: {"reference": …}. With Die: 1 the process dies after the commit."""
    if environ.get("PATH_INFO") != PATH:
        answer: Iterable[bytes] = product(environ, start_response)
        return answer
    close_old_connections()
    try:
        reference, new = _published(environ["HTTP_IDEMPOTENCY_KEY"])
        if environ.get("HTTP_DIE"):
            os.kill(os.getpid(), signal.SIGKILL)
        if new and os.environ.get(naive.SWITCH):
            naive.fan_out(reference)
        body = orjson.dumps({"reference": reference})
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    except Exception as error:  # noqa: BLE001  (the publisher tries again, whatever it was)
        body = type(error).__name__.encode()
        start_response("503 Service Unavailable", [("Content-Length", str(len(body)))])
    finally:
        connection.close()
    return [body]


def _published(key: str) -> tuple[str, bool]:
    """The reference under this key, and whether this very request made it: one transaction from key to outbox."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into chaos_publication (key) values (%s) on conflict do nothing returning key", [key]
            )
            new = cursor.fetchone() is not None
            if not new:
                cursor.execute("select reference from chaos_publication where key = %s", [key])
                return str(cursor.fetchone()[0]), False
        reference = publishing.publish()
        with connection.cursor() as cursor:
            cursor.execute("update chaos_publication set reference = %s where key = %s", [reference, key])
    return reference, True
