"""The words by which the release check finds the parties of a case in its texts. Nothing of them is shown."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from audit import trail
from audit.verbs import Verb
from cen.actions.nominal_identifiers import open_identifier
from cen.actions.parties import open_party
from cen.actions.record import about
from cen.models import Case, CaseParty, NominalIdentifier
from cen.nominal.keys import open_ring


@dataclass(frozen=True, slots=True, repr=False)
class NominalWords:
    """names: linked persons and companies; values: what is kept of them, and the nominal identifiers."""

    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


def nominal_words(actor: Actor, case: Case) -> NominalWords:
    """Opens the parties and nominal identifiers of the case for an automatic comparison with its texts.

    One event says that they were compared. No purpose and no fresh factor are asked, because nothing opened
    here is shown to anybody: an excerpt is of the text that would leave. Whoever may never read nominal data of
    the case (a data-protection officer, a machine) gets no words, hence no hint of them.
    """
    if not policy_for(Case).allows(actor, Action.READ_NOMINAL, case):
        return NominalWords()
    parties = policy_for(CaseParty).visible_to(actor).filter(case=case).select_related("party")
    linked = {link.party_id: link.party for link in parties}
    rows = list(policy_for(NominalIdentifier).visible_to(actor).filter(case=case))
    if not linked and not rows:
        return NominalWords()
    ring = open_ring(case.administration_id)
    opened = [open_party(ring, party) for party in linked.values()]
    numbers = [open_identifier(ring, row).reading.raw for row in rows]
    trail.record(
        actor.who(),
        Verb.NOMINAL_COMPARED,
        about(case),
        facts={"parties": len(opened), "identifiers": len(numbers), "automatic": True},
    )
    return NominalWords(
        tuple(word for party in opened for word in party.words("name")),
        (*(word for party in opened for word in party.words("value")), *numbers),
    )
