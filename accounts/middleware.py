"""From session to actor: postings, factor and epoch are read at every request, never remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.actor import Actor, ActorKind
from accounts.models import Officer, Posting
from accounts.roles import Role
from accounts.sign_in.finish import EPOCH, FACTOR, SEAT, STEPPED_UP


class ActorMiddleware:
    """Sets `request.actor`: an Actor for a session with a second factor and a posting in force, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of_session(request)
        request.actor = actor  # type: ignore[attr-defined]
        if actor is not None:
            # A language chosen in this browser wins over the one of the account.
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(actor.language)
            timezone.activate(actor.time_zone)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def actor_of_session(request: HttpRequest) -> Actor | None:
    """The actor of the session, or None where any of its conditions fails."""
    officer, session = officer_of_session(request), request.session
    if officer is None:
        return None
    actor = actor_of_officer(officer, session.get(SEAT, ""), session.get(STEPPED_UP))
    return replace(actor, recovering=session.get(FACTOR) == "recovery_code") if actor else None


def officer_of_session(request: HttpRequest) -> Officer | None:
    """Who is signed in with a second factor, whether or not the person holds a posting today."""
    officer: Any = request.user
    if not officer.is_authenticated or not session_counts(officer, request.session):
        return None
    found: Officer = officer
    return found


def session_counts(officer: Officer, session: Any) -> bool:
    """Whether a session of this officer opens anything: he is active, its epoch is his, a factor was shown."""
    return bool(officer.is_active and session.get(EPOCH) == officer.auth_epoch and session.get(FACTOR))


def actor_of_officer(officer: Officer, seat: str = "", stepped_up: float | None = None) -> Actor | None:
    """The officer at a seat (`administration:5` …; default: the first posting's) with all roles held there."""
    return actor_of_postings(
        officer, list(Posting.unguarded.in_force().filter(officer=officer).order_by("since", "id")), seat, stepped_up
    )


def actor_of_postings(
    officer: Officer, postings: list[Posting], seat: str = "", stepped_up: float | None = None
) -> Actor | None:
    """The same from all postings of the officer that are in force, in the order of their begin."""
    if not postings:
        return None
    chosen = next((posting for posting in postings if posting.seat_key == seat), postings[0])
    here = [posting for posting in postings if posting.seat_key == chosen.seat_key]
    return Actor(
        kind=ActorKind.OFFICER,
        officer_id=officer.pk,
        administration_id=chosen.administration_id,
        liaison_office_id=chosen.liaison_office_id,
        secretariat=chosen.secretariat,
        office_id=next((posting.office_id for posting in here if posting.office_id), None),
        roles=frozenset(Role(posting.role) for posting in here),
        stepped_up_at=datetime.fromtimestamp(stepped_up, UTC) if stepped_up else None,
        display_name=officer.display_name,
        language=officer.language,
        time_zone=officer.time_zone,
    )
