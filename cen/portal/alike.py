"""What a person must look at and confirm before a form is saved: possible duplicates, figures far out.

A page keeps findings of weight `confirm` apart (`to_confirm`), shows them above its form by
`cen/alike.html`, and puts what was ticked into the sheet (`confirmed_onto`) when it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from accounts.access.actions import Action
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding
from cen.duplicates import CODE, confirmation
from cen.models import Case
from cen.sheet import Sheet

FIELD = "confirm"
MOST = 40
LONGEST = 40


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One tick box: the sentence, the case that it speaks of, and what stands in the sheet once it is ticked."""

    value: str
    sentence: str
    reference: str = ""
    url: str = ""


def to_confirm(actor: Actor, findings: Iterable[Finding]) -> tuple[list[ToConfirm], list[Finding]]:
    """What is to be confirmed, with links to the cases it speaks of, and the findings that are left."""
    asked = [one for one in findings if one.severity == "confirm"]
    others = [one for one in findings if one.severity != "confirm"]
    references = [one.suggestion for one in asked if one.code == CODE]
    rows = policy_for(Case).visible_to(actor, Action.READ).filter(reference__in=references) if references else ()
    urls = {one.reference: reverse("own_case", args=[one.pk]) for one in rows}
    return [
        ToConfirm(confirmation(one.suggestion), str(one.sentence), one.suggestion, urls.get(one.suggestion, ""))
        if one.code == CODE
        else ToConfirm(one.code, str(one.sentence))
        for one in asked
    ], others


def confirmed_onto(request: HttpRequest, sheet: Sheet) -> Sheet:
    """The sheet with what was ticked; only ever adds, and codes alone confirm nothing by themselves."""
    ticked = [value for value in request.POST.getlist(FIELD)[:MOST] if len(value) <= LONGEST and value != CODE]
    sheet.confirmed = [*sheet.confirmed, *(value for value in ticked if value not in sheet.confirmed)]
    return sheet
