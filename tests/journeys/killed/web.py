"""The web server that is killed right after the commit of a publication: before the hint, before the answer."""

from __future__ import annotations

import os
import signal
from importlib import import_module

from config.asgi import application

__all__ = ["application"]


def die() -> None:
    os.killpg(os.getpgid(0), signal.SIGKILL)


# Only now does Django stand.
import_module("alerts.outbox").hint = die
