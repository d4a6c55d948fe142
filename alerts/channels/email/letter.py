"""The mail: how many alerts wait, how many need an act, and where to look. Nothing of what they say."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import Officer


def compose(officer: Officer, letter: UUID, *, waiting: int, needs_me: int) -> EmailMessage:
    """The mail of one letter. Its Message-ID is the letter's own at every try, so a repeat is recognised."""
    facts = {
        "waiting": waiting,
        "needs_me": needs_me,
        "inbox": f"{settings.PUBLIC_ORIGIN}{reverse('inbox')}",
        "choices": f"{settings.PUBLIC_ORIGIN}{reverse('mail_settings')}",
    }
    with translation.override(officer.language):
        text = render_to_string("alerts/letters/waiting.txt", facts)
    subject, _, body = text.partition("\n")
    host = urlsplit(settings.PUBLIC_ORIGIN).hostname or "localhost"
    return EmailMessage(
        subject.strip(),
        body.strip() + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [officer.email],
        headers={"Message-ID": f"<alerts.{letter}@{host}>", "Auto-Submitted": "auto-generated"},
    )
