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


# Asking for a link by mail: so often for one account, and from one address, an hour.
LINKS_FOR_ACCOUNT = 3
LINKS_FROM_ADDRESS = 30
LINKS_WINDOW_SECONDS = 60 * 60


# Where tries are counted: at the door, where anybody can try anybody's account, and in a session that is open.
DOOR, INSIDE = "sign-in", "inside"


def _keys(email: str, address: str, at: str) -> list[tuple[str, int]]:
    """Both counters; without an e-mail address (a passkey names its owner only once it is right) the second."""
    keys = [(f"{at}:address:{address}", TRIES_FROM_ADDRESS)]
    if email:
        keys.append((f"{at}:account:{_fingerprint(email)}", TRIES_FOR_ACCOUNT))
    return keys


def _fingerprint(email: str) -> str:
    return hashlib.sha256(plain_address(email).encode()).hexdigest()


def address_of(request: HttpRequest) -> str:
    """The address the request came from; a proxy's header counts only in the proxy's own settings."""
    return str(request.META.get("REMOTE_ADDR", ""))


def refuse_if_locked(email: str, address: str, at: str = DOOR) -> None:
    """Raises TooMany where a counter has reached its limit, or can't be read."""
    try:
        locked = any(int(cache.get(key, 0)) >= limit for key, limit in _keys(email, address, at))
    except Exception as error:
        log.warning("sign-in is refused while the counters are away (%s)", type(error).__name__)
        raise TooMany(retry_after=30) from error
    if locked:
        raise TooMany(retry_after=WINDOW_SECONDS)


def count_failure(email: str, address: str, at: str = DOOR) -> bool:
    """One more failed try for both; True where this one has locked the account or the address."""
    reached = [_more(key, WINDOW_SECONDS) == limit for key, limit in _keys(email, address, at)]
    return any(reached)


def forgive(email: str) -> None:
    """A completed sign-in clears the account's counter at the door, never the address's."""
    cache.delete(f"{DOOR}:account:{_fingerprint(email)}")


def may_have_link(email: str, address: str) -> bool:
    """Whether one more link may be mailed to this account; raises TooMany for an address that asks too often."""
    try:
        if _more(f"links:address:{address}", LINKS_WINDOW_SECONDS) > LINKS_FROM_ADDRESS:
            raise TooMany(retry_after=LINKS_WINDOW_SECONDS)
        return _more(f"links:account:{_fingerprint(email)}", LINKS_WINDOW_SECONDS) <= LINKS_FOR_ACCOUNT
    except TooMany:
        raise
    except Exception as error:
        log.warning("links are refused while the counters are away (%s)", type(error).__name__)
        raise TooMany(retry_after=30) from error


def _more(key: str, window_seconds: int) -> int:
    cache.add(key, 0, window_seconds)
    try:
        return int(cache.incr(key))
    except ValueError:
        # The counter ran out between the two steps: this is the first of the next window.
        cache.set(key, 1, window_seconds)
        return 1
