"""Pages of the thresholds: everybody sees them, the head of an office and the Secretariat set theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import RulesBroken
from cen.actions.thresholds import remove_threshold, set_threshold
from cen.codelists import lists
from cen.models import Threshold
from cen.quantities import read_number
from cen.units_of_list import MEASURES

MEASURE_NAMES = {"kg": _("Kilograms"), "pieces": _("Pieces"), "litres": _("Litres")}


class ThresholdForm(forms.Form):
    category = forms.ChoiceField(label=_("Category"), choices=lambda: [("", "—"), *lists.choices("category")])
    goods_type = forms.ChoiceField(
        label=_("Type"),
        help_text=_("Leave it out, and the minimum holds for the whole category."),
        choices=lambda: [("", "—"), *lists.choices("goods_type")],
        required=False,
    )
    measure = forms.ChoiceField(label=_("Measure"), choices=[(one, MEASURE_NAMES[one]) for one in MEASURES])
    minimum = forms.CharField(
        label=_("Minimum"), help_text=_("From this quantity on a case belongs into the network."), max_length=30
    )

    def clean_minimum(self) -> Decimal:
        """The number as typed."""
        reading = read_number(str(self.cleaned_data["minimum"]))
        if reading.value is None:
            raise forms.ValidationError(_("Give a number, such as 500 or 0.25."), code="minimum_unreadable")
        return reading.value


@page(Threshold, Action.LIST, methods=("GET",))
def thresholds(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All thresholds, those of everywhere first."""
    policy = policy_for(Threshold)
    rows = policy.visible_to(actor, Action.LIST).select_related("liaison_office")
    rows = rows.order_by(F("liaison_office__code").asc(nulls_first=True), "category", "goods_type", "measure")
    context = {
        "thresholds": [(one, policy.allows(actor, Action.AMEND, one)) for one in rows],
        "may_set": policy.possible(actor, Action.CREATE) is None,
        "measures": MEASURE_NAMES,
    }
    return render(request, "cen/thresholds.html", context)


@page(Threshold, Action.CREATE)
def set_one(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sets or changes one minimum."""
    form = ThresholdForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_threshold(actor, **form.cleaned_data)
            return redirect("thresholds")
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer, finding.sentence)
    context: dict[str, Any] = {"form": form, "office": actor.liaison_office_id}
    return render(request, "cen/threshold.html", context, status=422 if form.errors else 200)


@page(Threshold, Action.AMEND, load="threshold_id", by="pk", methods=("POST",))
def remove(request: HttpRequest, actor: Actor, threshold: Threshold) -> HttpResponse:
    """Takes one minimum back."""
    remove_threshold(actor, threshold)
    return redirect("thresholds")
