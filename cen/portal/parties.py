"""Pages of nominal data: the persons, companies and identifiers of a case, and the look-up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access.actions import Action
from accounts.access.portal import load_visible, page
from accounts.actor import Actor
from accounts.refusals import Conflict, Finding, PurposeNeeded, RulesBroken
from cen.actions.nominal_identifiers import identifiers_of, record_identifier, remove_identifier
from cen.actions.nominal_lookup import cases_of, known_already, look_up
from cen.actions.parties import (
    LinkedParty,
    OpenParty,
    amend_party,
    link_party,
    parties_of,
    read_party,
    record_party,
    unlink_party,
)
from cen.models import Case, CaseParty, NominalIdentifier, Party
from cen.models.party import PartyKind
from cen.nominal.fields import FIELDS
from cen.nominal.purpose import Purpose
from cen.portal.party_forms import IdentifierForm, LookForm, PartyForm, RoleForm, SearchForm, shown, shown_identifier
from cen.portal.purposes import PurposeForm, about_case, keep_purpose, with_purpose

ANYWHERE = "parties"


def about_parties(party: Party) -> str:
    """A party opened from the look-up is read for the purpose stated there."""
    return ANYWHERE


@page(Case, Action.READ_NOMINAL, load="case_id", by="pk", methods=("GET",))
@with_purpose(about_case)
def case_parties(request: HttpRequest, actor: Actor, case: Case, *, purpose: Purpose) -> HttpResponse:
    """Persons, companies and nominal identifiers of one case."""
    return _of_case(request, actor, case, purpose, IdentifierForm())


@page(Case, Action.READ_NOMINAL, load="case_id", by="pk")
@with_purpose(about_case)
def add_party(request: HttpRequest, actor: Actor, case: Case, *, purpose: Purpose) -> HttpResponse:
    """Look up first; link who is known; only then type anew."""
    step = request.POST.get("step", "")
    context: dict[str, Any] = {"case": case, "look": LookForm(), "purpose": purpose, "role": RoleForm()}
    try:
        if step == "look":
            context |= _looked_up(request, actor, purpose)
        elif step == "link":
            context["role"] = role = RoleForm(request.POST)
            party = load_visible(actor, Party, {"pk": request.POST.get("party", "")})
            if role.is_valid():
                link_party(actor, case, party, role.cleaned_data["role"], purpose=purpose)
                return redirect("case_parties", case.pk)
            opened = read_party(actor, party, purpose=purpose, case=case)
            context["matches"] = [(opened, cases_of(actor, party))]
        elif step == "new" and (answer := _recorded(request, actor, case, purpose, context)):
            return answer
    except PurposeNeeded as refusal:
        context["findings"] = [Finding(refusal.code, str(refusal.sentence))]
    wrong = any(form.errors for form in context.values() if hasattr(form, "errors")) or "findings" in context
    context["matches"] = [(one, shown(one.details), cases) for one, cases in context.get("matches", ())]
    return render(request, "cen/parties/add.html", context, status=422 if wrong else 200)


def _looked_up(request: HttpRequest, actor: Actor, purpose: Purpose) -> dict[str, Any]:
    look = LookForm(request.POST)
    if not look.is_valid():
        return {"look": look}
    given = look.cleaned_data
    try:
        found = look_up(actor, given["lookup"], given["text"], purpose=purpose)
    except RulesBroken as refusal:
        look.add_error("text", refusal.findings[0].sentence)
        return {"look": look}
    first = {
        "name": "family_name" if given["kind"] == PartyKind.PERSON else "name",
        "document": "document_number",
        "phone": "phones",
        "email": "emails",
        "account": "accounts",
        "registration": "registration_number",
        "tax": "vat",
    }
    return {
        "look": look,
        "looked": True,
        "matches": [(hit.opened, hit.cases) for hit in found.parties],
        "more": found.more,
        "kind": given["kind"],
        "form": PartyForm(given["kind"], initial={first[given["lookup"]]: given["text"]}),
    }


def _recorded(
    request: HttpRequest, actor: Actor, case: Case, purpose: Purpose, context: dict[str, Any]
) -> HttpResponse | None:
    kind = request.POST.get("kind", "")
    if kind not in PartyKind.values:
        return None
    form, role = PartyForm(kind, request.POST), RoleForm(request.POST)
    context |= {"looked": True, "kind": kind, "form": form, "role": role}
    if not (form.is_valid() & role.is_valid()):
        return None
    try:
        if "anyway" not in request.POST:
            known = known_already(actor, kind, form.details(), purpose=purpose)
            if known:
                context |= {"matches": [(hit.opened, hit.cases) for hit in known], "known_already": True}
                return None
        opened, warnings = record_party(actor, kind, form.details(), purpose=purpose, case=case)
    except RulesBroken as refusal:
        form.show(refusal.findings)
        return None
    link_party(actor, case, opened.party, role.cleaned_data["role"], purpose=purpose)
    _say(request, warnings)
    return redirect("case_parties", case.pk)


@page(Case, Action.READ_NOMINAL, load="case_id", by="pk")
@with_purpose(about_case)
def edit_party(request: HttpRequest, actor: Actor, case: Case, *, party_id: str, purpose: Purpose) -> HttpResponse:
    """Change the fields of a party of the case; the revision seen travels with the form."""
    party = _linked(actor, case, party_id)
    if request.method == "POST":
        return _amended(request, actor, case, party, purpose)
    opened = read_party(actor, party, purpose=purpose, case=case)
    form = PartyForm(party.kind, initial=opened.details)
    context = {"case": case, "party": party, "form": form, "revision": party.revision}
    return render(request, "cen/parties/edit.html", context)


def _amended(request: HttpRequest, actor: Actor, case: Case, party: Party, purpose: Purpose) -> HttpResponse:
    form = PartyForm(party.kind, request.POST)
    context: dict[str, Any] = {"case": case, "party": party, "form": form}
    context["revision"] = revision = _number(request.POST.get("revision"))
    status = 422
    if form.is_valid():
        try:
            warnings = amend_party(actor, party, form.details(), revision=revision, purpose=purpose)
            _say(request, warnings)
            return redirect("case_parties", case.pk)
        except RulesBroken as refusal:
            form.show(refusal.findings)
        except PurposeNeeded as refusal:
            form.add_error(None, refusal.sentence)
        except Conflict as refusal:
            # What was typed stays in the form; what stands now is shown beside it, and saving again replaces it.
            current: OpenParty = read_party(actor, refusal.extra["current"].party, purpose=purpose, case=case)
            form.add_error(None, refusal.sentence)
            context |= {"current": shown(current.details), "revision": current.party.revision}
            status = 409
    return render(request, "cen/parties/edit.html", context, status=status)


@page(Case, Action.READ_NOMINAL, load="case_id", by="pk", methods=("POST",))
@with_purpose(about_case)
def unlink(request: HttpRequest, actor: Actor, case: Case, *, link_id: int, purpose: Purpose) -> HttpResponse:
    """Takes a party out of the case."""
    unlink_party(actor, load_visible(actor, CaseParty, {"pk": link_id, "case": case}), purpose=purpose)
    return redirect("case_parties", case.pk)


@page(Case, Action.READ_NOMINAL, load="case_id", by="pk", methods=("POST",))
@with_purpose(about_case)
def add_identifier(request: HttpRequest, actor: Actor, case: Case, *, purpose: Purpose) -> HttpResponse:
    """Keeps a plate, document, telephone … with the case."""
    form = IdentifierForm(request.POST)
    if form.is_valid():
        try:
            record_identifier(actor, case, form.cleaned_data["kind"], form.cleaned_data["raw"], purpose=purpose)
            return redirect("case_parties", case.pk)
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer if finding.pointer in form.fields else None, finding.sentence)
        except PurposeNeeded as refusal:
            form.add_error(None, refusal.sentence)
    return _of_case(request, actor, case, purpose, form)


@page(Case, Action.READ_NOMINAL, load="case_id", by="pk", methods=("POST",))
@with_purpose(about_case)
def drop_identifier(
    request: HttpRequest, actor: Actor, case: Case, *, identifier_id: int, purpose: Purpose
) -> HttpResponse:
    """Deletes an identifier that was entered by mistake."""
    row = load_visible(actor, NominalIdentifier, {"pk": identifier_id, "case": case})
    remove_identifier(actor, row, purpose=purpose)
    return redirect("case_parties", case.pk)


@page(Party, Action.LOOK_UP)
def search_parties(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Is this person, company or number known to the administration?"""
    form, why = SearchForm(request.POST or None), PurposeForm(request.POST or None, prefix="purpose")
    context: dict[str, Any] = {"form": form, "why": why}
    status = 200
    if request.method == "POST":
        status, purpose = 422, why.purpose()
        if form.is_valid() and purpose is not None:
            try:
                found = look_up(actor, form.cleaned_data["lookup"], form.cleaned_data["text"], purpose=purpose)
                keep_purpose(request, ANYWHERE, purpose)
                hits = [(hit.opened, shown(hit.opened.details), hit.cases) for hit in found.parties]
                context |= {
                    "found": found,
                    "hits": hits,
                    "numbers": [shown_identifier(one) for one in found.identifiers],
                }
                status = 200
            except RulesBroken as refusal:
                form.add_error("text", refusal.findings[0].sentence)
            except PurposeNeeded as refusal:
                why.add_error("text", refusal.sentence)
    return render(request, "cen/parties/search.html", context, status=status)


