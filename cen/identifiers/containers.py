"""Freight containers (ISO 6346)."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum import iso6346

from cen.identifiers.finding import Finding, Outcome
from cen.identifiers.repair import repairs
from cen.identifiers.spelling import ILLEGIBLE, compact

_PATTERN = re.compile(r"[A-Z]{3}[UJZR][0-9]{7}")
_STEM = re.compile(r"[A-Z]{3}[UJZR][0-9]{6}")
TEMPLATE = "AAAANNNNNNN"


def normalise(raw: str) -> str:
    """``msku 907032-3`` becomes ``MSKU9070323``."""
    return compact(raw, ILLEGIBLE)


def complete(number: str) -> str | None:
    """The number with the right check digit, from its first ten characters."""
    stem = number[:10]
    if len(number) not in (10, 11) or not _STEM.fullmatch(stem):
        return None
    return stem + str(iso6346.calc_check_digit(stem))


def check(number: str) -> Outcome:
    """Owner code, category letter U, J, Z or R, six digits and the check digit."""
    if _STEM.fullmatch(number):
        return Finding(
            "container_without_check_digit",
            _("The last digit, the check digit, is missing."),
        )
    if not _PATTERN.fullmatch(number):
        return Finding(
            "container_pattern",
            _("A container number has three letters, then U, J, Z or R, then seven digits."),
        )
    right = complete(number)
    if right != number:
        return Finding(
            "container_check_digit",
            format_lazy(
                _("The check digit is {given}, but the rest of the number asks for {right}. Read it again."),
                given=number[-1],
                right=(right or "")[-1:],
            ),
        )
    return "ok"


def repair(number: str) -> tuple[str, ...]:
    """Container numbers that may have been meant."""
    return repairs(
        number,
        template=TEMPLATE,
        passes=lambda guess: check(guess) == "ok",
        complete=complete,
    )
