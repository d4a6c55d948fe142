"""Which addresses a webhook may have: every way round is refused, with a sentence that says what to change."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_network
from typing import Any

import pytest

from alerts.outgoing import client as outgoing
from alerts.outgoing.addresses import AddressRefused, read, refusal
from alerts.outgoing.answers import Answer, Trouble
from alerts.outgoing.creation import vet
from tests.delivery.receivers import receiving

UNREADABLE = [
    "",
    "x" * 501,
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/hook",
    "example.org/hook",
    "https:///hook",
    "https://user@example.org/",
    "https://user:pw@example.org/",
    "https://example.org@10.0.0.1/",
    "https://example.org\\@10.0.0.1/",
    "https://exam ple.org/",
    "https://example.org/\r\nHost: 10.0.0.1",
    "https://example.org/\x00",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://example.org/#here",
    "https://%31%32%37.0.0.1/",
    "https://[::1%25lo]/",
    "https://[fe80::1%eth0]/",
    "https://[nonsense]/",
    # Other readers take each of these for 127.0.0.1.
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.0.0.0x1/",
    "https://example..org/",
    "https://-example.org/",
]
CLOSED = [
    *("0.0.0.0", "127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
    *("192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "100::1"),
    # IPv4 inside IPv6: mapped, compatible, NAT64, local NAT64, 6to4, Teredo.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::7f00:2"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
]


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_two_readers_could_read_differently_is_not_read(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        read(url)
    assert str(refused.value.sentence).endswith((".", "#", "host/path."))


@pytest.mark.parametrize("address", CLOSED)
def test_no_address_of_an_inner_network_may_be_asked(address: str) -> None:
    assert refusal(address, 443, plain=False)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        vet(f"https://{host}/hook")


def test_public_addresses_may_be_asked_by_https_on_the_usual_ports() -> None:
    for address in ("8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"):
        assert refusal(address, 443, plain=False) == ""
        assert refusal(address, 8443, plain=False) == ""
        assert "https" in refusal(address, 80, plain=True)
        for port in (22, 25, 80, 5432, 6379):
            assert "443" in refusal(address, port, plain=False)


def test_a_network_of_the_operator_is_open_and_nothing_beside_it(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("10.20.0.0/16"), ip_network("fd00:1::/32")]
    for address in ("10.20.3.4", "::ffff:10.20.3.4", "fd00:1::5"):
        assert refusal(address, 8080, plain=True) == "" or address.startswith("::ffff")
    assert refusal("10.20.3.4", 8080, plain=True) == ""
    for address in ("10.21.0.1", "192.168.0.1", "fd00:2::1", "127.0.0.1"):
        assert refusal(address, 443, plain=False)


def test_not_even_the_whole_world_listed_opens_loopback_or_the_link(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1"):
        assert refusal(address, 443, plain=False)
    # Through a translator only to what could be asked without one.
    assert refusal("64:ff9b::7f00:1", 443, plain=False)
    assert refusal("64:ff9b::808:808", 443, plain=False) == ""


def test_loopback_is_open_only_by_its_own_switch(settings: Any) -> None:
    settings.ALLOW_LOOPBACK_WEBHOOKS = False
    assert refusal("127.0.0.1", 9000, plain=True)
    settings.ALLOW_LOOPBACK_WEBHOOKS = True
    assert refusal("127.0.0.1", 9000, plain=True) == ""
    assert refusal("10.0.0.1", 9000, plain=True)


def test_a_name_is_judged_by_every_address_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*args: Any, **kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.5")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(AddressRefused, match="OPENCEN_WEBHOOK_NETWORKS"):
        vet("https://two-faced.example.org/")


def test_an_unknown_name_is_refused_when_it_is_given() -> None:
    with pytest.raises(AddressRefused, match="not known"):
        vet("https://nowhere.invalid/")
    with pytest.raises(AddressRefused):
        vet("https://localhost/")


def sent(url: str) -> Answer:
    async def send() -> Answer:
        async with outgoing.Client() as client:
            return await client.post(url, b"{}", {})

    return asyncio.run(send())


def test_a_name_that_turned_inward_after_it_was_kept_is_not_connected_to(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: public when it was given, loopback when it is asked."""
    settings.ALLOW_LOOPBACK_WEBHOOKS = False
    with receiving() as inner:
        real = socket.getaddrinfo

        def turned(host: Any, *args: Any, **kwargs: Any) -> Any:
            return real("127.0.0.1" if host == "rebound.example.org" else host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", turned)
        for scheme in ("http", "https"):
            assert sent(f"{scheme}://rebound.example.org:{inner.port}/hook").trouble is Trouble.REFUSED
        assert sent(inner.url()).trouble is Trouble.REFUSED
        assert inner.got == []
        settings.ALLOW_LOOPBACK_WEBHOOKS = True
        assert sent(f"http://rebound.example.org:{inner.port}/hook").delivered
        assert len(inner.got) == 1


def test_even_past_the_resolver_no_socket_is_made_to_an_inner_address(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOW_LOOPBACK_WEBHOOKS = False
    monkeypatch.setattr(outgoing, "refusal", lambda address, port, *, plain: "" if port != inner_port else "no")
    with receiving() as inner:
        inner_port = inner.port

        async def unjudged(self: Any, host: str, port: int = 0, family: Any = socket.AF_INET) -> Any:
            return await self._system.resolve(host, port, family)

        monkeypatch.setattr(outgoing._Resolver, "resolve", unjudged)
        assert sent(f"http://localhost:{inner.port}/hook").trouble is Trouble.REFUSED
        assert inner.got == []