@page(Party, Action.READ, load="party_id", by="pk", methods=("GET",))
@with_purpose(about_parties)
def party_page(request: HttpRequest, actor: Actor, party: Party, *, purpose: Purpose) -> HttpResponse:
    """One person or company, and the cases it stands in."""
    opened = read_party(actor, party, purpose=purpose)
    context = {"opened": opened, "rows": shown(opened.details), "cases": cases_of(actor, party)}
    return render(request, "cen/parties/party.html", context)


def _of_case(request: HttpRequest, actor: Actor, case: Case, purpose: Purpose, form: IdentifierForm) -> HttpResponse:
    linked: list[LinkedParty] = parties_of(actor, case, purpose=purpose)
    context = {
        "case": case,
        "linked": [(one, shown(one.opened.details)) for one in linked],
        "identifiers": [shown_identifier(one) for one in identifiers_of(actor, case, purpose=purpose)],
        "form": form,
        "purpose": purpose,
    }
    return render(request, "cen/parties/of_case.html", context, status=422 if form.errors else 200)


def _linked(actor: Actor, case: Case, party_id: str) -> Party:
    """The party, if it has a part in this case."""
    link: CaseParty = load_visible(actor, CaseParty, {"case": case, "party": party_id})
    return load_visible(actor, Party, {"pk": link.party_id}, lock=True)


def _say(request: HttpRequest, warnings: list[Finding]) -> None:
    """Warnings name the field and the rule, never the number: a message waits in the session."""
    for code in sorted({one.code for one in warnings}):
        messages.warning(request, _doubt(code))


def _doubt(code: str) -> str:
    label = FIELDS[code.removesuffix("_doubtful")].label
    return _("%(field)s: kept as you wrote it, but it does not fit its rule. Look at it again.") % {"field": label}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
