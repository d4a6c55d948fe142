"""The codes a field may take: a code list of the house, or the currencies of ISO 4217."""

from __future__ import annotations

from datetime import date

from cen.codelists import currencies, lists

ISO_4217 = "iso4217"


def choices(name: str, *, only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Pairs for a form, in the active language; `only` narrows and orders them."""
    found = currencies.choices() if name == ISO_4217 else lists.choices(name)
    if not only:
        return found
    labels = dict(found)
    return [(code, labels[code]) for code in only if code in labels]


def is_valid(name: str, code: str, on: date | None = None) -> bool:
    """Whether the code exists and was in use on that day (default: today)."""
    return currencies.is_known(code) if name == ISO_4217 else lists.is_valid(name, code, on)


def label(name: str, code: str) -> str:
    """The name of the code in the active language; the code itself where it is unknown."""
    return currencies.label(code) if name == ISO_4217 else lists.label(name, code)
