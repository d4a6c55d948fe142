"""Why somebody looks at nominal data: a code of the list and a sentence, written into every event."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.refusals import PurposeNeeded
from cen.codelists import lists
from cen.leftovers import find_leftovers

SHORTEST, LONGEST = 10, 500


class PurposeTells(PurposeNeeded):
    """The purpose itself holds nominal data; it would stand in the trail for ever."""

    code = "purpose_tells"
    sentence = _(
        "Your purpose names a person or a number of one. It is kept in the audit trail: name the case instead."
    )


@dataclass(frozen=True, slots=True)
class Purpose:
    """code: of the list `purpose`; text: at least 10 characters, without nominal data.

    evident: written by the program from references alone, so that no word of it can tell anything.
    """

    code: str
    text: str
    evident: bool = False


def stated(code: str, text: str) -> Purpose:
    """The purpose, checked; raises PurposeNeeded or PurposeTells."""
    return demand(Purpose(code, " ".join(text.split())))


def demand(purpose: Purpose | None, *, names: Collection[str] = (), values: Collection[str] = ()) -> Purpose:
    """The purpose where it will do; names and values: what this very act is about and must not be told."""
    if purpose is None or not lists.is_valid("purpose", purpose.code):
        raise PurposeNeeded
    if not SHORTEST <= len(purpose.text) <= LONGEST or len(set(purpose.text)) < SHORTEST // 2:
        raise PurposeNeeded
    if not purpose.evident and find_leftovers({"purpose": purpose.text}, names=names, values=values):
        raise PurposeTells
    return purpose
