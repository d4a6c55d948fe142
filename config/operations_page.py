"""The page "Workers and queues": what works, what waits, and since when; for those who run the network."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from alerts.models import PeriodicTask
from alerts.queries.standing import standing
from alerts.reconcile import oldest_in_ledger
from config.queues import CREWS, QUEUES, Queue
from config.workers import WorkerSign, queue_lengths, workers

# Longer than the lease of a fan-out: whatever waits for so long waits for a reason.
LATE = 60.0
_NAMES = {
    "alerts": _("Alerts"),
    "deliveries": _("Deliveries"),
    "mail": _("Mail"),
    "imports": _("Imports"),
    "media": _("Images"),
    "sealed": _("Sealed groups"),
    "housekeeping": _("Housekeeping"),
}


@page(PeriodicTask, Action.LIST, methods=("GET",))
def operations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Figures of the outbox, queues with their crews and limits, workers, and the timetable."""
    now = standing(actor)
    with handed_to(SystemTask.DELIVERY):
        oldest = max(now.oldest, oldest_in_ledger())
    known, lengths = _asked()
    moment = timezone.now()
    context = {
        "standing": now,
        "oldest": moment - timedelta(seconds=oldest) if oldest else None,
        "late": oldest > LATE,
        "broker": known is not None,
        "queues": [_queue(one, known or [], (lengths or {}).get(one.name)) for one in QUEUES],
        "workers": [_worker(one, moment) for one in known or []],
        "timetable": policy_for(PeriodicTask).visible_to(actor, Action.LIST).order_by("name"),
        "trail": [(_("Workers and queues"), "")],
    }
    return render(request, "operations/workers.html", context)


def _asked() -> tuple[list[WorkerSign] | None, dict[str, int] | None]:
    """What Valkey knows; None where it does not answer."""
    try:
        return workers(), queue_lengths()
    except Exception:  # noqa: BLE001  (whatever it is: the page says that it is away)
        return None, None


def _queue(queue: Queue, known: list[WorkerSign], length: int | None) -> dict[str, Any]:
    crew = next(one for one in CREWS if queue.name in one.queues)
    living = sum(one.processes for one in known if one.alive and queue.name in one.queues)
    return {"name": _NAMES[queue.name], "length": length, "processes": living, "queue": queue, "crew": crew}


def _worker(sign: WorkerSign, moment: datetime) -> dict[str, Any]:
    names = [_NAMES.get(one, one) for one in sign.queues]
    return {"sign": sign, "seen": moment - timedelta(seconds=sign.age), "queues": names}
