"""A publication to 190 webhooks, and what sixty dead ones do to the other hundred and thirty."""

from __future__ import annotations

import time
from typing import Any

import pytest
from aiohttp import web

from accounts.models import Administration
from alerts.channels.webhook.pump import send_all
from tests.cast import Cast
from tests.delivery.conftest import TestSource
from tests.delivery.endpoints import a_webhook, as_worker, told
from tests.delivery.receivers import Receiver, hanging, receiving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_loopback")]
EVERYBODY, DEAD = 187, 60


class Desk:
    """As much of an actor as the helpers of this folder ask for."""

    officer_id = None
    secretariat = None

    def __init__(self, administration: Administration) -> None:
        self.seat = {"administration_id": administration.pk, "liaison_office_id": None}


def arrivals(receiver: Receiver, desks: list[Any]) -> list[float]:
    """Seconds from the fan-out until each living receiver had it."""
    came: list[float] = []

    async def noted(request: web.Request) -> web.StreamResponse:
        came.append(time.monotonic() - began)
        return web.Response(status=204)

    receiver.behaviour = noted
    began = time.monotonic()
    told(*desks)
    send_all()
    return sorted(came)


def test_all_are_told_in_seconds_and_dead_ones_delay_nobody(cast: Cast, source: TestSource, settings: Any) -> None:
    # Those that hang do so for two seconds: longer than all the others take together.
    settings.RETRY_SPEED = 1_000
    desks: list[Any] = [Desk(one) for one in Administration.unguarded.order_by("code")[:EVERYBODY]]
    with receiving() as alive, receiving(hanging) as dead:
        endpoints = [a_webhook(desk, alive.url())[0] for desk in desks]
        undisturbed = arrivals(alive, desks)
        assert len(undisturbed) == len(desks)
        assert undisturbed[int(len(desks) * 0.95)] <= 10

        def let_die() -> None:
            for one in endpoints[:DEAD]:
                one.url = dead.url()
                one.save()

        as_worker(let_die)
        disturbed = arrivals(alive, desks)
        print(  # noqa: T201  (a figure, seen with -s)
            f"p95 of {len(desks)}: {undisturbed[int(len(undisturbed) * 0.95)]:.2f} s undisturbed,"
            f" {disturbed[int(len(disturbed) * 0.95)]:.2f} s with {DEAD} hanging"
        )
        assert len(disturbed) == len(desks) - DEAD
        # A generous floor: a busy machine makes both slow, a dead receiver that is waited for takes two seconds more.
        assert disturbed[-1] <= 2 * undisturbed[-1] + 1
