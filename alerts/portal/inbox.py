"""The inbox: what needs me, what came from us, and what is for information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Refusal
from alerts.actions import reading
from alerts.models import Alert, Subscription
from alerts.portal.faces import Line, line_of, pointing_codes, points_at_us, reasons_of

PAGE = 50
TABS = (
    ("", _("All")),
    ("unread", _("Unread")),
    ("needs", _("Needs me")),
    ("from-us", _("Came from us")),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert as a line of the list."""

    alert: Alert
    line: Line
    reasons: list[str]
    from_us: bool
    overdue: bool


@page(Alert, Action.LIST, post=Action.AMEND)
def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The alerts of the desk and of the officer, newest first, by tab; a POST marks all of them as read."""
    if request.method == "POST":
        return _mark_all_read(request, actor)
    tab = request.GET.get("show", "")
    rows = _of_tab(policy_for(Alert).visible_to(actor, Action.LIST), tab)
    alerts, newer, older = _page_of(rows, request.GET.get("cursor", ""))
    now = timezone.now()
    context = {
        "tab": tab,
        "tabs": TABS,
        "alerts": [
            Shown(
                one,
                line_of(one.kind, one.headline),
                reasons_of(one),
                points_at_us(one),
                one.acknowledge_by is not None and one.acknowledged_at is None and one.acknowledge_by < now,
            )
            for one in alerts
        ],
        "previous": newer,
        "next": older,
        # What arrives after these is new to whoever looks at this page.
        "newest_number": _newest_number(actor),
        "newest": alerts[0].pk if alerts and not newer else None,
        "may_follow": policy_for(Subscription).possible(actor, Action.LIST) is None,
    }
    return render(request, "alerts/inbox.html", context)


@page(Alert, Action.READ, load="alert_id", by="pk", methods=("GET",))
def open_alert(request: HttpRequest, actor: Actor, alert: Alert) -> HttpResponse:
    """Marks the alert as read and leads to what it is about."""
    reading.mark_read(actor, alert)
    return redirect(line_of(alert.kind, alert.headline).url or reverse("inbox"))


@page(Alert, Action.READ, load="alert_id", by="pk", post=Action.AMEND, methods=("POST",))
def mark_read(request: HttpRequest, actor: Actor, alert: Alert) -> HttpResponse:
    """Marks one alert as read without opening it."""
    reading.mark_read(actor, alert)
    return redirect(_back(request))


def _newest_number(actor: Actor) -> int:
    return policy_for(Alert).visible_to(actor, Action.LIST).aggregate(newest=Max("number"))["newest"] or 0


def _mark_all_read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Up to the newest that the page showed."""
    number = reading.mark_all_read(actor, _key(request.POST.get("until", "")))
    text = ngettext("%(number)s alert is marked as read.", "%(number)s alerts are marked as read.", number)
    messages.success(request, text % {"number": number})
    return redirect("inbox")


def _of_tab(rows: QuerySet[Alert], tab: str) -> QuerySet[Alert]:
    if tab == "unread":
        return rows.filter(read_at__isnull=True)
    if tab == "needs":
        return rows.filter(needs_me=True)
    if tab == "from-us":
        pointed = Q(pk__in=())
        for code in sorted(pointing_codes()):
            pointed |= Q(reasons__contains=[{"code": code}])
        return rows.filter(pointed)
    if tab:
        raise Refusal(_t("There is no such tab of the inbox."), code="parameter_unknown")
    return rows


def _page_of(rows: QuerySet[Alert], cursor: str) -> tuple[list[Alert], str, str]:
    """One page, newest first, with the cursors to newer and to older alerts ('' where there are none).

    A cursor is a direction and the key of the row it continues from: keys rise with time.
    """
    direction, key = cursor[:1], _key(cursor[1:]) if cursor else None
    if cursor and direction not in {"o", "n"}:
        raise _unreadable()
    if direction == "n":
        found = list(rows.filter(pk__gt=key).order_by("pk")[: PAGE + 1])
        shown, more = found[:PAGE][::-1], len(found) > PAGE
        newer = f"n{shown[0].pk}" if shown and more else ""
        return shown, newer, f"o{shown[-1].pk}" if shown else ""
    behind = rows.filter(pk__lt=key) if key else rows
    found = list(behind.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    older = f"o{shown[-1].pk}" if len(found) > PAGE else ""
    return shown, f"n{shown[0].pk}" if key and shown else "", older


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unreadable() from None


def _unreadable() -> Refusal:
    return Refusal(_t("The address of this page can't be read. Start from the inbox."), code="cursor_unreadable")


def _back(request: HttpRequest) -> Any:
    """The tab and page one came from, else the inbox."""
    wanted = request.POST.get("next", "")
    safe = wanted.startswith(reverse("inbox")) and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if safe else reverse("inbox")
