"""Reading one identifier as a person typed it: what it is, whether it can be right, what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from cen.identifiers.finding import Finding, Sentence
from cen.identifiers.kinds import kind_of
from cen.identifiers.spelling import ILLEGIBLE

LONGEST_RAW = 300
"""Longer texts are no identifier, whatever their beginning looks like."""

Verdict = Literal["ok", "unchecked", "doubtful"]


@dataclass(frozen=True, slots=True)
class Reading:
    """``raw`` as typed and ``normalised`` for comparing; ``finding`` and ``sentence`` only when doubtful."""

    kind: str
    raw: str
    normalised: str
    verdict: Verdict
    finding: str | None = None
    sentence: Sentence | None = None
    suggestion: tuple[str, ...] = ()


def read(kind_code: str, raw: str) -> Reading:
    """Read ``raw`` as an identifier of this kind.

    Never raises on any text and never refuses one: a number that breaks its rule is ``doubtful``. Raises
    :class:`~cen.identifiers.kinds.UnknownKind` when the kind does not exist.
    """
    kind = kind_of(kind_code)
    normalised = kind.normalise(raw)
    outcome = kind.check(normalised)
    if not normalised:
        outcome = Finding(
            "empty",
            _("No letter or digit is here. Leave the field out or write the number."),
        )
    elif len(raw) > LONGEST_RAW:
        outcome = Finding(
            "too_long",
            _("This is too long for a number. Put the text into the description."),
        )
    if not isinstance(outcome, Finding):
        return Reading(kind.code, raw, normalised, outcome)
    suggestion = kind.repair(normalised) if outcome.code not in ("empty", "too_long") else ()
    if ILLEGIBLE in normalised:
        outcome = Finding(
            "illegible",
            _("A character could not be read. Look again, or choose one of the numbers that fit."),
        )
    return Reading(
        kind.code,
        raw,
        normalised,
        "doubtful",
        outcome.code,
        outcome.sentence,
        suggestion,
    )
