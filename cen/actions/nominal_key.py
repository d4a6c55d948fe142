"""The operator's acts on the data keys of one administration: rotate them, or destroy them for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor, ActorKind, SystemTask
from accounts.models import Administration
from audit import trail
from audit.verbs import Verb
from cen.actions import nominal_identifiers, parties
from cen.models import NominalIdentifier, NominalKey, Party, PartyLookup
from cen.nominal.keys import KeyRing, add_key, open_ring

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new version, and how many rows were sealed anew."""

    version: int
    parties: int
    identifiers: int


def key_keeper(administration: Administration) -> Actor:
    """The task that may touch the keys of this administration, and no other's."""
    return Actor(kind=ActorKind.SYSTEM, task=SystemTask.KEY_ROTATION, administration_id=administration.pk)


def rotate_key(actor: Actor, administration: Administration) -> Rotated:
    """Seals every nominal row of the administration under a fresh key and destroys the older ones.

    One transaction: whoever reads or writes nominal data of the administration meanwhile waits for it. Each row
    is read without a policy, since nobody sees what is opened here.
    """
    rows = _keys(actor, administration)
    held = list(rows.select_for_update().order_by("version"))
    old = open_ring(administration.pk)
    add_key(administration.pk, old.version + 1)
    new = open_ring(administration.pk)
    done = Rotated(new.version, _parties_anew(new), _identifiers_anew(new))
    # The first key of an administration that had none was made by the line above that opened the ring.
    NominalKey.unguarded.filter(administration=administration, version__lt=new.version).delete()
    trail.record(
        actor.who(),
        Verb.NOMINAL_KEY_ROTATED,
        trail.What("nominal_key", str(new.version), "", administration.pk),
        facts={"replaced": [key.version for key in held], "parties": done.parties, "identifiers": done.identifiers},
    )
    return done


def destroy_keys(actor: Actor, administration: Administration) -> int:
    """Destroys every data key of the administration: its nominal values can't be opened any more, here or in
    any backup that does not hold the key rows. Returns how many keys there were."""
    rows = _keys(actor, administration)
    versions = list(rows.select_for_update().order_by("version").values_list("version", flat=True))
    # The rows stay for the references to them; their hashes would still tell that a value was once known.
    PartyLookup.unguarded.filter(administration=administration).delete()
    NominalKey.unguarded.filter(administration=administration).delete()
    trail.record(
        actor.who(),
        Verb.NOMINAL_KEY_DESTROYED,
        trail.What("nominal_key", "", "", administration.pk),
        facts={"versions": versions},
    )
    return len(versions)


def _keys(actor: Actor, administration: Administration) -> Any:
    policy_for(NominalKey).require(actor, Action.AMEND, NominalKey(administration_id=administration.pk))
    return NominalKey.unguarded.filter(administration=administration)


def _parties_anew(ring: KeyRing) -> int:
    done = 0
    PartyLookup.unguarded.filter(administration_id=ring.administration_id).delete()
    for party in Party.unguarded.filter(administration_id=ring.administration_id).iterator(chunk_size=_AT_ONCE):
        opened = parties.open_party(ring, party)
        sealed = ring.seal(parties.TABLE, party.pk, opened.details)
        # Nothing of it was amended: neither revision nor the moment of the last change moves.
        Party.unguarded.filter(pk=party.pk).update(sealed=sealed, key_version=ring.version)
        parties.write_lookups(ring, opened)
        done += 1
    return done


def _identifiers_anew(ring: KeyRing) -> int:
    done = 0
    rows = NominalIdentifier.unguarded.filter(administration_id=ring.administration_id)
    for row in rows.iterator(chunk_size=_AT_ONCE):
        reading = nominal_identifiers.open_identifier(ring, row).reading
        NominalIdentifier.unguarded.filter(pk=row.pk).update(
            sealed=ring.seal(nominal_identifiers.TABLE, row.pk, {"raw": reading.raw}),
            key_version=ring.version,
            lookup=ring.lookup(f"identifier:{row.kind}", reading.normalised),
        )
        done += 1
    return done
