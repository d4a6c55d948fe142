"""Nominal detail for somebody outside: asked for, granted field by field, read under audit, ended and destroyed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import grants
from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.access.row_security import acting_as
from accounts.actor import Actor, SystemTask, system
from accounts.refusals import Finding, RulesBroken, WrongState
from alerts.outbox import announce
from audit import trail
from audit.verbs import Verb
from cen.actions.nominal_identifiers import identifiers_of
from cen.actions.nominal_words import nominal_words
from cen.actions.parties import parties_of
from cen.codelists import lists
from cen.leftovers import find_leftovers
from cen.models import Case, Disclosure, ReleasedCase
from cen.models.disclosure import DisclosureState
from cen.models.numbering import next_reference
from cen.nominal.disclosable import GROUPS, IDENTIFIER, Item, item_of
from cen.nominal.fields import FIELDS
from cen.nominal.purpose import LONGEST, SHORTEST, Purpose, demand
from cen.nominal.seal import SealBroken, installation_key, new_key, place, seal, unseal

PERMISSION = "read_disclosed"
LONGEST_GRANT = timedelta(days=366)
_COPY, _KEY = "disclosure", "disclosure_key"
_AT_ONCE = 200


def about(disclosure: Disclosure) -> trail.What:
    """The disclosure as facts of the audit trail."""
    return trail.What("disclosure", str(disclosure.pk), disclosure.reference, disclosure.administration_id)


def ask(
    actor: Actor,
    released: ReleasedCase,
    *,
    purpose: str,
    text: str,
    legal_basis: str,
    wanted: Sequence[str],
) -> Disclosure:
    """Asks the owner of a published case for nominal detail; the contact points of the owner are told."""
    policy_for(ReleasedCase).require(actor, Action.ASK, released)
    text = " ".join(text.split())
    findings = _not_of_list("purpose", purpose) + _not_of_list("legal_basis", legal_basis)
    if not SHORTEST <= len(text) <= LONGEST:
        findings.append(Finding("text_missing", _("Say in 10 to 500 characters why you need it."), "text"))
    if not wanted or any(one not in GROUPS for one in wanted):
        findings.append(Finding("wanted_missing", _("Choose what you need to know."), "wanted"))
    findings += _telling("text", text, (), ())
    if findings:
        raise RulesBroken(findings)
    # Taking the number makes the next one wait, so that a form sent twice asks once.
    reference = next_reference(f"D-{released.administration.code}-{timezone.now().year}")
    mine = policy_for(Disclosure).visible_to(actor).filter(asked_by=actor.officer_id, released_case=released)
    if mine.filter(state=DisclosureState.ASKED).exists():
        raise RulesBroken([Finding("asked_already", _("You asked already; the owner has not answered yet."))])
    asker: Any = actor.officer_id
    disclosure = Disclosure.unguarded.create(
        reference=reference,
        released_case=released,
        administration_id=released.administration_id,
        asked_by_id=asker,
        asking_administration_id=actor.administration_id,
        asking_liaison_office_id=actor.liaison_office_id,
        asking_secretariat=actor.secretariat or None,
        purpose=purpose,
        purpose_text=text,
        legal_basis=legal_basis,
        wanted=list(dict.fromkeys(wanted)),
    )
    facts = {"case": released.reference, "legal_basis": legal_basis, "wanted": disclosure.wanted}
    trail.record(actor.who(), Verb.DISCLOSURE_ASKED, about(disclosure), purpose=purpose, purpose_text=text, facts=facts)
    announce("disclosure.asked", disclosure.pk)
    return disclosure


def offered(actor: Actor, disclosure: Disclosure) -> list[Item]:
    """Everything nominal that is kept with the case, for the contact point to choose from; read events as always.

    The purpose is evident and written by itself: answering this very request.
    """
    policy_for(Disclosure).require(actor, Action.GRANT, disclosure)
    case = _own_case(actor, disclosure)
    purpose = Purpose("ASSISTANCE", f"Answering the request {disclosure.reference}", evident=True)
    items: list[Item] = []
    for number, one in enumerate(parties_of(actor, case, purpose=purpose), start=1):
        party = one.opened.party
        items += [
            Item(f"p.{one.link.pk}.{party.revision}.{code}", f"{number}.{code}", party.kind, code, one.link.role, value)
            for code, value in one.opened.details.items()
            if code in FIELDS
        ]
    items += [
        Item(f"i.{one.row.pk}", f"n{number}.{one.row.kind}", IDENTIFIER, one.row.kind, "", one.reading.raw)
        for number, one in enumerate(identifiers_of(actor, case, purpose=purpose), start=1)
    ]
    return items


def grant(actor: Actor, disclosure: Disclosure, *, chosen: Collection[str], until: date, conditions: str = "") -> None:
    """Gives the asker a sealed copy of exactly the chosen items (keys of `offered`), through that day (UTC).

    The copy is under a key of its own, so that it can be destroyed without touching anything else.
    """
    policy_for(Disclosure).require(actor, Action.GRANT, disclosure)
    items = offered(actor, disclosure)
    copied = [one for one in items if one.key in chosen]
    ends = datetime.combine(until + timedelta(days=1), time(), UTC)
    findings = []
    if not chosen:
        findings.append(Finding("chosen_missing", _("Choose at least one field, or refuse."), "chosen"))
    elif len(copied) != len(set(chosen)):
        findings.append(Finding("chosen_changed", _("The case changed meanwhile. Choose again."), "chosen"))
    if not timezone.now() < ends <= timezone.now() + LONGEST_GRANT:
        findings.append(Finding("until_wrong", _("Choose a day from today on, at most a year ahead."), "until"))
    findings += _telling_of_case(actor, disclosure, "conditions", conditions)
    if findings:
        raise RulesBroken(findings)
    key, owner = new_key(), disclosure.administration_id
    content = orjson.dumps([one.as_json() for one in copied])
    _answer(
        actor,
        disclosure,
        state=DisclosureState.GRANTED,
        conditions=conditions.strip(),
        granted_fields=[one.name for one in copied],
        until=ends,
        sealed=seal(key, content, place(_COPY, owner, disclosure.pk)),
        wrapped_key=seal(installation_key(), key, place(_KEY, owner, disclosure.pk)),
    )
    grants.give(disclosure.asked_by, PERMISSION, disclosure)
    facts = {"fields": disclosure.granted_fields, "until": ends.isoformat(), "to": str(disclosure.asked_by_id)}
    trail.record(actor.who(), Verb.DISCLOSURE_GRANTED, about(disclosure), facts=facts)
    announce("disclosure.answered", disclosure.pk)


def refuse(actor: Actor, disclosure: Disclosure, *, text: str) -> None:
    """Refuses, with a sentence for the asker."""
    policy_for(Disclosure).require(actor, Action.GRANT, disclosure)
    findings = _telling_of_case(actor, disclosure, "text", text)
    if len(text.strip()) < SHORTEST:
        findings.append(Finding("text_missing", _("Tell the asker why, in at least 10 characters."), "text"))
    if findings:
        raise RulesBroken(findings)
    _answer(actor, disclosure, state=DisclosureState.REFUSED, answer_text=text.strip())
    trail.record(actor.who(), Verb.DISCLOSURE_REFUSED, about(disclosure))
    announce("disclosure.answered", disclosure.pk)


def read_disclosed(actor: Actor, disclosure: Disclosure, *, purpose: Purpose) -> list[Item]:
    """The granted copy, opened for its named asker; one event, which the owner sees."""
    policy_for(Disclosure).require(actor, Action.READ_NOMINAL, disclosure)
    demand(purpose)
    # The database's clock decides, whatever this machine's says.
    row = Disclosure.unguarded.filter(pk=disclosure.pk, state=DisclosureState.GRANTED, until__gt=Now()).first()
    if row is None or row.sealed is None or row.wrapped_key is None:
        raise WrongState(_("This disclosure has ended."))
    owner = row.administration_id
    key = unseal(installation_key(), row.wrapped_key, place(_KEY, owner, row.pk))
    items = [item_of(one) for one in orjson.loads(unseal(key, row.sealed, place(_COPY, owner, row.pk)))]
    if [one.name for one in items] != row.granted_fields:
        raise SealBroken
    names = [one.value for one in items if one.of != IDENTIFIER and FIELDS[one.field].word == "name"]
    values = [one.value for one in items if one.of == IDENTIFIER or FIELDS[one.field].word == "value"]
    demand(purpose, names=names, values=values)
    trail.record(
        actor.who(),
        Verb.DISCLOSURE_READ,
        about(row),
        purpose=purpose.code,
        purpose_text=purpose.text,
        facts={"fields": row.granted_fields},
    )
    return items


def revoke(actor: Actor, disclosure: Disclosure) -> None:
    """Ends a grant before its day; copy and key are destroyed at once."""
    policy_for(Disclosure).require(actor, Action.REVOKE, disclosure)
    _end(disclosure, DisclosureState.REVOKED)
    trail.record(actor.who(), Verb.DISCLOSURE_REVOKED, about(disclosure))
    announce("disclosure.revoked", disclosure.pk)


def end_with_case(actor: Actor, reference: str) -> None:
    """Ends what was granted of a case that is withdrawn, and refuses what is still asked of it."""
    concerned = Disclosure.unguarded.select_related("asked_by").filter(
        released_case__reference=reference, administration_id=actor.administration_id
    )
    for disclosure in concerned.filter(state=DisclosureState.GRANTED):
        _end(disclosure, DisclosureState.REVOKED)
        trail.record(actor.who(), Verb.DISCLOSURE_REVOKED, about(disclosure), facts={"because": "withdrawn"})
        announce("disclosure.revoked", disclosure.pk)
    for disclosure in concerned.filter(state=DisclosureState.ASKED):
        _answer(actor, disclosure, state=DisclosureState.REFUSED, answer_text=_("The case was withdrawn."))
        trail.record(actor.who(), Verb.DISCLOSURE_REFUSED, about(disclosure), facts={"because": "withdrawn"})
        announce("disclosure.answered", disclosure.pk)


def expire_due() -> int:
    """Ends the grants whose day has passed by the database's clock; returns how many. Safe to repeat."""
    actor = system(SystemTask.DISCLOSURE_END)
    with transaction.atomic(), acting_as(actor):
        due = Disclosure.unguarded.filter(state=DisclosureState.GRANTED, until__lte=Now())
        ended = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("asked_by")[:_AT_ONCE])
        for disclosure in ended:
            _end(disclosure, DisclosureState.EXPIRED)
            trail.record(actor.who(), Verb.DISCLOSURE_EXPIRED, about(disclosure))
    return len(ended)


