"""Which version of a case the network sees, and where the case stands once it is open again."""

from __future__ import annotations

from cen.lifecycle import CaseState, ReleasedState
from cen.models import ReleasedCase


def is_published(reference: str) -> bool:
    """Whether the network sees a version of the case."""
    return ReleasedCase.unguarded.filter(reference=reference, state=ReleasedState.PUBLISHED).exists()


def opened(reference: str, otherwise: CaseState) -> CaseState:
    """The state of a case that goes back to its officer: as long as a version is published, a correction."""
    return CaseState.CORRECTING if is_published(reference) else otherwise
