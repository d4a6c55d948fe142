"""Signing in, stepping up, changing the seat, signing out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page, public
from accounts.actor import Actor
from accounts.models import Officer, Posting
from accounts.refusals import Absent
from accounts.sign_in import finish, lockout, password, totp
from audit import trail
from audit.verbs import Verb

_PENDING = "opencen_pending"
WRONG = _("The address, the password or the code is not right.")


class PasswordForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, max_length=200, strip=False)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of your authenticator app"),
        help_text=_("Six digits. A new one appears every 30 seconds."),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, else the home page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


@public("Signing in comes before there is an actor.")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password; then the code."""
    if getattr(request, "actor", None):
        return redirect(safe_next(request))
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, address = form.cleaned_data["email"], lockout.address_of(request)
        lockout.refuse_if_locked(email, address)
        officer = password.officer_with_password(email, form.cleaned_data["password"])
        if officer is not None and totp.is_enrolled(officer):
            request.session.cycle_key()
            request.session[_PENDING] = [str(officer.pk), officer.auth_epoch]
            return redirect(f"/sign-in/code?next={safe_next(request)}")
        _failed(email, address)
        form.add_error(None, WRONG)
    return render(request, "accounts/sign_in.html", {"form": form, "next": safe_next(request), "persons": persons()})


@public("The second step of signing in.")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator app, for the officer whose password was right a moment ago."""
    officer = _pending(request)
    if officer is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = lockout.address_of(request)
        lockout.refuse_if_locked(officer.email, address)
        if totp.code_is_right(officer, form.cleaned_data["code"]):
            request.session.pop(_PENDING, None)
            finish.finish_sign_in(request, officer, factor="totp")
            lockout.forgive(officer.email)
            return redirect(safe_next(request))
        _failed(officer.email, address)
        form.add_error("code", WRONG)
    return render(request, "accounts/code.html", {"form": form, "next": safe_next(request)})


@page(Officer, Action.VISIT)
def step_up(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A fresh code, before nominal data and validation."""
    officer = Officer.unguarded.get(pk__in=[actor.officer_id])
    if settings.DEMONSTRATION and request.session.get(finish.FACTOR) == "demonstration":
        finish.step_up(request, officer, factor="demonstration")
        return redirect(safe_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = lockout.address_of(request)
        lockout.refuse_if_locked(officer.email, address)
        if totp.code_is_right(officer, form.cleaned_data["code"]):
            finish.step_up(request, officer, factor="totp")
            return redirect(safe_next(request))
        _failed(officer.email, address)
        form.add_error("code", WRONG)
    return render(request, "accounts/step_up.html", {"form": form, "next": safe_next(request)})


@page(Officer, Action.VISIT, methods=("POST",))
def change_seat(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Continues at another seat that the officer holds."""
    wanted = request.POST.get("seat", "")
    held = Posting.unguarded.in_force().filter(officer_id__in=[actor.officer_id])
    if wanted not in {posting.seat_key for posting in held}:
        raise Absent
    request.session[finish.SEAT] = wanted
    trail.record(actor.who(), Verb.SEAT_CHANGED, facts={"seat": wanted})
    return redirect("home")


@public("Anybody may leave.", methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and asks the browser to forget what it kept."""
    if actor := getattr(request, "actor", None):
        with transaction.atomic():
            trail.record(actor.who(), Verb.SIGN_IN_ENDED)
            logout(request)
    response = redirect("sign_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def persons() -> list[dict[str, Any]]:
    """The persons of the demonstration one may step into; empty everywhere else."""
    if not settings.DEMONSTRATION:
        return []
    people = Officer.unguarded.filter(email__endswith="@demo.example.org", is_active=True)
    postings = (
        Posting.unguarded.in_force()
        .filter(officer__in=people)
        .select_related("officer", "administration", "liaison_office")
    )
    return [
        {
            "key": posting.officer.email.partition("@")[0],
            "name": posting.officer.display_name,
            "role": posting.get_role_display(),
            "seat": posting.administration or posting.liaison_office or _("Secretariat"),
        }
        for posting in postings.order_by("id")
    ]


@public("Demonstration only: on the loopback address, a click stands for both factors.", methods=("POST",))
def step_into(request: HttpRequest, key: str) -> HttpResponse:
    """Becomes one of the demonstration's persons."""
    if key not in {person["key"] for person in persons()}:
        raise Absent
    officer = Officer.unguarded.get(email=f"{key}@demo.example.org")
    finish.finish_sign_in(request, officer, factor="demonstration")
    return redirect(safe_next(request))


def _pending(request: HttpRequest) -> Officer | None:
    identity, epoch = request.session.get(_PENDING, (None, 0))
    if identity is None:
        return None
    return Officer.unguarded.filter(pk=identity, auth_epoch=epoch, is_active=True).first()


def _failed(email: str, address: str) -> None:
    lockout.count_failure(email, address)
    with transaction.atomic():
        trail.record(trail.NOBODY, Verb.SIGN_IN_FAILED)
