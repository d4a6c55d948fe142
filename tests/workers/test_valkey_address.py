"""What may stand in REDIS_URL, and what Celery and the cache make of it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.valkey_address import Kind, valkey_address


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://h", "redis://h/1"),
        ("redis://u:p@h:7000/3", "redis://u:p@h:7000/4"),
        ("rediss://u:p@h/0?ssl_cert_reqs=required", "rediss://u:p@h/1?ssl_cert_reqs=required"),
        ("unix://u:p@/run/v.sock?db=2", "redis+socket://u:p@/run/v.sock?virtual_host=3"),
        ("sentinel://u:p%40ss@a,b:7001/main?db=4", "sentinel://u:p%40ss@a:26379/5;sentinel://u:p%40ss@b:7001/5"),
    ],
)
def test_the_broker_stands_in_the_next_database(url: str, broker: str) -> None:
    assert valkey_address(url).broker() == broker


def test_a_sentinel_group_has_hosts_a_name_and_two_kinds_of_credentials() -> None:
    address = valkey_address("sentinels://u:p%40ss@a,[::1]:7001/main?db=4&sentinel_password=s%26")
    assert (address.kind, address.hosts, address.name, address.database) == (
        Kind.SENTINEL,
        (("a", 26379), ("::1", 7001)),
        "main",
        4,
    )
    assert address.credentials == {"username": "u", "password": "p@ss", "ssl": True}
    assert address.sentinel_credentials == {"password": "s&"}
    assert address.broker_options() == {"master_name": "main", "sentinel_kwargs": {"password": "s&"}}


def test_a_cluster_serves_the_cache_and_says_why_it_can_not_carry_messages() -> None:
    address = valkey_address("cluster://u:p@a:7000,b:7001")
    assert address.hosts == (("a", 7000), ("b", 7001))
    assert address.cache()["BACKEND"] == "config.valkey_cache.ManyServersCache"
    with pytest.raises(ImproperlyConfigured, match="OPENCEN_BROKER_URL"):
        address.broker()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://h",
        "redis://h/first",
        "unix:///s?db=x",
        "sentinel://a,b",
        "sentinel://a:port/main",
        "sentinel:///main",
        "cluster://a/?db=1",
    ],
)
def test_what_can_not_be_read_ends_the_start_with_a_sentence(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        valkey_address(url)


def test_a_printed_address_shows_no_password() -> None:
    for url in ("redis://u:geheim@h", "sentinel://u:geheim@h/n?sentinel_password=geheim", "cluster://u:geheim@h"):
        assert "geheim" not in repr(valkey_address(url))
