"""Counts failed tries by account and by address; away counters mean no, not yes."""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest

from accounts.models.officer import plain_address
from accounts.refusals import TooMany

log = logging.getLogger("opencen.sign_in")
# Ten wrong passwords for one account, or fifty from one address (an office shares one), in a quarter hour.
TRIES_FOR_ACCOUNT = 10
TRIES_FROM_ADDRESS = 50
WINDOW_SECONDS = 15 * 60


def _keys(email: str, address: str) -> list[tuple[str, int]]:
    account = hashlib.sha256(plain_address(email).encode()).hexdigest()
    return [
        (f"sign-in:account:{account}", TRIES_FOR_ACCOUNT),
        (f"sign-in:address:{address}", TRIES_FROM_ADDRESS),
    ]


def address_of(request: HttpRequest) -> str:
    """The address the request came from; a proxy's header counts only in the proxy's own settings."""
    return str(request.META.get("REMOTE_ADDR", ""))


def refuse_if_locked(email: str, address: str) -> None:
    """Raises TooMany where a counter has reached its limit, or can't be read."""
    try:
        locked = any(int(cache.get(key, 0)) >= limit for key, limit in _keys(email, address))
    except Exception as error:
        log.warning("sign-in is refused while the counters are away (%s)", type(error).__name__)
        raise TooMany(retry_after=30) from error
    if locked:
        raise TooMany(retry_after=WINDOW_SECONDS)


def count_failure(email: str, address: str) -> None:
    """One more failed try for both."""
    for key, _ in _keys(email, address):
        cache.add(key, 0, WINDOW_SECONDS)
        cache.incr(key)


def forgive(email: str) -> None:
    """A completed sign-in clears the account's counter, never the address's."""
    account = hashlib.sha256(plain_address(email).encode()).hexdigest()
    cache.delete(f"sign-in:account:{account}")
