"""The look at an address before it is kept: read, resolved, and every answer judged."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

from django.utils.translation import gettext as _

from alerts.outgoing.addresses import AddressRefused, Target, read, refusal

# A person waits for the form; a name that takes longer is looked up again at every connection anyway.
RESOLVED_WITHIN = 3.0


def vet(url: str) -> Target:
    """The address as it is read, where each of its host's addresses may be asked; raises AddressRefused."""
    target = read(url)
    for address in [str(target.literal)] if target.literal else _addresses(target):
        if sentence := refusal(address, target.port, plain=target.plain):
            raise AddressRefused(sentence)
    return target


def _addresses(target: Target) -> list[str]:
    asking = ThreadPoolExecutor(1)
    try:
        found = asking.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        return [str(one[4][0]) for one in found.result(RESOLVED_WITHIN)]
    except (OSError, TookTooLong):
        raise AddressRefused(_("The host's name is not known here: %s") % target.host[:100]) from None
    finally:
        asking.shutdown(wait=False, cancel_futures=True)
