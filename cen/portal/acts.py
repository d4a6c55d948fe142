"""A page for each act on an own case: what it will do, what is asked for it, and one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actor import Actor
from accounts.refusals import RulesBroken
from cen.actions.check import LONGEST_NOTE, check, discard, keep, send_back
from cen.actions.correct import abandon, correct, recall, withdraw
from cen.actions.record import sheet_of
from cen.codelists import lists
from cen.models import Case
from cen.portal import posted


class NothingAsked(forms.Form):
    pass


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What is to be done"),
        help_text=_("Only your administration reads this."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=lambda: [("", "—"), *lists.choices("correction_reason")],
        required=False,
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """What the page of an act says; look as in `case_acts`."""

    title: Any
    text: Any
    button: Any
    look: str = "primary"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with the button: the form's answers, and the revision that the person saw."""

    given: dict[str, Any]
    revision: int


def _page_of(
    action: Action,
    wording: Wording,
    act: Callable[[Actor, Case, Asked], Any],
    asks: type[forms.Form] = NothingAsked,
) -> Callable[..., HttpResponse]:
    """The page of one act; on POST the act, then the case, or the page again with what is missing."""

    @page(Case, action, load="case_id", by="pk")
    def act_on_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
        form, findings = asks(request.POST if request.method == "POST" else None), []
        if request.method == "POST" and form.is_valid():
            try:
                act(actor, case, Asked(form.cleaned_data, posted.number(request.POST.get("revision"))))
                return redirect("own_case", case.pk)
            except RulesBroken as refusal:
                for finding in refusal.findings:
                    if finding.pointer in form.fields:
                        form.add_error(finding.pointer, finding.sentence)
                    else:
                        findings.append(finding)
        wrong = bool(findings or form.errors)
        context = {"case": case, "sheet": sheet_of(case), "form": form, "wording": wording, "findings": findings}
        return render(request, "cen/act.html", context, status=422 if wrong else 200)

    return act_on_case


# The national check by a second pair of eyes.
check_case = _page_of(
    Action.CHECK,
    Wording(
        _("National check"),
        _("You say that the record is right and complete. The contact point then decides what leaves."),
        _("It is right"),
    ),
    lambda actor, case, asked: check(actor, case, revision=asked.revision),
)

# Back to the officer, with a note.
send_back_case = _page_of(
    Action.SEND_BACK,
    Wording(
        _("Send back"),
        _("The officer sees your note, changes the record and sends it again."),
        _("Send back to the officer"),
    ),
    lambda actor, case, asked: send_back(actor, case, note=asked.given["note"]),
    NoteForm,
)

# The case stays with the administration.
keep_case = _page_of(
    Action.KEEP,
    Wording(
        _("Keep"),
        _("The case does not leave your administration. It can be taken up again later."),
        _("Keep it here"),
    ),
    lambda actor, case, asked: keep(actor, case),
)

# Back from the liaison office, as long as it has not decided.
recall_case = _page_of(
    Action.RECALL,
    Wording(
        _("Recall"),
        _("The version leaves the queue of the liaison office, and the record can be changed again."),
        _("Recall the version"),
    ),
    lambda actor, case, asked: recall(actor, case),
)

# Opens the case for its next version.
correct_case = _page_of(
    Action.CORRECT,
    Wording(
        _("Correct"),
        _("The record can be changed again. A version that is published stays until the new one takes its place."),
        _("Open the record"),
    ),
    lambda actor, case, asked: correct(actor, case, reason=asked.given["reason"]),
    ReasonForm,
)

# Back to the record as it was published.
abandon_correction = _page_of(
    Action.ABANDON,
    Wording(
        _("Give the correction up"),
        _("Your changes are undone: the record is again what it was when it was published."),
        _("Undo the changes"),
        "danger",
    ),
    lambda actor, case, asked: abandon(actor, case, revision=asked.revision),
)

# Out of the network, for good.
withdraw_case = _page_of(
    Action.WITHDRAW,
    Wording(
        _("Withdraw"),
        _("Nobody else can read the case any more. Everybody who was alerted is told. This can't be undone."),
        _("Withdraw from the network"),
        "danger",
    ),
    lambda actor, case, asked: withdraw(actor, case, reason=asked.given["reason"]),
    ReasonForm,
)

# A draft that is not needed.
discard_case = _page_of(
    Action.DISCARD,
    Wording(
        _("Discard"),
        _("The record stays readable for your administration, and nobody can send it any more."),
        _("Discard the record"),
        "danger",
    ),
    lambda actor, case, asked: discard(actor, case),
)
