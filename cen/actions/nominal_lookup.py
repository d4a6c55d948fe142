"""Looking up a person, company or number within the administration: exact, by keyed hash, for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.actions.nominal_identifiers import OpenIdentifier, read_identifier
from cen.actions.parties import OpenParty, read_party
from cen.models import Case, CaseParty, NominalIdentifier, Party, PartyLookup
from cen.nominal.fields import checked
from cen.nominal.keys import open_ring
from cen.nominal.lookups import LOOKUPS, terms, terms_of
from cen.nominal.purpose import Purpose, demand

# More hits than this are no exact look-up: the term must be narrowed, not the list be paged.
MOST = 50
# What tells that two records are of the same person or company.
_SAME = frozenset({"name", "document", "registration", "tax"})


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A known party with the cases of the administration that it stands in."""

    opened: OpenParty
    cases: list[Case]


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What a look-up gave; more: there were more than could be shown."""

    parties: list[Hit] = field(default_factory=list)
    identifiers: list[OpenIdentifier] = field(default_factory=list)
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.parties or self.identifiers)


def look_up(actor: Actor, lookup: str, text: str, *, purpose: Purpose) -> Found:
    """Parties and identifiers whose value is exactly this one, however it is written.

    One event for the look-up, with a keyed hash in place of the term, and one for each record shown.
    """
    for model in (Party, NominalIdentifier):
        if refusal := policy_for(model).possible(actor, Action.LOOK_UP):
            raise refusal
    if lookup not in LOOKUPS:
        raise RulesBroken([Finding("lookup_unknown", _("Choose what you are looking for."), "lookup")])
    wanted = sorted(terms(lookup, text))
    if not wanted:
        raise RulesBroken([Finding("term_missing", _("Write the name or number to look for."), "text")])
    given = {"names": [text]} if lookup == "name" else {"values": [text]}
    demand(purpose, **given)
    owner: Any = actor.administration_id
    ring = open_ring(owner)
    parties, identifiers = [], []
    if LOOKUPS[lookup].in_parties:
        hashes = [ring.lookup(lookup, term) for term in wanted]
        keys = policy_for(PartyLookup).visible_to(actor, Action.LOOK_UP).filter(field=lookup, lookup__in=hashes)
        rows = policy_for(Party).visible_to(actor, Action.LOOK_UP).filter(pk__in=keys.values("party"))
        parties = list(rows.order_by("-updated_at")[: MOST + 1])
    if kind := LOOKUPS[lookup].identifier:
        hashes = [ring.lookup(f"identifier:{kind}", term) for term in wanted]
        numbers = policy_for(NominalIdentifier).visible_to(actor, Action.LOOK_UP)
        numbers = numbers.filter(kind=kind, lookup__in=hashes).select_related("case").order_by("-pk")
        identifiers = list(numbers[: MOST + 1])
    facts = {
        "lookup": lookup,
        # Equal terms can be told from each other's events, the term itself from none.
        "term": ring.lookup(f"trail:{lookup}", "|".join(wanted)).hex(),
        "parties": len(parties[:MOST]),
        "identifiers": len(identifiers[:MOST]),
    }
    _tell(actor, purpose, facts)
    return Found(
        [Hit(read_party(actor, one, purpose=purpose), cases_of(actor, one)) for one in parties[:MOST]],
        [read_identifier(actor, one, purpose=purpose, case=one.case) for one in identifiers[:MOST]],
        more=len(parties) > MOST or len(identifiers) > MOST,
    )


def known_already(actor: Actor, kind: str, details: Mapping[str, str], *, purpose: Purpose) -> list[Hit]:
    """Parties of the kind that share a name or a number of document, register or tax with these fields.

    Asked before a party is recorded a second time. One event, and one for each record shown.
    """
    if refusal := policy_for(Party).possible(actor, Action.LOOK_UP):
        raise refusal
    given, _warnings = checked(kind, details)
    wanted = [(lookup, term) for lookup, term in terms_of(given) if lookup in _SAME]
    demand(purpose)
    owner: Any = actor.administration_id
    ring = open_ring(owner)
    query = Q(pk__in=())
    for lookup, term in wanted:
        query |= Q(field=lookup, lookup=ring.lookup(lookup, term))
    keys = policy_for(PartyLookup).visible_to(actor, Action.LOOK_UP).filter(query)
    rows = policy_for(Party).visible_to(actor, Action.LOOK_UP).filter(pk__in=keys.values("party"), kind=kind)
    known = list(rows.order_by("-updated_at")[:MOST])
    _tell(actor, purpose, {"lookup": "before_recording", "parties": len(known)})
    return [Hit(read_party(actor, one, purpose=purpose), cases_of(actor, one)) for one in known]


def _tell(actor: Actor, purpose: Purpose, facts: dict[str, Any]) -> None:
    what = trail.What("nominal", "", "", actor.administration_id)
    why = {"purpose": purpose.code, "purpose_text": purpose.text}
    trail.record(actor.who(), Verb.PARTY_LOOKED_UP, what, **why, facts=facts)


def cases_of(actor: Actor, party: Party) -> list[Case]:
    """The cases of the administration in which the party stands, newest first."""
    links = policy_for(CaseParty).visible_to(actor).filter(party=party)
    return list(policy_for(Case).visible_to(actor).filter(pk__in=links.values("case")).order_by("-pk"))
