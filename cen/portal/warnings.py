"""Pages of warning notices: list, read and acknowledge, the board, write, look and issue, follow up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import load_visible, page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Conflict, Refusal, RulesBroken, WrongState
from audit import trail
from audit.verbs import Verb
from cen.actions.leftover_reasons import place_of
from cen.actions.warn import Preview, about, acknowledge, issue, preview
from cen.models import FollowKind, WarningAcknowledgement, WarningFeedback, WarningNotice
from cen.portal import posted
from cen.portal.warning_form import WarningForm, answers_of, usual_deadline
from cen.queries.warnings import board, feedback_of, issued_here, request_of, visible_warnings
from cen.warning_draft import draft_following

LISTED = 100
TABS = (("", _("For us")), ("issued", _("Issued by us")))
REASON = "reason:"


@page(WarningNotice, Action.LIST, methods=("GET",))
def warnings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was issued to us, and what we issued."""
    tab = request.GET.get("show", "" if actor.administration_id else "issued")
    if tab not in dict(TABS):
        raise Refusal(_t("There is no such list of warnings."), code="parameter_unknown")
    rows = visible_warnings(actor)
    rows = rows.filter(issued_here(actor)) if tab else rows.exclude(issued_here(actor))
    context = {
        "warnings": rows[:LISTED],
        "tab": tab,
        "tabs": TABS if actor.administration_id else TABS[1:],
        "now": timezone.now(),
        "may_issue": _may_issue(actor),
        "may_count": policy_for(WarningFeedback).possible(actor, Action.LIST) is None,
    }
    return render(request, "cen/warnings/list.html", context)


@page(WarningNotice, Action.READ, load="warning_id", by="pk", methods=("GET",))
def warning(request: HttpRequest, actor: Actor, notice: WarningNotice) -> HttpResponse:
    """The notice; for its issuer with the board, for an addressee with the button to acknowledge it."""
    trail.record(actor.who(), Verb.WARNING_READ, about(notice))
    policy = policy_for(WarningNotice)
    later = policy.visible_to(actor).filter(follows=notice).first()
    ours = (
        policy_for(WarningAcknowledgement)
        .visible_to(actor)
        .filter(warning=notice, administration_id__in=[actor.administration_id or 0])
    )
    said = ours.select_related("acknowledged_by").first()
    issuer = policy_for(WarningNotice).visible_to(actor).filter(issued_here(actor), pk=notice.pk).exists()
    context = {
        "notice": notice,
        "body": notice.body,
        "later": later,
        "earlier": policy.visible_to(actor).filter(pk=notice.follows_id).first() if notice.follows_id else None,
        "said": said,
        "board": board(actor, notice) if issuer else None,
        "answers": feedback_of(actor, notice),
        "asked_state": request_of(actor, notice),
        "may_answer": policy.allows(actor, Action.ANSWER, notice),
        "may_acknowledge": said is None and later is None and policy.allows(actor, Action.ACKNOWLEDGE, notice),
        "may_follow": later is None and policy.allows(actor, Action.ISSUE, notice),
        "overdue": notice.acknowledge_by is not None and notice.acknowledge_by < timezone.now(),
        "trail": [(_("Warnings"), reverse("warnings")), (notice.reference, "")],
    }
    return render(request, "cen/warnings/read.html", context)


@page(WarningNotice, Action.ACKNOWLEDGE, methods=("POST",))
def acknowledge_warning(request: HttpRequest, actor: Actor, warning_id: UUID) -> HttpResponse:
    """Takes note for the whole administration.

    The notice is looked up here: the decorator would lock it, and its reader may not change it.
    """
    notice = load_visible(actor, WarningNotice, {"pk": warning_id})
    acknowledge(actor, notice)
    messages.success(request, _t("Your administration has acknowledged this warning."))
    return redirect("warning", notice.pk)


@page(WarningNotice, Action.ISSUE)
def new_warning(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Write, look, issue."""
    return _compose(request, actor, {"tlp": "AMBER"})


@page(WarningNotice, Action.ISSUE, load="warning_id", by="pk")
def update_warning(request: HttpRequest, actor: Actor, notice: WarningNotice) -> HttpResponse:
    """A new notice in the place of this one."""
    return _follow(request, actor, notice, FollowKind.UPDATE)


@page(WarningNotice, Action.ISSUE, load="warning_id", by="pk")
def withdraw_warning(request: HttpRequest, actor: Actor, notice: WarningNotice) -> HttpResponse:
    """A new notice that takes this one back, to everybody who got it."""
    return _follow(request, actor, notice, FollowKind.WITHDRAWAL)


def _follow(request: HttpRequest, actor: Actor, notice: WarningNotice, kind: FollowKind) -> HttpResponse:
    if policy_for(WarningNotice).visible_to(actor).filter(follows=notice).exists():
        raise WrongState(_t("A later notice follows this one already. Follow up that."))
    return _compose(request, actor, answers_of(draft_following(notice, kind)), notice, kind)


def _compose(
    request: HttpRequest,
    actor: Actor,
    initial: dict[str, Any],
    follows: WarningNotice | None = None,
    kind: FollowKind | None = None,
) -> HttpResponse:
    initial["acknowledge_by"] = initial.get("acknowledge_by") or usual_deadline()
    form = WarningForm(actor, request.POST or None, initial=initial, kind=kind or "")
    context: dict[str, Any] = {"form": form, "follows": follows, "kind": kind or ""}
    act = request.POST.get("act")
    if request.method != "POST" or act == "change" or not form.is_valid():
        return render(request, "cen/warnings/form.html", context)
    draft = form.draft(follows=follows, kind=kind or "")
    try:
        seen = preview(actor, draft)
    except RulesBroken as refusal:
        form.show(refusal.findings)
        return render(request, "cen/warnings/form.html", context, status=422)
    given = {key.removeprefix(REASON): str(text) for key, text in request.POST.items() if key.startswith(REASON)}
    if act != "issue":
        return _look(request, context, seen, given)
    try:
        made = issue(actor, draft, seen_hash=posted.digest(request.POST.get("seen_hash")), reasons=given)
    except RulesBroken as refusal:
        context["findings"] = refusal.findings
        return _look(request, context, seen, given, status=422)
    except Conflict:
        context["changed"] = True
        return _look(request, context, seen, given, status=409)
    messages.success(request, _t("%s was issued. Its addressees are being told.") % made.reference)
    return redirect("warning", made.pk)


def _look(
    request: HttpRequest, context: dict[str, Any], seen: Preview, given: dict[str, str], status: int = 200
) -> HttpResponse:
    """What would leave, with a reason to give for each leftover."""
    wrong = {finding.pointer: finding for finding in context.get("findings", ())}
    looked: dict[str, Any] = {
        "body": seen.document["body"],
        "document": seen.document,
        "acknowledge_by": context["form"].cleaned_data["acknowledge_by"],
        "answer_by": context["form"].cleaned_data["answer_by"],
        "addressees": seen.addressees,
        "seen_hash": seen.content_hash.hex(),
        "leftovers": [
            {
                "leftover": one,
                "label": context["form"][one.field].label,
                "name": f"{REASON}{place_of(one)}",
                "given": given.get(place_of(one), ""),
                "wrong": wrong.get(place_of(one)),
            }
            for one in seen.leftovers
        ],
    }
    return render(request, "cen/warnings/look.html", context | looked, status=status)


def _may_issue(actor: Actor) -> bool:
    return policy_for(WarningNotice).possible(actor, Action.ISSUE) is None
