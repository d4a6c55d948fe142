"""Pages of flashes: list, read, acknowledge, the board, write, look and issue, update, all-clear."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

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
from accounts.refusals import Conflict, Refusal, RulesBroken, StepUpNeeded
from audit import trail
from audit.verbs import Verb
from cen.actions.flash import Preview, about, acknowledge, issue, mark_seen, preview
from cen.actions.leftover_reasons import place_of
from cen.flash_draft import FlashDraft, draft_following
from cen.models import DutyContact, Flash, FlashFollow
from cen.portal import posted
from cen.portal.flash_form import FlashForm, answers_of
from cen.queries.flashes import board, editions, issued_by_us, standing_flashes
from cen.queries.warnings import issued_here

LISTED = 100
TABS = (("", _("For us")), ("issued", _("Issued by us")))
REASON = "reason:"
STANDING_WORDS = {
    "escalated": _("Escalated"),
    "overdue": _("Overdue"),
    "open": _("Not opened"),
    "seen": _("Seen"),
    "told": _("Told"),
    "acknowledged": _("Acknowledged"),
}
# How each standing looks: tone and drawing, so that colour is never the only difference.
STANDING_LOOKS = {
    "escalated": ("tone-bad", "people"),
    "overdue": ("tone-bad", "clock"),
    "open": ("tone-warn", "clock"),
    "seen": ("tone-info", "eye"),
    "told": ("", "bell"),
    "acknowledged": ("tone-ok", "check"),
}


@page(Flash, Action.LIST, methods=("GET",))
def flashes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The edition of each flash that stands: what was issued to us, and what we issued."""
    tab = request.GET.get("show", "" if actor.administration_id else "issued")
    if tab not in dict(TABS):
        raise Refusal(_t("There is no such list of flashes."), code="parameter_unknown")
    rows = standing_flashes(actor)
    rows = rows.filter(issued_here(actor)) if tab else rows.exclude(issued_here(actor))
    context = {
        "flashes": rows[:LISTED],
        "tab": tab,
        "tabs": TABS if actor.administration_id else TABS[1:],
        "now": timezone.now(),
        "may_issue": may_issue(actor),
        "may_keep": policy_for(DutyContact).possible(actor, Action.LIST) is None,
    }
    return render(request, "cen/flashes/list.html", context)


@page(Flash, Action.READ, load="flash_id", by="pk", methods=("GET",))
def flash(request: HttpRequest, actor: Actor, one: Flash) -> HttpResponse:
    """The flash; for its issuer with the board, for an addressee with the button to acknowledge it."""
    mark_seen(actor, one)
    trail.record(actor.who(), Verb.FLASH_READ, about(one))
    policy = policy_for(Flash)
    every = list(editions(actor, one))
    later = next((other for other in every if other.edition > one.edition), None)
    issuer = issued_by_us(actor, one)
    standing = board(actor, one)
    ours = next((row for row in standing.rows if row.row.administration_id == actor.administration_id), None)
    asked = later is None and one.acknowledge_by is not None
    said = ours is not None and ours.row.acknowledged_at is not None
    context = {
        "flash": one,
        "body": one.body,
        "cleared": one.follow_kind == FlashFollow.ALL_CLEAR,
        "next_update": datetime.fromisoformat(until) if (until := one.body.get("next_update_at")) else None,
        "later": later,
        "editions": every,
        "ours": ours,
        "board": _shown(standing) if issuer else None,
        "counts": [(STANDING_WORDS[name], number) for name, number in standing.counts.items() if number],
        "seen": standing.seen,
        "may_acknowledge": asked and not said and policy.allows(actor, Action.ACKNOWLEDGE, one),
        "may_follow": later is None
        and one.follow_kind != FlashFollow.ALL_CLEAR
        and policy.allows(actor, Action.ISSUE, one),
        "overdue": ours is not None and ours.row.is_late(timezone.now()),
        "trail": [(_("Flashes"), reverse("flashes")), (one.reference, "")],
    }
    return render(request, "cen/flashes/read.html", context)


