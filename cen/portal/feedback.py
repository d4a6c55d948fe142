"""Pages of feedback on warnings, and of how often it was a hit."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.models import Administration, LiaisonOffice
from accounts.refusals import Refusal, RulesBroken
from cen.actions.feedback import give_feedback
from cen.codelists import lists
from cen.feedback_draft import FeedbackDraft
from cen.models import WarningFeedback, WarningNotice
from cen.portal.notice_fields import one_of, ticks
from cen.portal.warning_form import MOMENT
from cen.queries.hit_rate import FEWEST, WAYS, hit_rate
from cen.rules.feedback import LONGEST_COMMENT

WAY_NAMES = {"indicator": _("By indicator"), "sender": _("By sender"), "route": _("By route")}


class FeedbackForm(forms.Form):
    control_done = one_of(_("What was done"), "control_done", required=True)
    result = one_of(_("Result"), "feedback_result", required=True)
    controlled_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text=_("In your own time zone."),
    )
    indicators_confirmed = forms.MultipleChoiceField(
        label=_("Indicators that proved right"), required=False, widget=forms.CheckboxSelectMultiple
    )
    case_reference = forms.CharField(
        label=_("Case it led to"), required=False, max_length=24, help_text=_("A reference, such as GH-2026-000123.")
    )
    usefulness = forms.TypedChoiceField(
        label=_("How useful the warning was"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), (5, _("5, decisive")), (4, "4"), (3, "3"), (2, "2"), (1, _("1, of no use"))],
    )
    hours = forms.DecimalField(
        label=_("Hours spent"), required=False, max_digits=6, decimal_places=2, min_value=Decimal(0)
    )
    techniques = ticks(_("How it was controlled"), "detection_technique")
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names, plates or numbers of persons, companies or documents."),
    )

    def __init__(self, notice: WarningNotice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = notice.body.get("indicators") or ()
        field: Any = self.fields["indicators_confirmed"]
        field.choices = [(code, lists.label("indicator", code)) for code in given]
        if not given:
            del self.fields["indicators_confirmed"]


@page(WarningNotice, Action.ANSWER, load="warning_id", by="pk", lock=False)
def feedback(request: HttpRequest, actor: Actor, notice: WarningNotice) -> HttpResponse:
    """What became of the warning here; a later answer is a new edition."""
    rows = policy_for(WarningFeedback).visible_to(actor, Action.LIST).filter(warning=notice)
    latest = rows.filter(administration_id=actor.administration_id or 0).order_by("-edition").first()
    initial = {name: getattr(latest, name) for name in asdict(FeedbackDraft())} if latest else {}
    form = FeedbackForm(notice, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            give_feedback(actor, notice, FeedbackDraft(**form.cleaned_data))
            messages.success(request, _t("Your feedback is with the issuer of %s.") % notice.reference)
            return redirect("warning", notice.pk)
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer if finding.pointer in form.fields else None, str(finding.sentence))
    context = {
        "form": form,
        "notice": notice,
        "latest": latest,
        "trail": [(_("Warnings"), reverse("warnings")), (notice.reference, reverse("warning", args=[notice.pk]))],
    }
    wrong = request.method == "POST"
    return render(request, "cen/warnings/feedback.html", context, status=422 if wrong else 200)


@page(WarningFeedback, Action.LIST, methods=("GET",))
def hit_rates(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How often controls found something: by indicator, sender or route."""
    by = request.GET.get("by", WAYS[0])
    if by not in WAYS:
        raise Refusal(_t("There is no such figure."), code="parameter_unknown")
    found = hit_rate(actor, by)
    names = _names(actor, by, [one.key for one in found.lines])
    context = {
        "by": by,
        "ways": WAY_NAMES.items(),
        "lines": [(names[one.key], one, _percent(one.share)) for one in found.lines],
        "total": found.total,
        "total_share": _percent(found.total.share),
        "unanswered": found.unanswered,
        "fewest": FEWEST,
        "trail": [(_("Warnings"), reverse("warnings")), (_("Hit rate"), "")],
    }
    return render(request, "cen/warnings/hit_rate.html", context)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.0f} %"


def _names(actor: Actor, by: str, keys: list[str]) -> dict[str, str]:
    """The words of the keys."""
    if by == "indicator":
        return {key: lists.label("indicator", key) for key in keys}
    if by == "route":
        return {
            key: " → ".join(lists.label("country", code) if code else "—" for code in key.split(">")) for key in keys
        }
    codes = {key: key.partition(":")[2] for key in keys}
    here = policy_for(Administration).visible_to(actor, Action.LIST).filter(code__in=codes.values())
    offices = policy_for(LiaisonOffice).visible_to(actor, Action.LIST).filter(code__in=codes.values())
    words = {f"administration:{one.code}": one.name for one in here}
    words |= {f"liaison_office:{one.code}": one.name for one in offices}
    return {key: words.get(key) or _t("Secretariat") for key in keys}
