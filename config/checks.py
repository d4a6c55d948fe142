"""Refuses an unsafe start. Run by the web process, the worker and every management command."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}


@register(Tags.security)
def safe_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """S001 debug, S002 weak key, S003 no TLS, S004 open hosts, S005 demonstration not local, S006 a hurried plan."""
    errors: list[CheckMessage] = []
    if settings.DEBUG:
        errors.append(Error("DEBUG is on: pages would show the inside of requests", id="opencen.S001"))
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 20:
        errors.append(Error("the secret key is weak: write 64 random characters", id="opencen.S002"))
    if settings.PRODUCTION and not settings.PUBLIC_ORIGIN.startswith("https://"):
        errors.append(Error("OPENCEN_ORIGIN must be an https address in production", id="opencen.S003"))
    if "*" in settings.ALLOWED_HOSTS or any(host.startswith(".") for host in settings.ALLOWED_HOSTS):
        errors.append(Error("OPENCEN_ALLOWED_HOSTS must name exact hosts", id="opencen.S004"))
    local = urlsplit(settings.PUBLIC_ORIGIN).hostname in _LOOPBACK and set(settings.ALLOWED_HOSTS) <= _LOOPBACK
    if settings.DEMONSTRATION and not local:
        errors.append(Error("demonstration mode lets anybody in: it runs on localhost only", id="opencen.S005"))
    if settings.PRODUCTION and settings.RETRY_SPEED != 1:
        errors.append(Error("OPENCEN_RETRY_SPEED is for trials: unset it in production", id="opencen.S006"))
    return errors


def refuse_unsafe_start() -> None:
    """Runs the security and URL checks and ends the start with every message they gave."""
    messages = [*run_checks(tags=[Tags.security]), *run_checks(tags=[Tags.urls])]
    serious = [message for message in messages if message.is_serious()]
    if serious:
        raise ImproperlyConfigured("; ".join(f"{message.id}: {message.msg}" for message in serious))
