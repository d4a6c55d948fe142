"""Finding published cases: one door for the page and the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding
from audit import trail
from audit.verbs import Verb
from cen.identifiers.kinds import NOMINAL_KINDS, UnknownKind
from cen.identifiers.reading import read
from cen.models import ReleasedCase, ReleasedIdentifier
from cen.queries.criteria import BadCriteria, Criteria

# Newest first; the key breaks ties, so that pages never overlap.
NEWEST_FIRST = (F("seized_on").desc(nulls_last=True), "-pk")


def search(actor: Actor, given: Mapping[str, str]) -> QuerySet[ReleasedCase]:
    """Published cases that meet the parameters, newest first; the search leaves its event.

    Beside the parameters of Criteria: `identifier`, as `kind:number`, answered from the identifiers that the
    actor may search. Raises BadCriteria for a parameter that means nothing, Forbidden without the right.
    """
    wanted = dict(given)
    identifier = wanted.pop("identifier", "")
    criteria = Criteria.read(wanted)
    rows = policy_for(ReleasedCase).visible_to(actor, Action.LIST).filter(criteria.as_filter())
    if identifier:
        rows = rows.filter(pk__in=carrying(actor, identifier).values("released_case"))
    trail.record(actor.who(), Verb.RELEASED_SEARCHED, facts={"criteria": _without_words(given)})
    return rows.select_related("administration").order_by(*NEWEST_FIRST)


def carrying(actor: Actor, identifier: str) -> QuerySet[ReleasedIdentifier]:
    """Identifiers of released cases that equal `kind:number` once normalised, of those the actor may search."""
    policy = policy_for(ReleasedIdentifier)
    if refusal := policy.possible(actor, Action.SEARCH_IDENTIFIER):
        raise refusal
    kind, _colon, number = identifier.partition(":")
    try:
        reading = read(kind, number[:300])
    except UnknownKind:
        reading = None
    if reading is None or kind in NOMINAL_KINDS or not reading.normalised:
        sentence = _("Write the identifier as kind:number, such as container:TGHU1234567.")
        raise BadCriteria(Finding("identifier_unreadable", sentence, "identifier"))
    return policy.visible_to(actor, Action.SEARCH_IDENTIFIER).filter(kind=kind, normalised=reading.normalised)


def _without_words(given: Mapping[str, str]) -> dict[str, Any]:
    """The parameters for the trail. Words could hold a name: a keyed hash tells equal searches apart from others."""
    if "text" not in given:
        return dict(given)
    return {**given, "text": salted_hmac("opencen.search", given["text"], algorithm="sha256").hexdigest()[:16]}