@page(Flash, Action.ACKNOWLEDGE, methods=("POST",))
def acknowledge_flash(request: HttpRequest, actor: Actor, flash_id: UUID) -> HttpResponse:
    """Takes note for the whole administration.

    The flash is looked up here: the decorator would lock it, and its reader may not change it.
    """
    one = load_visible(actor, Flash, {"pk": flash_id})
    acknowledge(actor, one)
    messages.success(request, _t("Your administration has acknowledged this flash."))
    return redirect("flash", one.pk)


@page(Flash, Action.ISSUE)
def new_flash(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Write, look, issue."""
    return _compose(request, actor, answers_of(FlashDraft()))


@page(Flash, Action.ISSUE, load="flash_id", by="pk")
def update_flash(request: HttpRequest, actor: Actor, one: Flash) -> HttpResponse:
    """A new edition in the place of this one."""
    return _compose(request, actor, answers_of(draft_following(one, FlashFollow.UPDATE)), one, FlashFollow.UPDATE)


@page(Flash, Action.ISSUE, load="flash_id", by="pk")
def clear_flash(request: HttpRequest, actor: Actor, one: Flash) -> HttpResponse:
    """A last edition that says that all is clear, to everybody who was told."""
    return _compose(request, actor, answers_of(draft_following(one, FlashFollow.ALL_CLEAR)), one, FlashFollow.ALL_CLEAR)


def may_issue(actor: Actor) -> bool:
    """Whether it is offered; the fresh factor is asked for on the way."""
    refusal = policy_for(Flash).possible(actor, Action.ISSUE)
    return refusal is None or isinstance(refusal, StepUpNeeded)


def _compose(
    request: HttpRequest,
    actor: Actor,
    initial: dict[str, Any],
    follows: Flash | None = None,
    kind: FlashFollow | None = None,
) -> HttpResponse:
    form = FlashForm(actor, request.POST or None, initial=initial, follows=follows, kind=kind or "")
    drill = follows.drill if follows else bool(form["drill"].value())
    context: dict[str, Any] = {"form": form, "follows": follows, "kind": kind or "", "drill": drill}
    act = request.POST.get("act")
    if request.method != "POST" or act == "change" or not form.is_valid():
        return render(request, "cen/flashes/form.html", context)
    draft = form.draft(follows=follows, kind=kind or "")
    try:
        seen = preview(actor, draft)
    except RulesBroken as refusal:
        form.show(refusal.findings)
        return render(request, "cen/flashes/form.html", context, status=422)
    given = {key.removeprefix(REASON): str(text) for key, text in request.POST.items() if key.startswith(REASON)}
    if act != "issue":
        return _look(request, context, seen, given)
    try:
        made = issue(actor, draft, seen_hash=posted.digest(request.POST.get("seen_hash")), reasons=given)
    except Conflict as refusal:
        return _look(request, context | {"changed": True}, seen, {}, status=refusal.status)
    except RulesBroken as refusal:
        return _look(request, context | {"findings": refusal.findings}, seen, given, status=422)
    messages.success(request, _t("%s is issued, and its addressees are alerted.") % made.reference)
    return redirect("flash", made.pk)


def _look(
    request: HttpRequest, context: dict[str, Any], seen: Preview, given: dict[str, str], status: int = 200
) -> HttpResponse:
    """What would leave, with a reason to give for each leftover."""
    wrong = {finding.pointer: finding for finding in context.get("findings", ())}
    looked: dict[str, Any] = {
        "body": seen.document["body"],
        "document": seen.document,
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
    return render(request, "cen/flashes/look.html", context | looked, status=status)


def _shown(standing: Any) -> list[dict[str, Any]]:
    """Lines of the board with words, looks, and telephones with the time of day where they ring."""
    now = timezone.now()
    return [
        {
            "row": one.row,
            "word": STANDING_WORDS[one.standing],
            "tone": STANDING_LOOKS[one.standing][0],
            "icon": STANDING_LOOKS[one.standing][1],
            "phones": [
                phone | {"local": now.astimezone(ZoneInfo(phone["time_zone"])).strftime("%H:%M")}
                for phone in one.row.phones
            ]
            if not one.row.acknowledged_at
            else [],
            "steps": one.steps,
        }
        for one in standing.rows
    ]
