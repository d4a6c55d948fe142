"""Logging: one readable line an event, on standard output, without secrets or personal data."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(
    r"(?i)(bearer\s+|api[_-]?key[=:]\s*|password[=:]\s*|sessionid[=:]\s*|token[=:]\s*)([^\s&;,'\"]{6,})"
)
_ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


class LeaveOutSecrets(logging.Filter):
    """Blanks tokens, passwords, cookies and e-mail addresses in the finished message."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = _ADDRESSES.sub("[address]", _SECRETS.sub(r"\1[left out]", message))
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "config.logs.LeaveOutSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "filters": ["secrets"], "formatter": "line"}},
    "root": {"handlers": ["out"], "level": "WARNING"},
    "loggers": {
        "opencen": {"level": "INFO"},
        # Refused sign-ins and forged forms are counted by audit events, not by tracebacks.
        "django.security": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
