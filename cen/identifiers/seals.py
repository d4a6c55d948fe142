"""Seals on containers and vehicles (ISO 17712 sets no form for the number)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.spelling import is_plain

_SHORTEST, _LONGEST = 4, 20


def check(number: str) -> Outcome:
    """Four to twenty letters and digits. The declared and the found number are compared elsewhere."""
    if not is_plain(number) or not _SHORTEST <= len(number) <= _LONGEST:
        return Finding("seal_pattern", _("A seal number has four to twenty letters and digits."))
    return "unchecked"
