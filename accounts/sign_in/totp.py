"""The second factor by a code of an authenticator app (RFC 6238), stored by the sign-in library."""

from __future__ import annotations

import hmac
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from accounts.models import Officer
from accounts.sign_in.adapter import MFAAdapter

PERIOD = 30
# A code typed in its last second, or by a phone whose clock is half a minute off, still counts.
NEIGHBOURS = 1
_LAST = "last_counter"


def new_secret() -> str:
    """A new secret in base32, to be shown once."""
    return str(generate_totp_secret())


def picture(officer: Officer, secret: str) -> str:
    """The QR code for the app, as an SVG document; on white, since cameras don't read it on a dark page."""
    adapter = MFAAdapter()
    drawn = str(adapter.build_totp_svg(adapter.build_totp_url(officer, secret)))
    return drawn.replace("<path", '<rect width="100%" height="100%" fill="#ffffff"/><path', 1)


def enrol(officer: Officer, secret: str, code: str) -> bool:
    """Stores the secret if the code proves that the app has it; that code is then spent."""
    counter = _counter_of(secret, code)
    if counter is None:
        return False
    with transaction.atomic():
        Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).delete()
        made: Any = TOTP.activate(officer, secret).instance
        made.data[_LAST] = counter
        made.save(update_fields=["data"])
    return True


def code_fits(secret: str, code: str) -> bool:
    """Whether the code is one of the secret's present ones; nothing is stored."""
    return _counter_of(secret, code) is not None


def app_of(officer: Officer) -> Authenticator | None:
    """The officer's app as it is enrolled, with when it was added and last used."""
    found: Authenticator | None = Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).first()
    return found


def is_enrolled(officer: Officer) -> bool:
    return app_of(officer) is not None


def code_is_right(officer: Officer, code: str) -> bool:
    """Whether the code is a present one, and later than the last that was used.

    The last used is a column, not a cache entry: a code can't be replayed by emptying the cache.
    """
    with transaction.atomic():
        found = Authenticator.objects.select_for_update().filter(user=officer, type=Authenticator.Type.TOTP).first()
        if found is None:
            return False
        counter = _counter_of(decrypt(found.data["secret"]), code)
        if counter is None or counter <= found.data.get(_LAST, 0):
            return False
        found.data[_LAST] = counter
        found.save(update_fields=["data"])
        found.record_usage()
    return True


def _counter_of(secret: str, code: str) -> int | None:
    typed = "".join(code.split())
    now = int(time.time()) // PERIOD
    for counter in range(now - NEIGHBOURS, now + NEIGHBOURS + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), typed.encode()):
            return counter
    return None