def _answer(actor: Actor, disclosure: Disclosure, **values: Any) -> None:
    _move(disclosure, DisclosureState.ASKED, answered_by_id=actor.officer_id, answered_at=Now(), **values)


def _end(disclosure: Disclosure, state: DisclosureState) -> None:
    _move(disclosure, DisclosureState.GRANTED, state=state, ended_at=Now(), sealed=None, wrapped_key=None)
    grants.take(disclosure.asked_by, PERMISSION, disclosure)


def _move(disclosure: Disclosure, expected: DisclosureState, **values: Any) -> None:
    if not Disclosure.unguarded.filter(pk=disclosure.pk, state=expected).update(**values):
        raise WrongState(_("Somebody else answered meanwhile. Open the page again."))
    disclosure.refresh_from_db()


def _own_case(actor: Actor, disclosure: Disclosure) -> Case:
    case: Case = policy_for(Case).visible_to(actor).get(pk=disclosure.released_case.case_id)
    return case


def _not_of_list(name: str, code: str) -> list[Finding]:
    if lists.is_valid(name, code):
        return []
    return [Finding("code_unknown", _("Choose a value of the list."), name)]


def _telling(field: str, text: str, names: Collection[str], values: Collection[str]) -> list[Finding]:
    """This text is not sealed: it stands in clear for both sides, in the trail and in backups."""
    if not find_leftovers({field: text}, names=names, values=values):
        return []
    return [Finding("text_tells", _("Leave names and numbers of persons out of this text: it is not sealed."), field)]


def _telling_of_case(actor: Actor, disclosure: Disclosure, field: str, text: str) -> list[Finding]:
    if not text.strip():
        return []
    words = nominal_words(actor, _own_case(actor, disclosure))
    return _telling(field, text, words.names, words.values)
