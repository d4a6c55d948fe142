"""The one function in which every way of signing in ends.

The session's key is new after each: what somebody planted before it opens nothing.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor, ActorKind
from accounts.models import Officer
from accounts.refusals import Forbidden
from accounts.sign_in.sessions import note_origin
from audit import trail
from audit.verbs import Verb

EPOCH = "opencen_epoch"
FACTOR = "opencen_factor"
SEAT = "opencen_seat"
STEPPED_UP = "opencen_stepped_up"
# What counts as a second factor; a password alone opens nothing.
FACTORS = frozenset({"totp", "passkey", "recovery_code", "demonstration"})
# A recovery code opens a session, but is no fresh proof inside one: there are few, and they lie on paper.
STEP_UP_FACTORS = FACTORS - {"recovery_code"}


def finish_sign_in(request: HttpRequest, officer: Officer, *, factor: str) -> None:
    """Opens the session of an active officer who showed a factor; writes the event with it.

    Raises Forbidden for a suspended officer or an unknown factor. The session key is new, the epoch noted.
    """
    if not officer.is_active or factor not in FACTORS:
        raise Forbidden
    with transaction.atomic():
        request.session.flush()
        login(request, officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        mark_session(request.session, officer, factor)
        note_origin(request)
        trail.record(_who(officer), Verb.SIGN_IN_COMPLETED, what(officer), facts={"factor": factor})


def keep_session(request: HttpRequest, officer: Officer) -> None:
    """Carries this session over a change of epoch or password, under a new key; all others have ended."""
    factor = request.session[FACTOR]
    seat, stepped_up = request.session.get(SEAT), request.session.get(STEPPED_UP)
    update_session_auth_hash(request, officer)
    mark_session(request.session, officer, factor)
    request.session[STEPPED_UP] = stepped_up
    if seat:
        request.session[SEAT] = seat


def mark_session(session: Any, officer: Officer, factor: str) -> None:
    """Notes what the middleware demands of every later request."""
    session[EPOCH] = officer.auth_epoch
    session[FACTOR] = factor
    # A recovery code opens the session, and the way to new factors; it is no fresh proof for anything else.
    session[STEPPED_UP] = timezone.now().timestamp() if factor in STEP_UP_FACTORS else None
    session.pop(SEAT, None)


def step_up(request: HttpRequest, officer: Officer, *, factor: str) -> None:
    """Notes a fresh second factor in a running session."""
    if factor not in STEP_UP_FACTORS or request.session.get(EPOCH) != officer.auth_epoch:
        raise Forbidden
    with transaction.atomic():
        request.session[STEPPED_UP] = timezone.now().timestamp()
        trail.record(_who(officer), Verb.SIGN_IN_STEPPED_UP, what(officer), facts={"factor": factor})


def _who(officer: Officer) -> trail.Who:
    return Actor(kind=ActorKind.OFFICER, officer_id=officer.pk).who()


def what(officer: Officer) -> trail.What:
    """The officer as the object of an event."""
    return trail.What("officer", str(officer.pk))
