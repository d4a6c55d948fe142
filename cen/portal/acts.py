"""A page for each act on an own case: what it will do, what is asked for it, and one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
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


def _asked(
    request: HttpRequest, case: Case, form: forms.Form, wording: Wording, act: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """The page of one act; on POST the act, then the case, or the page again with what is missing."""
    findings: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
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


def _answers(request: HttpRequest) -> QueryDict | None:
    """What was posted, though it were nothing."""
    return request.POST if request.method == "POST" else None


def _revision(request: HttpRequest) -> int:
    return posted.number(request.POST.get("revision"))


@page(Case, Action.CHECK, load="case_id", by="pk")
def check_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The national check by a second pair of eyes."""
    wording = Wording(
        _("National check"),
        _("You say that the record is right and complete. The contact point then decides what leaves."),
        _("It is right"),
    )
    form = NothingAsked(_answers(request))
    return _asked(request, case, form, wording, lambda given: check(actor, case, revision=_revision(request)))


@page(Case, Action.SEND_BACK, load="case_id", by="pk")
def send_back_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Back to the officer, with a note."""
    wording = Wording(
        _("Send back"),
        _("The officer sees your note, changes the record and sends it again."),
        _("Send back to the officer"),
    )
    form = NoteForm(_answers(request))
    return _asked(request, case, form, wording, lambda given: send_back(actor, case, note=given["note"]))


@page(Case, Action.KEEP, load="case_id", by="pk")
def keep_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The case stays with the administration."""
    wording = Wording(
        _("Keep"),
        _("The case does not leave your administration. It can be taken up again later."),
        _("Keep it here"),
    )
    form = NothingAsked(_answers(request))
    return _asked(request, case, form, wording, lambda given: keep(actor, case))


@page(Case, Action.RECALL, load="case_id", by="pk")
def recall_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Back from the liaison office, as long as it has not decided."""
    wording = Wording(
        _("Recall"),
        _("The version leaves the queue of the liaison office, and the record can be changed again."),
        _("Recall the version"),
    )
    form = NothingAsked(_answers(request))
    return _asked(request, case, form, wording, lambda given: recall(actor, case))


@page(Case, Action.CORRECT, load="case_id", by="pk")
def correct_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Opens the case for its next version."""
    wording = Wording(
        _("Correct"),
        _("The record can be changed again. A version that is published stays until the new one takes its place."),
        _("Open the record"),
    )
    form = ReasonForm(_answers(request))
    return _asked(request, case, form, wording, lambda given: correct(actor, case, reason=given["reason"]))


@page(Case, Action.ABANDON, load="case_id", by="pk")
def abandon_correction(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Back to the record as it was published."""
    wording = Wording(
        _("Give the correction up"),
        _("Your changes are undone: the record is again what it was when it was published."),
        _("Undo the changes"),
        "danger",
    )
    form = NothingAsked(_answers(request))
    return _asked(request, case, form, wording, lambda given: abandon(actor, case, revision=_revision(request)))


@page(Case, Action.WITHDRAW, load="case_id", by="pk")
def withdraw_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Out of the network, for good."""
    wording = Wording(
        _("Withdraw"),
        _("Nobody else can read the case any more. Everybody who was alerted is told. This can't be undone."),
        _("Withdraw from the network"),
        "danger",
    )
    form = ReasonForm(_answers(request))
    return _asked(request, case, form, wording, lambda given: withdraw(actor, case, reason=given["reason"]))


@page(Case, Action.DISCARD, load="case_id", by="pk")
def discard_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """A draft that is not needed."""
    wording = Wording(
        _("Discard"),
        _("The record stays readable for your administration, and nobody can send it any more."),
        _("Discard the record"),
        "danger",
    )
    form = NothingAsked(_answers(request))
    return _asked(request, case, form, wording, lambda given: discard(actor, case))
