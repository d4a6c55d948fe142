"""Pages of the office in charge: the queue, and one version to decide on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import RulesBroken
from cen.actions.validate import Verdict, validate
from cen.codelists import lists
from cen.models import ReleasedCase
from cen.portal import posted
from cen.quality import Quality, quality_of, sheet_of_body


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Verdict.ACCEPTED, _("Accept and publish")),
            (Verdict.RETURNED, _("Return with reasons")),
            (Verdict.REJECTED, _("Reject with reasons")),
        ],
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        choices=lambda: lists.choices("return_reason"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label=_("Note to the owner"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@page(ReleasedCase, Action.QUEUE, methods=("GET",))
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits, oldest first."""
    rows = policy_for(ReleasedCase).visible_to(actor, Action.QUEUE).select_related("administration")
    return render(request, "cen/queue.html", {"waiting": rows.order_by("released_at")[:200]})


@page(ReleasedCase, Action.VALIDATE, load="released_id", by="pk")
def decide(request: HttpRequest, actor: Actor, released: ReleasedCase) -> HttpResponse:
    """The version as it would be published, and the decision, bound to its hash."""
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            validate(
                actor,
                released,
                Verdict(form.cleaned_data["verdict"]),
                seen_hash=posted.digest(request.POST.get("seen_hash")),
                reasons=form.cleaned_data["reasons"],
                text=form.cleaned_data["text"],
            )
            return redirect("queue")
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer or None, finding.sentence)
    context: dict[str, Any] = {
        "released": released,
        "body": released.body,
        "form": form,
        "quality": quality_of_version(released),
        "seen_hash": bytes(released.content_hash).hex(),
    }
    return render(request, "cen/decide.html", context)


def quality_of_version(released: ReleasedCase) -> Quality:
    """The score as it was at the release, and what the version itself shows to be missing."""
    seen = quality_of(sheet_of_body(released.body), on=released.released_at.date(), photos=None)
    return Quality(released.quality_score, seen.missing)
