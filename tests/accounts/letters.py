"""Reading the mails that the portal sends, as their receivers would."""

from __future__ import annotations

import re

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail

from accounts.letters import send_next


def delivered() -> list[str]:
    """Sends what waits; the bodies of the mails that left, oldest first."""
    mail.outbox.clear()
    while send_next():
        pass
    return [str(one.body) for one in mail.outbox]


def link_in(body: str) -> str:
    """The path of the first link."""
    found = re.search(rf"{re.escape(settings.PUBLIC_ORIGIN)}(/\S+)", body)
    assert found, body
    return found[1]


def code_of(secret: str, ahead: int = 0) -> str:
    """What an authenticator app with the secret shows, now or some steps ahead."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + ahead)))
