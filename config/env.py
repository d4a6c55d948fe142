"""Reads the environment: the only place that does.

Every value has a safe default or none at all; what is missing or malformed ends the start with one sentence.
"""

from __future__ import annotations

import os
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REPOSITORY = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """What this installation is for; anything but PRODUCTION is bound to the loopback address."""

    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"
    TEST = "test"


def mode() -> Mode:
    """The mode in OPENCEN_MODE; unset means production."""
    raw = os.environ.get("OPENCEN_MODE", Mode.PRODUCTION)
    try:
        return Mode(raw)
    except ValueError:
        raise ImproperlyConfigured(f"OPENCEN_MODE is {raw!r}: choose production, demonstration or test.") from None


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the default where it is unset or blank."""
    return os.environ.get(name) or default


def flag(name: str) -> bool:
    """True where NAME is 1; anything else but unset, 0 or blank is refused."""
    raw = os.environ.get(name, "")
    if raw not in {"", "0", "1"}:
        raise ImproperlyConfigured(f"{name} is {raw!r}: set 1 or 0.")
    return raw == "1"


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A comma-separated list of networks such as 10.20.0.0/16."""
    try:
        return [ip_network(part) for part in names(name)]
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}. Write networks such as 10.20.0.0/16,fd00:1::/32.") from None


def home() -> Path:
    """The state folder: OPENCEN_HOME, else /var/lib/opencen for root, else .opencen beside the code."""
    if given := os.environ.get("OPENCEN_HOME"):
        return Path(given).expanduser().resolve()
    return Path("/var/lib/opencen") if os.geteuid() == 0 else REPOSITORY / ".opencen"


def secret_file(name: str) -> Path:
    """The path in NAME of a file that holds a secret; readable by its owner only."""
    raw = os.environ.get(name)
    if not raw:
        raise ImproperlyConfigured(f"{name} is not set: it names the file that holds the secret.")
    path = Path(raw)
    if not path.is_file():
        raise ImproperlyConfigured(f"{name} names {path}, which is not a file.")
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{path} can be read by others: chmod 600 it.")
    return path


def secret(name: str) -> str:
    """The content of the secret file named by NAME."""
    return secret_file(name).read_text(encoding="utf-8").strip()


def database(url: str) -> dict[str, Any]:
    """Django's settings for one PostgreSQL URL (postgresql://user:pw@host:port/name?host=/socket/folder)."""
    if not url:
        raise ImproperlyConfigured("DATABASE_URL is not set: `./run up` sets it, or name your PostgreSQL.")
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; nothing else is supported.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**query},
    }
