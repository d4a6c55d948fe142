"""Whether sessions that were let in before would be let in now: for what stays open longer than a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.actor import Actor
from accounts.middleware import actor_of_postings, session_counts
from accounts.models import Officer, Posting, Session
from accounts.sign_in.finish import FACTOR, SEAT, STEPPED_UP


def still_signed_in(keys: Collection[str]) -> dict[str, Actor]:
    """Those of the sessions that count now, each with its actor as the next request would find him.

    Three statements, however many there are. A missing key means: ended, run out, or without a posting.
    """
    facts = {
        row.session_key: row.get_decoded()
        for row in Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    }
    officers = Officer.unguarded.in_bulk({_officer_id(one) for one in facts.values()} - {None})
    postings: dict[UUID, list[Posting]] = defaultdict(list)
    for posting in Posting.unguarded.in_force().filter(officer__in=officers).order_by("since", "id"):
        postings[posting.officer_id].append(posting)
    found = {}
    for key, session in facts.items():
        officer = officers.get(_officer_id(session))
        if officer is None or not session_counts(officer, session) or not _of_this_password(officer, session):
            continue
        actor = actor_of_postings(officer, postings[officer.pk], session.get(SEAT, ""), session.get(STEPPED_UP))
        if actor is not None:
            found[key] = replace(actor, recovering=session.get(FACTOR) == "recovery_code")
    return found


def _officer_id(session: dict[str, Any]) -> UUID | None:
    try:
        return UUID(session[SESSION_KEY])
    except (KeyError, ValueError):
        return None


def _of_this_password(officer: Officer, session: dict[str, Any]) -> bool:
    """What Django asks of every request: a changed password ends the sessions it opened."""
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), officer.get_session_auth_hash())
