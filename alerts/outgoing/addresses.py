"""Which addresses requests may go to: public ones by https, and networks that the operator allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.refusals import Refusal

type IP = IPv4Address | IPv6Address

LONGEST = 500
# Where public receivers listen; in the operator's own networks any port is his business.
PUBLIC_PORTS = frozenset({443, 8443})
# Translators and tunnels: addresses of IPv6 that carry one of IPv4.
_CARRYING = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\Z")
_BLANKS = re.compile(r"[\x00-\x20\x7f]")


class AddressRefused(Refusal):
    """The address of a webhook can't be used; the sentence says what to change."""

    code = "address_refused"


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address, read: host in ASCII (an IP address without brackets, or a name), port, plain = http."""

    host: str
    port: int
    plain: bool
    literal: IP | None


def read(url: str) -> Target:
    """Reads the address strictly; raises AddressRefused for whatever two readers could read differently."""
    if not url or len(url) > LONGEST:
        raise AddressRefused(_("Give the address of the webhook, at most %(most)s characters.") % {"most": LONGEST})
    if _BLANKS.search(url) or "\\" in url or "%" in url.partition("//")[2].partition("/")[0]:
        raise AddressRefused(_("The address holds a blank, a backslash or a percent sign where none may stand."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_("The address can't be read: write https://host/path.")) from None
    if parts.scheme not in {"https", "http"}:
        raise AddressRefused(_("The address must begin with https://."))
    if "@" in parts.netloc:
        raise AddressRefused(_("The address may not hold a user name or password; requests are signed instead."))
    if parts.fragment or url.endswith("#"):
        raise AddressRefused(_("Leave out what follows the # sign."))
    if port == 0:
        raise AddressRefused(_("There is no port 0."))
    plain = parts.scheme == "http"
    host, literal = _host(parts.hostname or "", bracketed="[" in parts.netloc)
    return Target(host, port or (80 if plain else 443), plain, literal)


def _host(raw: str, *, bracketed: bool) -> tuple[str, IP | None]:
    if not raw:
        raise AddressRefused(_("The address names no host."))
    if bracketed:
        try:
            address = IPv6Address(raw)
        except ValueError:
            raise AddressRefused(_("The IPv6 address can't be read.")) from None
        return str(address), address
    try:
        host = raw.removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise AddressRefused(_("The host's name can't be read.")) from None
    labels = host.split(".")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        # Other readers take 2130706433, 0x7f.1 or 017700000001 for 127.0.0.1: only the usual form is read at all.
        try:
            v4 = IPv4Address(host)
        except ValueError:
            raise AddressRefused(_("Write an IPv4 address as four decimal numbers.")) from None
        return str(v4), v4
    if not all(_LABEL.match(label) for label in labels) or len(host) > 253:
        raise AddressRefused(_("The host's name can't be read."))
    return host, None


def refusal(address: IP | str, port: int, *, plain: bool) -> str:
    """Why nothing may be sent to this address ('' where it may): a sentence without the address itself."""
    try:
        given = ip_address(str(address).partition("%")[0])
    except ValueError:
        return _("The host's address can't be read.")
    real, carried = _carried(given)
    for one in (given, real):
        if one.is_unspecified or one.is_multicast or one.is_link_local:
            return _("The host has an address that no webhook may have.")
    if real.is_loopback or given.is_loopback:
        return "" if settings.ALLOW_LOOPBACK_WEBHOOKS else _("The host is this server itself.")
    allowed = _listed(given) if not carried else _listed(given) and (real.is_global or _listed(real))
    if allowed:
        return ""
    old = isinstance(real, IPv6Address) and real.is_site_local
    if carried or not real.is_global or real.is_reserved or old:
        return _("The host stands in a private network that your operator has not allowed (OPENCEN_WEBHOOK_NETWORKS).")
    if plain:
        return _("The address must begin with https://; http is for networks that your operator allowed.")
    if port not in PUBLIC_PORTS:
        return _("On the public network webhooks go to the ports 443 and 8443.")
    return ""


def _listed(address: IP) -> bool:
    return any(address.version == one.version and address in one for one in settings.WEBHOOK_NETWORKS)


def _carried(address: IP) -> tuple[IP, bool]:
    """The IPv4 address that this one carries, and whether by a translator or tunnel; else itself."""
    if isinstance(address, IPv4Address):
        return address, False
    if address.ipv4_mapped:
        return address.ipv4_mapped, False
    for network in _CARRYING:
        if address in network and not address.is_loopback:
            return address.sixtofour or (address.teredo or (None, None))[1] or IPv4Address(
                int(address) & 0xFFFFFFFF
            ), True
    return address, False
