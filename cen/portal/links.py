"""Linking two cases of the administration, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import load_visible, page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import RulesBroken
from cen.actions.duplicates import alike, link, unlink
from cen.duplicates import Alike
from cen.models import Case, CaseLink
from cen.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Linked:
    """A standing link, seen from one of its cases."""

    link: CaseLink
    other: Case


class LinkForm(forms.Form):
    other = forms.CharField(
        label=_("The other case"), help_text=_("Its reference, such as GH-2026-000012."), max_length=20
    )
    relation = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[("duplicate", _("The same event")), ("related", _("Belongs together"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


def linked_with(actor: Actor, case: Case) -> list[Linked]:
    """The standing links of the case."""
    rows = policy_for(CaseLink).visible_to(actor, Action.READ).filter(undone_at__isnull=True)
    found: list[Linked] = []
    for column, other in (("case", "other"), ("other", "case")):
        for one in rows.filter(**{column: case}).select_related(other):
            found.append(Linked(one, getattr(one, other)))
    return sorted(found, key=lambda one: one.other.reference)


def perhaps_the_same(actor: Actor, case: Case, sheet: Sheet, linked: list[Linked]) -> list[Alike]:
    """Cases that are perhaps the same event and stand in no link with this one yet; none where one can't link."""
    if not policy_for(Case).allows(actor, Action.LINK, case):
        return []
    known = {one.other.pk for one in linked}
    return [one for one in alike(case.administration_id, sheet, besides=case.pk) if one.case_id not in known]


@page(Case, Action.LINK, load="case_id", by="pk")
def link_case(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Names the other case and how they belong together."""
    initial: Any = {"other": request.GET.get("other", "")[:20], "relation": "duplicate"}
    form = LinkForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        reference = given["other"].strip().upper()
        other = policy_for(Case).visible_to(actor, Action.LINK).filter(reference=reference).first()
        try:
            if other is None:
                form.add_error("other", _("Your administration has no case of this reference."))
            else:
                link(actor, case, other, relation=given["relation"], reason=given["reason"])
                return redirect("own_case", case.pk)
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer if finding.pointer in form.fields else None, finding.sentence)
    status = 422 if form.errors else 200
    return render(request, "cen/link.html", {"case": case, "form": form}, status=status)


@page(Case, Action.LINK, load="case_id", by="pk", methods=("POST",))
def unlink_case(request: HttpRequest, actor: Actor, case: Case, link_id: Any) -> HttpResponse:
    """Undoes one link of the case."""
    made = load_visible(actor, CaseLink, {"pk": link_id})
    if case.pk in {made.case_id, made.other_id}:
        unlink(actor, made)
    return redirect("own_case", case.pk)
