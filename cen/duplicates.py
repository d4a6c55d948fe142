"""When two records are perhaps the same event: near in time, place, goods and quantity, or the same number on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.refusals import Finding
from cen.identifiers.kinds import KINDS

DAYS_APART = timedelta(days=2)
# How far two quantities of the same goods may lie apart, in parts of the one being entered.
QUANTITY_APART = Decimal("0.05")
# Numbers that belong to one consignment. A vessel or a flight carries many.
TELLING_KINDS = frozenset({"container", "seal", "awb", "hawb", "bl", "mrn", "ucr", "s10", "sscc"})
CODE = "duplicate"


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case of the administration that is perhaps the same; `because` is circumstances or a kind of number."""

    case_id: UUID
    reference: str
    because: tuple[str, ...]

    def finding(self) -> Finding:
        """What a door says; it stops until the reference was looked at and kept."""
        sentence = _("This is perhaps the same event as %(reference)s: %(because)s. Look at it before you save.")
        words = {"reference": self.reference, "because": ", ".join(_because(one) for one in self.because)}
        return Finding(CODE, sentence % words, severity="confirm", suggestion=self.reference)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was, as far as it was said."""

    locode: str
    name: str
    kind: str

    def agrees(self, other: Place) -> bool:
        """The most exact thing that both say is the same; a place that says nothing agrees with none."""
        for mine, theirs in ((self.locode, other.locode), (_plain(self.name), _plain(other.name))):
            if mine and theirs:
                return mine == theirs
        return bool(self.kind) and self.kind == other.kind


def around(quantity: Decimal) -> tuple[Decimal, Decimal]:
    """The quantities that are perhaps the same."""
    return quantity * (1 - QUANTITY_APART), quantity * (1 + QUANTITY_APART)


def confirmation(reference: str) -> str:
    """What stands in a sheet's `confirmed` once the other case was looked at and this one is kept."""
    return f"{CODE}:{reference}"


def unconfirmed(alike: Iterable[Alike], confirmed: Iterable[Any]) -> list[Alike]:
    """Those that nobody looked at yet. The bare code confirms all that are found now."""
    given = set(confirmed)
    return [one for one in alike if CODE not in given and confirmation(one.reference) not in given]


def _because(reason: str) -> str:
    if reason in KINDS:
        return _("the same number (%s)") % KINDS[reason].label
    return _("date, place, goods and quantity are near")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
