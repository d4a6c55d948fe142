"""Pages of disclosures: ask, answer, read what was granted, end it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Finding, RulesBroken
from cen.actions.disclosures import ask, grant, offered, read_disclosed, refuse, revoke
from cen.codelists import lists
from cen.models import Disclosure, ReleasedCase
from cen.nominal.disclosable import GROUPS, IDENTIFIER, Item
from cen.nominal.purpose import LONGEST, Purpose
from cen.portal.party_forms import in_words
from cen.portal.purposes import with_purpose
from cen.queries.disclosures import disclosures_of, readings


class AskForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=lambda: [("", "—"), *lists.choices("purpose")])
    text = forms.CharField(
        label=_("Why you need it"),
        help_text=_("The owner decides by this sentence. Leave names and numbers of persons out: it is not sealed."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    legal_basis = forms.ChoiceField(label=_("Legal basis"), choices=lambda: [("", "—"), *lists.choices("legal_basis")])
    wanted = forms.MultipleChoiceField(
        label=_("What you need to know"),
        choices=[(code, group.label) for code, group in GROUPS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


class GrantForm(forms.Form):
    chosen = forms.MultipleChoiceField(label=_("Fields that you give"), widget=forms.CheckboxSelectMultiple)
    until = forms.DateField(
        label=_("Until the end of"),
        help_text=_("That day in UTC; at most a year ahead."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("Such as: not to be used in court without asking again."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RefuseForm(forms.Form):
    text = forms.CharField(
        label=_("Why not"),
        help_text=_("The asker reads this. Leave names and numbers of persons out: it is not sealed."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def about_disclosure(disclosure: Disclosure) -> str:
    """What a purpose is stated about: one disclosure."""
    return f"disclosure:{disclosure.pk}"


@page(ReleasedCase, Action.ASK, load="reference", within=Action.LIST, lock=False)
def ask_for_detail(request: HttpRequest, actor: Actor, released: ReleasedCase) -> HttpResponse:
    """Ask the owner of a published case for nominal detail."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("disclosure", ask(actor, released, **form.cleaned_data).pk)
        except RulesBroken as refusal:
            _show(form, refusal.findings)
    status = 422 if form.errors else 200
    return render(request, "cen/disclosures/ask.html", {"released": released, "form": form}, status=status)


@page(Disclosure, Action.LIST, methods=("GET",))
def disclosures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What others ask of us, and what I asked of others."""
    return render(request, "cen/disclosures/list.html", {"lists": disclosures_of(actor)})


@page(Disclosure, Action.READ, load="disclosure_id", by="pk", methods=("GET",))
def disclosure(request: HttpRequest, actor: Actor, disclosure: Disclosure) -> HttpResponse:
    """One request with its answer, and every reading of what was granted."""
    policy = policy_for(Disclosure)
    context = {
        "one": disclosure,
        "wanted": [GROUPS[code].label for code in disclosure.wanted if code in GROUPS],
        # The trail opens to administrations and liaison offices; the Secretariat can't see its own lines there.
        "readings": None if actor.secretariat else readings(actor, disclosure),
        "last_day": disclosure.until - timedelta(days=1) if disclosure.until else None,
        "may_answer": policy.allows(actor, Action.GRANT, disclosure),
        "may_revoke": policy.allows(actor, Action.REVOKE, disclosure),
        "may_read": policy.allows(actor, Action.READ_NOMINAL, disclosure),
    }
    return render(request, "cen/disclosures/one.html", context)


@page(Disclosure, Action.GRANT, load="disclosure_id", by="pk")
def answer_disclosure(request: HttpRequest, actor: Actor, disclosure: Disclosure) -> HttpResponse:
    """Choose the fields to give and until when, or refuse with a reason."""
    step = request.POST.get("step")
    give = GrantForm(request.POST if step == "grant" else None)
    no = RefuseForm(request.POST if step == "refuse" else None)
    items = offered(actor, disclosure)
    choosing: Any = give.fields["chosen"]
    choosing.choices = [(one.key, _line(one, disclosure.wanted)) for one in items]
    try:
        if step == "grant" and give.is_valid():
            grant(actor, disclosure, **give.cleaned_data)
            return redirect("disclosure", disclosure.pk)
        if step == "refuse" and no.is_valid():
            refuse(actor, disclosure, text=no.cleaned_data["text"])
            return redirect("disclosure", disclosure.pk)
    except RulesBroken as refusal:
        _show(give if step == "grant" else no, refusal.findings)
    context = {
        "one": disclosure,
        "wanted": [GROUPS[code].label for code in disclosure.wanted if code in GROUPS],
        "items": items,
        "give": give,
        "no": no,
    }
    return render(request, "cen/disclosures/answer.html", context, status=422 if give.errors or no.errors else 200)


@page(Disclosure, Action.READ_NOMINAL, load="disclosure_id", by="pk", methods=("GET",))
@with_purpose(about_disclosure)
def disclosed(request: HttpRequest, actor: Actor, disclosure: Disclosure, *, purpose: Purpose) -> HttpResponse:
    """What was granted, under audit."""
    groups: dict[str, dict[str, Any]] = {}
    for item in read_disclosed(actor, disclosure, purpose=purpose):
        place = item.name.partition(".")[0] if item.of != IDENTIFIER else ""
        group = groups.setdefault(place, {"of": item.of, "role": item.role, "rows": []})
        group["rows"].append({"label": item.label, "value": _shown(item)})
    return render(request, "cen/disclosures/content.html", {"one": disclosure, "groups": list(groups.values())})


@page(Disclosure, Action.REVOKE, load="disclosure_id", by="pk", methods=("POST",))
def revoke_disclosure(request: HttpRequest, actor: Actor, disclosure: Disclosure) -> HttpResponse:
    """Ends a grant before its day."""
    revoke(actor, disclosure)
    return redirect("disclosure", disclosure.pk)


def _shown(item: Item) -> Any:
    return item.value if item.of == IDENTIFIER else in_words(item.field, item.value)


def _line(item: Item, wanted: list[str]) -> Any:
    """A field to be ticked: whose, which, its value; and whether it was asked for."""
    number = "" if item.of == IDENTIFIER else f"{item.name.partition('.')[0]}. "
    role = f"{lists.label('person_role', item.role)}, " if item.role else ""
    value = ", ".join(str(_shown(item)).splitlines())
    text = f"{number}{role}{item.label}: {value}"
    return _("%(field)s (asked for)") % {"field": text} if item.is_wanted(wanted) else text


def _show(form: forms.Form, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        target = finding.pointer if finding.pointer in form.fields else None
        form.add_error(target, forms.ValidationError(finding.sentence, code=finding.code))
