"""Whether the process lives, and whether the whole product can work."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse

from accounts.access.portal import public
from config.workers import workers


@public("A watcher asks before anybody is signed in; it learns nothing but yes.", methods=("GET",))
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the web process serves."""
    return JsonResponse({"alive": True})


@public("A watcher asks before anybody is signed in; it learns which part does not answer.", methods=("GET",))
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL and Valkey answer and a worker gave a sign of life; else 503 with the parts that do not.

    No worker is asked, whoever asks this: its last sign of life is looked up.
    """
    parts = {"database": _database(), "valkey": _valkey(), "worker": _worker()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            return True
    except Exception:  # noqa: BLE001  (every trouble means: not ready)
        return False


def _valkey() -> bool:
    try:
        cache.set("ready", 1, 5)
        return cache.get("ready") == 1
    except Exception:  # noqa: BLE001
        return False


def _worker() -> bool:
    try:
        return any(one.alive for one in workers())
    except Exception:  # noqa: BLE001
        return False
