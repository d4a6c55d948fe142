"""Pages of the watch-list: what is watched for, new entries tried out before, and the end of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.access.registry import policy_for
from accounts.actor import Actor
from accounts.refusals import Absent, RulesBroken
from cen.actions import watch
from cen.identifiers.kinds import KINDS
from cen.models import WatchEntry
from cen.models.watch import HitPolicy

PAGE = 100


class WatchForm(forms.Form):
    """One or many identifiers of a kind, with what they share."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=lambda: [("", "—"), *((one.code, one.label) for one in watch.WATCHABLE)]
    )
    lines = forms.CharField(
        label=_("Identifiers"),
        help_text=_("One a line; a list can be pasted. Blanks and dashes do not matter."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        max_length=600_000,
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Only you read it: it stands in your alerts."), max_length=200
    )
    action = forms.CharField(
        label=_("What is to be done on a hit"),
        help_text=_("Such as: examine, and call us."),
        max_length=200,
        required=False,
    )
    hit_policy = forms.ChoiceField(
        label=_("Who is told of a hit"),
        help_text=_("The owner of the case never learns who watches or why."),
        choices=HitPolicy.choices,
        widget=forms.RadioSelect,
        initial=HitPolicy.OWNER,
    )
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(
        label=_("Until"),
        help_text=_("Leave it out, and it holds until you end it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def watch(self) -> watch.Watch:
        """What the entries share; the form is valid."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "lines"}
        return watch.Watch(**given)


@page(WatchEntry, Action.LIST, methods=("GET",))
def watch_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the seat watches for, newest first."""
    policy = policy_for(WatchEntry)
    rows = policy.visible_to(actor, Action.LIST).filter(ended_at__isnull=True).select_related("entered_by")
    shown = Paginator(rows.order_by("-entered_at", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {"entries": [(one, KINDS[one.kind].label) for one in shown], "shown": shown}
    return render(request, "cen/watch/list.html", context)


@page(WatchEntry, Action.CREATE)
def watch_for(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Tries a list out, or enters it; lines that can't be read stay in the field with the reason beside."""
    form = WatchForm(request.POST or None, initial={"valid_from": timezone.now().date()})
    judged: list[watch.Judged] = []
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "try":
                judged = watch.try_out(actor, form.watch(), form.cleaned_data["lines"])
            else:
                made, judged = watch.enter(actor, form.watch(), form.cleaned_data["lines"])
                if made:
                    told = ngettext("%s identifier is watched for.", "%s identifiers are watched for.", len(made))
                    messages.success(request, told % len(made))
                if not judged:
                    return redirect("watch_list")
                again = request.POST.copy()
                again["lines"] = "\n".join(one.raw for one in judged)
                form = WatchForm(again)
                form.is_valid()
        except RulesBroken as refusal:
            for finding in refusal.findings:
                form.add_error(finding.pointer or None, str(finding.sentence))
    context: dict[str, Any] = {
        "form": form,
        "judged": judged,
        "hits": sum(one.hits for one in judged),
        "days": watch.DAYS,
        "tried": request.POST.get("act") == "try",
        "trail": [(_("Watch-list"), "/watch-list"), (_("New"), "")],
    }
    return render(request, "cen/watch/new.html", context, status=422 if form.errors else 200)


@page(WatchEntry, Action.DISCARD, load="entry_id", by="pk", methods=("POST",))
def end_entry(request: HttpRequest, actor: Actor, entry: WatchEntry) -> HttpResponse:
    """Stops watching for one."""
    if entry.ended_at is not None:
        raise Absent
    watch.end(actor, entry)
    messages.success(request, _t("“%s” is no longer watched for.") % entry.normalised)
    return redirect("watch_list")
