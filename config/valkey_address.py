"""The address in REDIS_URL: one server, a group watched by Sentinels, or a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FORMS = (
    "unix://user:password@/path?db=0, redis://user:password@host:6379/0, rediss://…, "
    "sentinel://user:password@host:26379,host:26379/NAME?db=0 or cluster://user:password@host:6379,host:6379"
)


class Kind(StrEnum):
    SERVER = "server"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class ValkeyAddress:
    """`hosts` are the Sentinels, or nodes of the cluster; `url` is a single server's. Secrets stay out of its repr."""

    kind: Kind
    url: str = field(default="", repr=False)
    hosts: tuple[tuple[str, int], ...] = ()
    name: str = ""
    database: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    sentinel_password: str = field(default="", repr=False)
    tls: bool = False

    @property
    def credentials(self) -> dict[str, Any]:
        """What a client of the servers themselves needs, as keywords of redis-py."""
        given = {"username": self.user or None, "password": self.password or None, "ssl": self.tls or None}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def sentinel_credentials(self) -> dict[str, Any]:
        """What a client of the Sentinels needs."""
        return {"password": self.sentinel_password} if self.sentinel_password else {}

    def broker(self) -> str:
        """The Celery broker at this address, in the next database; a cluster can be none."""
        if self.kind is Kind.CLUSTER:
            raise ImproperlyConfigured(
                "REDIS_URL names a cluster, which can't carry the workers' messages (they need transactions over"
                " several keys): name a single server or a sentinel group for them in OPENCEN_BROKER_URL."
            )
        if self.kind is Kind.SENTINEL:
            who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.password else ""
            return ";".join(f"sentinel://{who}{host}:{port}/{self.database + 1}" for host, port in self.hosts)
        parts = urlsplit(self.url)
        if parts.scheme == "unix":
            return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={self.database + 1}"
        return f"{parts.scheme}://{parts.netloc}/{self.database + 1}" + (f"?{parts.query}" if parts.query else "")

    def broker_options(self) -> dict[str, Any]:
        """What the broker's transport needs besides its URL."""
        if self.kind is not Kind.SENTINEL:
            return {}
        return {"master_name": self.name, "sentinel_kwargs": self.sentinel_credentials}

    def cache(self) -> dict[str, Any]:
        """The settings of Django's cache."""
        if self.kind is Kind.SERVER:
            return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": self.url}
        return {"BACKEND": "config.valkey_cache.ManyServersCache", "LOCATION": "valkey", "OPTIONS": {"address": self}}


def valkey_address(url: str, name: str = "REDIS_URL") -> ValkeyAddress:
    """Reads the value of the environment variable; ImproperlyConfigured says what may stand there."""
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss", "unix"}:
        return ValkeyAddress(Kind.SERVER, url=url, database=_database(url, name))
    if parts.scheme.removesuffix("s") not in {"sentinel", "cluster"}:
        raise ImproperlyConfigured(f"{name} must look like one of: {FORMS}")
    kind = Kind(parts.scheme.removesuffix("s"))
    who, _, where = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    address = ValkeyAddress(
        kind,
        hosts=tuple(_host(part, 26379 if kind is Kind.SENTINEL else 6379, name) for part in where.split(",")),
        name=unquote(parts.path.lstrip("/")),
        database=_number(query.get("db", "0"), name),
        user=unquote(user),
        password=unquote(password),
        sentinel_password=query.get("sentinel_password", ""),
        tls=parts.scheme.endswith("s"),
    )
    if kind is Kind.SENTINEL and not address.name:
        raise ImproperlyConfigured(f"{name}: after the Sentinels, name the group they watch: {FORMS}")
    if kind is Kind.CLUSTER and address.database:
        raise ImproperlyConfigured(f"{name}: a cluster has one database only, without a number")
    return address


def _database(url: str, name: str) -> int:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return _number(parse_qs(parts.query).get("db", ["0"])[-1], name)
    return _number(parts.path.lstrip("/") or "0", name)


def _number(text: str, name: str) -> int:
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name}: the number of a database is expected, not {text!r}")
    return int(text)


def _host(text: str, port: int, name: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    try:
        given = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name}: {text!r} has no port that can be used") from None
    if not parts.hostname:
        raise ImproperlyConfigured(f"{name}: a host is missing in {text!r}")
    return parts.hostname, given or port
