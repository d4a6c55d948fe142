"""Django's cache on servers that change: behind Sentinels, or in a cluster."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.cluster import ClusterNode, RedisCluster
from redis.sentinel import Sentinel

from config.valkey_address import Kind, ValkeyAddress

# A page waits for a limit or a cached list no longer than this, also while the servers change.
SECONDS = 2.0


def client_of(address: ValkeyAddress) -> Any:
    """A client that finds the present primary itself, also after it moved."""
    if address.kind is Kind.CLUSTER:
        nodes = [ClusterNode(host, port) for host, port in address.hosts]
        return RedisCluster(
            startup_nodes=nodes, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, **address.credentials
        )
    if address.kind is Kind.SENTINEL:
        sentinel = Sentinel(
            list(address.hosts),
            sentinel_kwargs={"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
            | address.sentinel_credentials,
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            **address.credentials,
        )
        return sentinel.master_for(address.name, db=address.database)
    return Redis.from_url(address.url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)


class ManyServersClient(RedisCacheClient):
    """One client for all; it keeps its own connections."""

    def __init__(self, servers: Any, *, address: ValkeyAddress, **options: Any) -> None:
        super().__init__(servers, **options)
        self._address = address
        self._known: Any = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if self._known is None:
            self._known = client_of(self._address)
        return self._known


class ManyServersCache(RedisCache):
    """`OPTIONS: {"address": ValkeyAddress}`."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ManyServersClient
