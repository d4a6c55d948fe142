"""The one exception of the front desk that a person reads."""

from __future__ import annotations


class StartRefused(Exception):
    """Nothing can start as things are; the text says in plain words what to do."""
