"""Figures for Prometheus at /metrics: for the addresses and the token that the operator named, for nobody else."""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from accounts.access.portal import public
from accounts.access.row_security import acting_as
from accounts.actor import SystemTask, system
from alerts.channels.live.news import highest
from alerts.queries.standing import standing
from alerts.reconcile import oldest_undelivered
from config.request_counts import request_counts
from config.workers import queue_lengths, workers

log = logging.getLogger("opencen.metrics")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
type Sample = tuple[dict[str, str], float]


@public(
    "Whoever watches the machines is no person here; it is let in by address or token, by default nobody is.",
    methods=("GET",),
)
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures; a part that can't be asked is left out and named by `opencen_up`."""
    if not may_read(request.META.get("REMOTE_ADDR", ""), request.headers.get("Authorization", "")):
        raise Http404
    return HttpResponse("".join(_lines()), content_type=CONTENT_TYPE)


def may_read(address: str, authorization: str) -> bool:
    """Whether the address is in OPENCEN_METRICS_FROM, or the token is that of OPENCEN_METRICS_TOKEN_FILE."""
    token = settings.METRICS_TOKEN
    if token and hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        return True
    try:
        asking = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asking in network for network in settings.METRICS_FROM)


def _lines() -> Iterator[str]:
    up = {}
    for part, told in (("database", _outbox), ("valkey", _workers), ("counts", _requests)):
        try:
            lines = list(told())
            up[part] = 1.0
            yield from lines
        except Exception as error:  # noqa: BLE001  (the figures of the other parts are still wanted)
            log.warning("no figures of %s (%s)", part, type(error).__name__)
            up[part] = 0.0
    yield from _family("up", "gauge", "Whether this part could be asked.", [({"part": k}, v) for k, v in up.items()])


def _outbox() -> Iterator[str]:
    measuring = system(SystemTask.MEASURING)
    with transaction.atomic(), acting_as(measuring):
        now = standing(measuring)
    states = [({"state": "open"}, now.open), ({"state": "quarantined"}, now.quarantined)]
    oldest: list[tuple[dict[str, str], float]] = [({}, oldest_undelivered())]
    yield from _family("oldest_undelivered_seconds", "gauge", "Age of the oldest that waits.", oldest)
    yield from _family("announcements", "gauge", "Announcements that are not delivered, by state.", states)
    yield from _family("announced_total", "counter", "Number of the newest announcement.", [({}, now.announced)])
    about = "Number of the newest alert; its rate is alerts a second."
    yield from _family("alerts_total", "counter", about, [({}, highest())])


def _workers() -> Iterator[str]:
    lengths, known = queue_lengths(), workers()
    waiting = [({"queue": name}, size) for name, size in lengths.items()]
    yield from _family("queue_messages", "gauge", "Messages waiting.", waiting)
    served = {name: sum(one.processes for one in known if one.alive and name in one.queues) for name in lengths}
    living = [({"queue": name}, number) for name, number in served.items()]
    yield from _family("queue_processes", "gauge", "Living processes that serve a queue.", living)
    ages = [({"worker": one.name}, one.age) for one in known]
    yield from _family("worker_sign_age_seconds", "gauge", "Since a worker's last sign of life.", ages)
    done = [({"worker": one.name}, one.done) for one in known]
    yield from _family("worker_tasks_total", "counter", "Tasks that a worker took.", done)


def _requests() -> Iterator[str]:
    found = [({"kind": kind, "status": status}, number) for (kind, status), number in sorted(request_counts().items())]
    yield from _family("requests_total", "counter", "Answers, by kind of address and class of status.", found)


def _family(name: str, kind: str, about: str, samples: Iterable[tuple[dict[str, str], float]]) -> Iterator[str]:
    yield f"# HELP opencen_{name} {about}\n# TYPE opencen_{name} {kind}\n"
    for labels, value in samples:
        said = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"opencen_{name}{'{' + said + '}' if said else ''} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
