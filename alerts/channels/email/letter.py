"""The mail: how many alerts wait, how many need an act or can't wait, and where to look. Nothing of what they say."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import Officer
from alerts.models import Alert


def compose(officer: Officer, letter: UUID, alerts: Sequence[Alert]) -> EmailMessage:
    """The mail of one letter; a drill is called one before anything else is said.

    Its Message-ID is the letter's own at every try, so a repeat is recognised.
    """
    facts = {
        "waiting": len(alerts),
        "needs_me": sum(one.needs_me for one in alerts),
        "flashes": sum(bool(one.headline.get("urgent")) and not one.headline.get("drill") for one in alerts),
        "drills": sum(bool(one.headline.get("drill")) for one in alerts),
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
