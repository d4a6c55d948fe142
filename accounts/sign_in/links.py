"""Links by mail that need no row: each holds only until what it changes has changed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Officer

ENROLMENT_LASTS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Links:
    """A signed name and moment, with a fingerprint of the state that using the link will change."""

    purpose: str
    lasts: timedelta

    def make(self, officer: Officer) -> str:
        return self._signer().sign(f"{officer.pk.hex}.{self._fingerprint(officer)}")

    def officer_of(self, link: str) -> Officer | None:
        """The active officer, if the link is ours, young enough and was not used."""
        try:
            name, _, fingerprint = self._signer().unsign(link, max_age=self.lasts).partition(".")
            officer = Officer.unguarded.filter(pk=UUID(hex=name), is_active=True).first()
        except (BadSignature, ValueError):
            return None
        if officer is None or not constant_time_compare(fingerprint, self._fingerprint(officer)):
            return None
        return officer

    def _signer(self) -> TimestampSigner:
        return TimestampSigner(salt=f"opencen.links.{self.purpose}")

    def _fingerprint(self, officer: Officer) -> str:
        state = f"{officer.pk}:{officer.auth_epoch}:{officer.password if self.purpose == 'password' else ''}"
        return salted_hmac(f"opencen.links.{self.purpose}.state", state, algorithm="sha256").hexdigest()[:32]


# Dies with the password it replaces.
password = _Links("password", timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
# Dies with the epoch, which the enrolment raises; a forgotten password may be replaced in between.
enrolment = _Links("enrolment", ENROLMENT_LASTS)


def hand_over_code(officer: Officer) -> str:
    """What the contact point tells the person by voice, so that the mailbox alone opens nothing.

    Derived from the installation's key and the epoch: it dies with the enrolment, and nobody stores it.
    """
    state = f"{officer.pk}:{officer.auth_epoch}"
    digest = salted_hmac("opencen.links.hand_over", state, algorithm="sha256").digest()
    text = base64.b32encode(digest[:10]).decode()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def hand_over_code_is_right(officer: Officer, typed: str) -> bool:
    """Whether the typed code is the officer's; hyphens, blanks and letter case don't matter."""
    plain = "".join(typed.split()).replace("-", "").upper()
    return constant_time_compare(plain, hand_over_code(officer).replace("-", ""))
