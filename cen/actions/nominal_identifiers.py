"""Plates, vehicle numbers, documents, telephones of a case that point at a person: sealed, found by keyed hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from audit import trail
from audit.verbs import Verb
from cen.identifiers.kinds import NOMINAL_KINDS
from cen.identifiers.reading import LONGEST_RAW, Reading, read
from cen.models import Case, NominalIdentifier
from cen.nominal.keys import KeyRing, open_ring
from cen.nominal.purpose import Purpose, demand

TABLE = "nominal_identifier"


@dataclass(frozen=True, slots=True, repr=False)
class OpenIdentifier:
    """An identifier, open for the length of one request; `reading` says what is doubtful about it."""

    row: NominalIdentifier
    reading: Reading


def about(row: NominalIdentifier) -> trail.What:
    """The identifier as facts of the audit trail: its id alone."""
    return trail.What("nominal_identifier", str(row.pk), "", row.administration_id)


def record_identifier(actor: Actor, case: Case, kind: str, raw: str, *, purpose: Purpose) -> OpenIdentifier:
    """Keeps an identifier with the case; a doubtful one is kept, its reading says why it is doubtful."""
    policy_for(Case).require(actor, Action.READ_NOMINAL, case)
    if kind not in NOMINAL_KINDS:
        raise RulesBroken([Finding("kind_unknown", _("Choose what kind of number it is."), "kind")])
    reading = read(kind, raw.strip()[: LONGEST_RAW + 1])
    if not reading.normalised or len(raw) > LONGEST_RAW:
        raise RulesBroken([Finding(f"identifier_{reading.finding}", str(reading.sentence), "raw")])
    demand(purpose, values=[raw])
    ring = open_ring(case.administration_id)
    row = NominalIdentifier(
        administration_id=case.administration_id,
        case=case,
        kind=kind,
        sealed=b"",
        key_version=ring.version,
        lookup=ring.lookup(f"identifier:{kind}", reading.normalised),
    )
    policy_for(NominalIdentifier).require(actor, Action.CREATE, row)
    # The seal is bound to the row's number, which the database gives.
    row.save(force_insert=True)
    row.sealed = ring.seal(TABLE, row.pk, {"raw": reading.raw})
    row.save(update_fields=["sealed"])
    _tell(actor, Verb.NOMINAL_IDENTIFIER_RECORDED, row, purpose, case)
    return OpenIdentifier(row, reading)


def identifiers_of(actor: Actor, case: Case, *, purpose: Purpose) -> list[OpenIdentifier]:
    """The nominal identifiers of a case, opened; one event each."""
    policy_for(Case).require(actor, Action.READ_NOMINAL, case)
    demand(purpose)
    rows = policy_for(NominalIdentifier).visible_to(actor).filter(case=case).order_by("pk")
    return [read_identifier(actor, row, purpose=purpose, case=case) for row in rows]


def read_identifier(actor: Actor, row: NominalIdentifier, *, purpose: Purpose, case: Case) -> OpenIdentifier:
    """One identifier, opened; one event."""
    policy_for(NominalIdentifier).require(actor, Action.READ, row)
    opened = open_identifier(open_ring(row.administration_id), row)
    demand(purpose, values=[opened.reading.raw])
    _tell(actor, Verb.NOMINAL_IDENTIFIER_READ, row, purpose, case)
    return opened


def remove_identifier(actor: Actor, row: NominalIdentifier, *, purpose: Purpose) -> None:
    """Deletes an identifier that was entered by mistake."""
    policy_for(NominalIdentifier).require(actor, Action.AMEND, row)
    demand(purpose)
    what, case, kind = about(row), row.case, row.kind
    row.delete()
    _record(actor, Verb.NOMINAL_IDENTIFIER_REMOVED, what, purpose, {"case": case.reference, "kind": kind})


def open_identifier(ring: KeyRing, row: NominalIdentifier) -> OpenIdentifier:
    """Opens a row; a row that was sealed anew by a rotation meanwhile is read again."""
    if not ring.has(row.key_version):
        row.refresh_from_db(fields=["sealed", "key_version"])
    raw = ring.unseal(TABLE, row.pk, bytes(row.sealed), row.key_version)["raw"]
    return OpenIdentifier(row, read(row.kind, raw))


def _tell(actor: Actor, verb: Verb, row: NominalIdentifier, purpose: Purpose, case: Case) -> None:
    _record(actor, verb, about(row), purpose, {"case": case.reference, "kind": row.kind})


def _record(actor: Actor, verb: Verb, what: trail.What, purpose: Purpose, facts: dict[str, Any]) -> None:
    trail.record(actor.who(), verb, what, purpose=purpose.code, purpose_text=purpose.text, facts=facts)
