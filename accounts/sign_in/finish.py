"""The one function in which every way of signing in ends."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor, ActorKind
from accounts.models import Officer
from accounts.refusals import Forbidden
from audit import trail
from audit.verbs import Verb

EPOCH = "opencen_epoch"
FACTOR = "opencen_factor"
SEAT = "opencen_seat"
STEPPED_UP = "opencen_stepped_up"
# What counts as a second factor; a password alone opens nothing.
FACTORS = frozenset({"totp", "passkey", "demonstration"})


def finish_sign_in(request: HttpRequest, officer: Officer, *, factor: str) -> None:
    """Opens the session of an active officer who showed a factor; writes the event with it.

    Raises Forbidden for a suspended officer or an unknown factor. The session key is new, the epoch noted.
    """
    if not officer.is_active or factor not in FACTORS:
        raise Forbidden
    with transaction.atomic():
        login(request, officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        mark_session(request.session, officer, factor)
        trail.record(_who(officer), Verb.SIGN_IN_COMPLETED, facts={"factor": factor})


def mark_session(session: Any, officer: Officer, factor: str) -> None:
    """Notes what the middleware demands of every later request."""
    session[EPOCH] = officer.auth_epoch
    session[FACTOR] = factor
    session[STEPPED_UP] = timezone.now().timestamp()
    session.pop(SEAT, None)


def step_up(request: HttpRequest, officer: Officer, *, factor: str) -> None:
    """Notes a fresh second factor in a running session."""
    if factor not in FACTORS or request.session.get(EPOCH) != officer.auth_epoch:
        raise Forbidden
    with transaction.atomic():
        request.session[STEPPED_UP] = timezone.now().timestamp()
        trail.record(_who(officer), Verb.SIGN_IN_STEPPED_UP, facts={"factor": factor})


def _who(officer: Officer) -> trail.Who:
    return Actor(kind=ActorKind.OFFICER, officer_id=officer.pk).who()
