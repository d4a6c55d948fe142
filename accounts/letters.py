"""Mails to people about their accounts: written with the act, sent by a worker, never a secret at rest."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Invitation, Letter, LetterKind, Officer
from accounts.sign_in import links
from accounts.worker_hints import tell_worker

log = logging.getLogger("opencen.letters")
# A mail server that has not answered by then is away; another worker may try.
LEASE = timedelta(minutes=2)
# About a day and a half with the lease above as the shortest pause; then the letter waits for a person.
ATTEMPTS = 1_000


def write(kind: LetterKind, *, officer: Officer | None = None, invitation: Invitation | None = None) -> None:
    """Puts a letter into the running transaction; after commit a worker is told to look."""
    Letter.unguarded.create(kind=kind, officer=officer, invitation=invitation)
    transaction.on_commit(hint)


def hint() -> None:
    """Tells a worker to look now; a lost hint costs seconds, since the sweep looks too."""
    tell_worker("accounts.tasks.send_letters")


def send_next() -> bool:
    """Sends the oldest letter nobody is sending; False where there is none.

    The claim is a transaction of its own, so that no transaction is open while the mail server is spoken to.
    """
    with transaction.atomic():
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        letter = (
            Letter.unguarded.select_for_update(skip_locked=True).filter(free, attempts__lt=ATTEMPTS).order_by("id")
        ).first()
        if letter is None:
            return False
        Letter.unguarded.filter(pk=letter.pk).update(lease_until=Now() + LEASE, attempts=F("attempts") + 1)
        message = compose(letter)
    if message is None:
        letter.delete()
        return True
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  (whatever the mail server's trouble is, the letter stays)
        log.warning("a letter (%s) could not be sent (%s); it will be tried again", letter.kind, type(error).__name__)
        return True
    with transaction.atomic():
        if letter.invitation_id:
            Invitation.unguarded.filter(pk=letter.invitation_id).update(mailed_at=Now())
        letter.delete()
    return True


def compose(letter: Letter) -> EmailMessage | None:
    """The mail of the letter; None where its reason is gone. A link's secret is made here."""
    officer, invitation = letter.officer, letter.invitation
    if letter.kind == LetterKind.INVITATION:
        if invitation is None or not invitation.is_open:
            return None
        about = {"invitation": invitation, "link": link_of(invitation), "inviter": invitation.invited_by}
        return _mail(letter.kind, invitation.email, invitation.language, about)
    if officer is None or not officer.is_active:
        return None
    facts: dict[str, Any] = {"name": officer.display_name, "address": settings.PUBLIC_ORIGIN}
    if letter.kind == LetterKind.PASSWORD_LINK:
        facts["link"] = _absolute("new_password", links.password.make(officer))
        facts["minutes"] = settings.PASSWORD_RESET_TIMEOUT // 60
    elif letter.kind == LetterKind.FACTORS_RESET:
        facts["link"] = _absolute("enrol_anew", links.enrolment.make(officer))
        facts["days"] = links.ENROLMENT_LASTS.days
    return _mail(letter.kind, officer.email, officer.language, facts)


def link_of(invitation: Invitation) -> str:
    """Gives the invitation a new secret, which ends any earlier link, and returns the whole address."""
    secret = secrets.token_urlsafe(32)
    Invitation.unguarded.filter(pk=invitation.pk).update(secret_hash=hash_of(secret))
    return _absolute("join", secret)


def hash_of(secret: str) -> bytes:
    """How a link's secret is kept: it has 256 random bits, so a plain SHA-256 does."""
    return hashlib.sha256(secret.encode()).digest()


def _absolute(name: str, *parts: str) -> str:
    return f"{settings.PUBLIC_ORIGIN}{reverse(name, args=parts)}"


def _mail(kind: str, address: str, language: str, facts: dict[str, Any]) -> EmailMessage:
    with translation.override(language), timezone.override("UTC"):
        text = render_to_string(f"accounts/letters/{kind}.txt", facts)
    subject, _, body = text.partition("\n")
    return EmailMessage(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [address])
