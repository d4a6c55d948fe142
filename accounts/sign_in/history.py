"""A person's own last sign-ins, out of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.access.row_security import handed_to
from accounts.actor import Actor, SystemTask
from audit.models import Event
from audit.verbs import Verb

SHOWN = 20
_WORDS = {
    Verb.SIGN_IN_COMPLETED: _("Signed in"),
    Verb.SIGN_IN_STEPPED_UP: _("Confirmed with a fresh factor"),
    Verb.SIGN_IN_FAILED: _("Failed: wrong password, code or passkey"),
    Verb.SIGN_IN_LOCKED: _("Locked after too many tries"),
}
_FACTORS = {
    "totp": _("Authenticator app"),
    "passkey": _("Passkey"),
    "recovery_code": _("Recovery code"),
    "demonstration": _("Demonstration"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    at: datetime
    verb: Verb
    factor: str

    @property
    def label(self) -> str:
        """What happened, in the reader's language."""
        return str(_WORDS[self.verb])

    @property
    def factor_label(self) -> str:
        """The factor that was shown, in the reader's language; '' for failures."""
        return str(_FACTORS.get(self.factor, ""))


def last_sign_ins(actor: Actor) -> list[SignIn]:
    """The latest events of the actor's own account, newest first: done, stepped up, failed."""
    # Events of signing in belong to a person and to no seat, so no seat may read them; the task may, and is
    # asked for this person's only.
    with handed_to(SystemTask.SIGN_IN):
        events = list(
            Event.unguarded.filter(verb__in=list(_WORDS), object_kind="officer", object_id=str(actor.officer_id))
            .order_by("-occurred_at")
            .values_list("occurred_at", "verb", "facts")[:SHOWN]
        )
    return [SignIn(at, Verb(verb), facts.get("factor", "")) for at, verb, facts in events]
