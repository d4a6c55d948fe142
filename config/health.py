"""Whether the process lives, and whether the whole product can work."""

from __future__ import annotations

from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse

from accounts.access.portal import public


@public("A watcher asks before anybody is signed in; it learns nothing but yes.", methods=("GET",))
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the web process serves."""
    return JsonResponse({"alive": True})


@public("A watcher asks before anybody is signed in; it learns which part does not answer.", methods=("GET",))
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL, Valkey and at least one worker answer; else 503 with the parts that do not."""
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
    """Asked at most once a second, whoever asks: waiting for an answer holds a thread."""
    try:
        known = cache.get("ready:worker")
        if known is None:
            known = bool(current_app.control.ping(timeout=0.5, limit=1))
            cache.set("ready:worker", known, 1)
        return bool(known)
    except Exception:  # noqa: BLE001
        return False
