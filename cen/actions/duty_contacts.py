"""The list of whom to turn to when nobody answers a flash, kept by the contact point."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Posting
from accounts.refusals import Finding, RulesBroken, WrongState
from audit import trail
from audit.verbs import Verb
from cen.identifiers.reading import read
from cen.leftovers import find_leftovers
from cen.models import DutyContact, Flash
from cen.rules.naming import names_somebody

MOST = 20


def about(contact: DutyContact) -> trail.What:
    return trail.What("duty_contact", str(contact.pk), "", contact.administration_id)


def postings_to_choose(actor: Actor) -> list[Posting]:
    """Postings of the actor's administration whose holders may acknowledge a flash."""
    here = Flash(addressee_ids=[actor.administration_id] if actor.administration_id else [])
    may = policy_for(Flash).audience(here, Action.ACKNOWLEDGE).filter(administration_id=actor.administration_id or 0)
    return list(may.select_related("officer", "office").order_by("officer__display_name", "pk"))


def keep(actor: Actor, *, office_name: str, posting_id: int | None, phone: str, time_zone: str) -> DutyContact:
    """Adds a contact at the end of the list. Raises RulesBroken where an answer is missing or can't be."""
    kept_by: Any = actor.officer_id
    here: Any = actor.administration_id
    made = DutyContact(
        administration_id=here,
        office_name=" ".join(office_name.split()),
        posting_id=posting_id,
        phone=" ".join(phone.split()),
        time_zone=time_zone,
        kept_by_id=kept_by,
    )
    policy_for(DutyContact).require(actor, Action.CREATE, made)
    if found := _findings(actor, made):
        raise RulesBroken(found)
    rows = _listed(actor)
    if len(rows) >= MOST:
        raise WrongState(_("The list holds %s contacts; take one off first.") % MOST)
    made.position = (max((one.position for one in rows), default=0)) + 1
    made.save(force_insert=True)
    trail.record(actor.who(), Verb.DUTY_CONTACT_KEPT, about(made), facts={"phone": bool(made.phone)})
    return made


def move_up(actor: Actor, contact: DutyContact) -> None:
    """Turns to this one before the one above it; the first stays where it is."""
    policy_for(DutyContact).require(actor, Action.AMEND, contact)
    rows = _listed(actor)
    place = next((number for number, one in enumerate(rows) if one.pk == contact.pk), 0)
    if place == 0:
        return
    above = rows[place - 1]
    _put(contact, 0)
    _put(above, contact.position)
    _put(contact, above.position)
    trail.record(actor.who(), Verb.DUTY_CONTACT_MOVED, about(contact), facts={"position": above.position})


def end(actor: Actor, contact: DutyContact) -> None:
    """Takes a contact off the list; the row stays for steps that point at it."""
    policy_for(DutyContact).require(actor, Action.DISCARD, contact)
    changed = DutyContact.unguarded.filter(pk=contact.pk, ended_at__isnull=True).update(ended_at=Now())
    if changed:
        trail.record(actor.who(), Verb.DUTY_CONTACT_ENDED, about(contact))


def _listed(actor: Actor) -> list[DutyContact]:
    """The list in order, locked, so that two who change it wait for each other."""
    rows = DutyContact.unguarded.select_for_update(of=("self",)).filter(
        administration_id=actor.administration_id, ended_at__isnull=True
    )
    return list(rows.order_by("position", "pk"))


def _put(contact: DutyContact, position: int) -> None:
    DutyContact.unguarded.filter(pk=contact.pk).update(position=position)


def _findings(actor: Actor, made: DutyContact) -> list[Finding]:
    found = []
    if not made.office_name:
        found.append(Finding("office_missing", _("Say which office it is."), "office_name"))
    if bool(made.phone) == bool(made.posting_id):
        sentence = _("Choose an officer or give a duty telephone: one of the two.")
        found.append(Finding("contact_unclear", sentence, "phone"))
    if made.phone and read("phone", made.phone).verdict == "doubtful":
        sentence = _("Write the number with + and the code of its country, such as +233 30 200 0000.")
        found.append(Finding("phone_unreadable", sentence, "phone"))
    if made.posting_id and made.posting_id not in {one.pk for one in postings_to_choose(actor)}:
        sentence = _("Choose an officer of your administration who may acknowledge.")
        found.append(Finding("posting_unknown", sentence, "posting"))
    if made.time_zone not in zoneinfo.available_timezones():
        found.append(Finding("time_zone_unknown", _("Choose a time zone from the list."), "time_zone"))
    if next(names_somebody(made.office_name), "") or find_leftovers({"office_name": made.office_name}):
        sentence = _("Name the office, not a person: the issuer of a flash would see it.")
        found.append(Finding("names_somebody", sentence, "office_name"))
    return found
