"""Looking up a person, company or number within the administration: exact, by keyed hash, for a purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
from cen.nominal.keys import open_ring
from cen.nominal.lookups import LOOKUPS, terms
from cen.nominal.purpose import Purpose, demand

# More hits than this are no exact look-up: the term must be narrowed, not the list be paged.
MOST = 50


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
    trail.record(
        actor.who(),
        Verb.PARTY_LOOKED_UP,
        trail.What("nominal", "", "", actor.administration_id),
        purpose=purpose.code,
        purpose_text=purpose.text,
        facts={
            "lookup": lookup,
            # Equal terms can be told from each other's events, the term itself from none.
            "term": ring.lookup(f"trail:{lookup}", "|".join(wanted)).hex(),
            "parties": len(parties[:MOST]),
            "identifiers": len(identifiers[:MOST]),
        },
    )
    return Found(
        [Hit(read_party(actor, one, purpose=purpose), cases_of(actor, one)) for one in parties[:MOST]],
        [read_identifier(actor, one, purpose=purpose, case=one.case) for one in identifiers[:MOST]],
        more=len(parties) > MOST or len(identifiers) > MOST,
    )


def cases_of(actor: Actor, party: Party) -> list[Case]:
    """The cases of the administration in which the party stands, newest first."""
    links = policy_for(CaseParty).visible_to(actor).filter(party=party)
    return list(policy_for(Case).visible_to(actor).filter(pk__in=links.values("case")).order_by("-pk"))
