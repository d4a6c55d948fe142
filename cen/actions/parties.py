"""Persons and companies of an administration: recorded, amended, linked to cases, read and looked up.

Every act needs a fresh second factor and a purpose, and every party that is opened is an event of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Conflict, Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.actions.record import about as about_case
from cen.codelists import lists
from cen.models import Case, CaseParty, Party, PartyLookup
from cen.nominal.fields import FIELDS, PERSON, checked, lines
from cen.nominal.keys import KeyRing, open_ring
from cen.nominal.lookups import terms_of
from cen.nominal.purpose import Purpose, demand

TABLE = "party"


@dataclass(frozen=True, slots=True, repr=False)
class OpenParty:
    """A party with its nominal fields, open for the length of one request; it shows nothing of them by itself."""

    party: Party
    details: dict[str, str]

    @property
    def title(self) -> str:
        """The name as it is headed: given and family name, or the company's."""
        if self.party.kind == PERSON:
            names = (self.details.get("given_names", ""), self.details.get("family_name", ""))
            return " ".join(name for name in names if name) or self.details.get("aliases", "").partition("\n")[0]
        return self.details.get("name", "")

    def words(self, word: str) -> list[str]:
        """What of it the release check looks for: `name` (whole names) or `value` (numbers)."""
        found = [one for code, value in self.details.items() if FIELDS[code].word == word for one in lines(value)]
        return [*found, self.title] if word == "name" and self.title else found


@dataclass(frozen=True, slots=True, repr=False)
class LinkedParty:
    """A party in its part in a case."""

    link: CaseParty
    opened: OpenParty


def about(party: Party) -> trail.What:
    """The party as facts of the audit trail: its id alone."""
    return trail.What("party", str(party.pk), "", party.administration_id)


def record_party(
    actor: Actor, kind: str, details: Mapping[str, str], *, purpose: Purpose, case: Case | None = None
) -> tuple[OpenParty, list[Finding]]:
    """A new person or company of the actor's administration, with warnings about doubtful numbers."""
    owner: Any = actor.administration_id
    recorder: Any = actor.officer_id
    party = Party(administration_id=owner, kind=kind, recorded_by_id=recorder)
    policy_for(Party).require(actor, Action.CREATE, party)
    given, warnings = checked(kind, details)
    opened = OpenParty(party, given)
    _demand(purpose, opened)
    ring = open_ring(party.administration_id)
    _seal_into(ring, opened)
    party.save(force_insert=True)
    write_lookups(ring, opened)
    _tell(actor, Verb.PARTY_RECORDED, party, purpose, case)
    return opened, warnings


def amend_party(
    actor: Actor, party: Party, details: Mapping[str, str], *, revision: int, purpose: Purpose
) -> list[Finding]:
    """Replaces the fields; raises Conflict (with what stands now, opened) where another revision stands."""
    policy_for(Party).require(actor, Action.AMEND, party)
    given, warnings = checked(party.kind, details)
    _demand(purpose, OpenParty(party, given))
    ring = open_ring(party.administration_id)
    if not Party.unguarded.filter(pk=party.pk, revision=revision).update(revision=F("revision") + 1):
        party.refresh_from_db()
        raise Conflict(current=open_party(ring, party))
    party.refresh_from_db()
    opened = OpenParty(party, given)
    _seal_into(ring, opened)
    party.save()
    PartyLookup.unguarded.filter(party=party).delete()
    write_lookups(ring, opened)
    _tell(actor, Verb.PARTY_AMENDED, party, purpose, facts={"revision": party.revision})
    return warnings


def read_party(actor: Actor, party: Party, *, purpose: Purpose, case: Case | None = None) -> OpenParty:
    """The party, opened; one event."""
    policy_for(Party).require(actor, Action.READ, party)
    demand(purpose)
    opened = open_party(open_ring(party.administration_id), party)
    _demand(purpose, opened)
    _tell(actor, Verb.PARTY_READ, party, purpose, case)
    return opened


def parties_of(actor: Actor, case: Case, *, purpose: Purpose) -> list[LinkedParty]:
    """The parties of a case in the order they were linked; one event a party."""
    policy_for(Case).require(actor, Action.READ_NOMINAL, case)
    demand(purpose)
    links = policy_for(CaseParty).visible_to(actor).filter(case=case).select_related("party").order_by("pk")
    return [LinkedParty(one, read_party(actor, one.party, purpose=purpose, case=case)) for one in links]


def link_party(actor: Actor, case: Case, party: Party, role: str, *, purpose: Purpose) -> CaseParty:
    """Says what part the party has in the case; linking the same part again changes nothing."""
    policy_for(Case).require(actor, Action.READ_NOMINAL, case)
    policy_for(Party).require(actor, Action.READ, party)
    if not lists.is_valid("person_role", role):
        raise RulesBroken([Finding("role_missing", _("Choose the part in this case."), "role")])
    demand(purpose)
    facts = {"administration_id": case.administration_id, "case": case, "party": party, "role": role}
    known = policy_for(CaseParty).visible_to(actor).filter(**facts).first()
    if known is not None:
        return known
    linker: Any = actor.officer_id
    link = CaseParty(**facts, linked_by_id=linker)
    policy_for(CaseParty).require(actor, Action.CREATE, link)
    link.save(force_insert=True)
    _tell(actor, Verb.PARTY_LINKED, party, purpose, case, facts={"role": role})
    return link


def unlink_party(actor: Actor, link: CaseParty, *, purpose: Purpose) -> None:
    """Takes the party out of the case; the party itself stays."""
    policy_for(CaseParty).require(actor, Action.AMEND, link)
    demand(purpose)
    party, case, role = link.party, link.case, link.role
    link.delete()
    _tell(actor, Verb.PARTY_UNLINKED, party, purpose, case, facts={"role": role})


def open_party(ring: KeyRing, party: Party) -> OpenParty:
    """Opens a row; a row that was sealed anew by a rotation meanwhile is read again."""
    if not ring.has(party.key_version):
        party.refresh_from_db(fields=["sealed", "key_version"])
    return OpenParty(party, ring.unseal(TABLE, party.pk, bytes(party.sealed), party.key_version))


def _seal_into(ring: KeyRing, opened: OpenParty) -> None:
    party = opened.party
    party.sealed, party.key_version = ring.seal(TABLE, party.pk, opened.details), ring.version


def write_lookups(ring: KeyRing, opened: OpenParty) -> None:
    """The keyed hashes under which the party is found from now on."""
    owner = {"party": opened.party, "administration_id": opened.party.administration_id}
    PartyLookup.unguarded.bulk_create(
        PartyLookup(**owner, field=field, lookup=ring.lookup(field, term))
        for field, term in sorted(terms_of(opened.details))
    )


def _demand(purpose: Purpose, opened: OpenParty) -> None:
    demand(purpose, names=opened.words("name"), values=opened.words("value"))


def _tell(
    actor: Actor,
    verb: Verb,
    party: Party,
    purpose: Purpose,
    case: Case | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
) -> None:
    where = {"case": about_case(case).reference} if case is not None else {}
    trail.record(
        actor.who(),
        verb,
        about(party),
        purpose=purpose.code,
        purpose_text=purpose.text,
        facts={**where, **(facts or {})},
    )
