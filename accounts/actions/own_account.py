"""What a person does to the own account: password, factors, recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import LetterKind, Officer
from accounts.refusals import Absent, WrongState
from accounts.sign_in import factors, finish, passkey, recovery_codes, totp
from audit import trail
from audit.verbs import Verb


def change_password(actor: Actor, password: str) -> Officer:
    """Sets a new password and ends every session; the caller carries its own over (`finish.keep_session`)."""
    officer = _own(actor)
    set_password(actor.who(), officer, password)
    return officer


def set_password(who: trail.Who, officer: Officer, password: str) -> None:
    """Sets the password, tells the person by mail, and ends all sessions there can be.

    Somebody without a factor has none, and keeps the epoch: a link for a new factor may be on its way.
    """
    officer.set_password(password)
    officer.save(update_fields=["password"])
    if factors.count(officer):
        factors.raise_epoch(officer)
    letters.write(LetterKind.PASSWORD_CHANGED, officer=officer)
    trail.record(who, Verb.PASSWORD_CHANGED, finish.what(officer))


def add_app(actor: Actor, secret: str, code: str) -> bool:
    """Puts an authenticator app in place of the earlier one, if the code is right."""
    officer = _own(actor)
    if not totp.enrol(officer, secret, code):
        return False
    _changed(actor, officer, Verb.FACTOR_ADDED, "totp")
    return True


def add_passkey(actor: Actor, name: str, credential: dict[str, Any]) -> None:
    """Adds a passkey that the browser just proved."""
    officer = _own(actor)
    if len(passkey.keys_of(officer)) >= passkey.MOST:
        raise WrongState(_("You have ten passkeys. Remove one that you no longer use first."))
    passkey.store(officer, name, credential)
    _changed(actor, officer, Verb.FACTOR_ADDED, "passkey")


def remove_factor(actor: Actor, factor_id: int) -> Officer:
    """Removes one factor and ends every session; refused for the last one, which would lock the person out."""
    officer = _own(actor)
    found = Authenticator.objects.filter(user=officer, pk=factor_id, type__in=factors.REAL).first()
    if found is None:
        raise Absent
    if factors.count(officer) < 2:
        raise WrongState(_("This is your only factor. Set up another one first, then remove this."))
    kind = "totp" if found.type == Authenticator.Type.TOTP else "passkey"
    found.delete()
    factors.raise_epoch(officer)
    _changed(actor, officer, Verb.FACTOR_REMOVED, kind)
    return officer


def new_recovery_codes(actor: Actor) -> list[str]:
    """Ten new codes; the earlier ones stop working."""
    officer = _own(actor)
    codes = recovery_codes.make(officer)
    _changed(actor, officer, Verb.RECOVERY_CODES_MADE, "recovery_code")
    return codes


def _own(actor: Actor) -> Officer:
    officer = Officer.unguarded.select_for_update().get(pk__in=[actor.officer_id])
    policy_for(Officer).require(actor, Action.AMEND, officer)
    return officer


def _changed(actor: Actor, officer: Officer, verb: Verb, factor: str) -> None:
    letters.write(LetterKind.FACTORS_CHANGED, officer=officer)
    trail.record(actor.who(), verb, finish.what(officer), facts={"factor": factor})
