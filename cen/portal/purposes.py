"""The page that asks why, before nominal data is shown, and what was answered in this session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actor import Actor
from accounts.models import Officer
from accounts.portal.sign_in import safe_next
from accounts.refusals import PurposeNeeded
from cen.codelists import lists
from cen.nominal.purpose import LONGEST, Purpose, PurposeTells, stated

_KEY = "opencen_purposes"
_KEPT = 20


class PurposeForm(forms.Form):
    code = forms.ChoiceField(label=_("Purpose"), choices=lambda: [("", "—"), *lists.choices("purpose")])
    text = forms.CharField(
        label=_("Why you need it"),
        help_text=_("At least 10 characters. Kept in the audit trail: name the case, never the person."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def purpose(self) -> Purpose | None:
        """The purpose, or None with the reason at its field."""
        if not self.is_valid():
            return None
        try:
            return stated(self.cleaned_data["code"], self.cleaned_data["text"])
        except PurposeNeeded as refusal:
            self.add_error("text", refusal.sentence)
        return None


def about_case(case: Model) -> str:
    """What a purpose is stated about: one case."""
    return f"case:{case.pk}"


def keep_purpose(request: HttpRequest, about: str, purpose: Purpose) -> None:
    """Remembers the purpose for this session, as long as a fresh second factor lasts."""
    until = (timezone.now() + settings.STEP_UP_LASTS).timestamp()
    kept: dict[str, Any] = request.session.get(_KEY, {})
    kept[about] = [purpose.code, purpose.text, until]
    request.session[_KEY] = dict(list(kept.items())[-_KEPT:])


def kept_purpose(request: HttpRequest, about: str) -> Purpose | None:
    """What was stated about it. A form that was opened in time may still be sent later: nothing typed is lost."""
    code, text, until = request.session.get(_KEY, {}).get(about, ("", "", 0))
    if not code or (request.method != "POST" and until < timezone.now().timestamp()):
        return None
    return Purpose(code, text)


def redirect_to_purpose(request: HttpRequest, about: str, why: str = "") -> HttpResponse:
    """To the page that asks, and back to the page that was wanted."""
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
    return redirect(f"{reverse('state_purpose')}?{urlencode({'about': about, 'next': back, 'why': why})}")


def with_purpose[M: Model](
    about: Callable[[M], str],
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Gives the page its `purpose`; where none was stated, or it will not do, asks for one first."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def served(request: HttpRequest, actor: Actor, subject: M, **kwargs: Any) -> HttpResponse:
            what = about(subject)
            purpose = kept_purpose(request, what)
            if purpose is None:
                return redirect_to_purpose(request, what)
            try:
                return view(request, actor, subject, purpose=purpose, **kwargs)
            except PurposeNeeded as refusal:
                return redirect_to_purpose(request, what, why=refusal.code)

        return served

    return decorate


@page(Officer, Action.VISIT)
def state_purpose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Why nominal data is needed; then on to it."""
    about = (request.POST.get("about") or request.GET.get("about") or "")[:80]
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and (purpose := form.purpose()) is not None:
        keep_purpose(request, about, purpose)
        return redirect(safe_next(request))
    why = PurposeTells.sentence if request.GET.get("why") == PurposeTells.code else ""
    context = {"form": form, "about": about, "next": safe_next(request), "why": why}
    return render(request, "cen/parties/purpose.html", context)
