"""Signing in, stepping up, changing the seat, signing out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.access.actions import Action
from accounts.access.portal import page, public
from accounts.actor import Actor
from accounts.middleware import officer_of_session
from accounts.models import Officer, Posting
from accounts.models.officer import plain_address
from accounts.portal.sign_in_forms import (
    WRONG,
    WRONG_CODE,
    WRONG_PASSKEY,
    CodeForm,
    PasswordForm,
    RecoveryCodeForm,
)
from accounts.refusals import Absent
from accounts.sign_in import factors, finish, lockout, passkey, password, recovery_codes, totp
from audit import trail
from audit.verbs import Verb

_PENDING = "opencen_pending"


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, else the home page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


@public("Signing in comes before there is an actor.")
def sign_in(request: HttpRequest) -> HttpResponse:
    """A passkey; or address and password, then a code."""
    if getattr(request, "actor", None):
        return redirect(safe_next(request))
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, address = form.cleaned_data["email"], lockout.address_of(request)
        lockout.refuse_if_locked(email, address)
        officer = password.officer_with_password(email, form.cleaned_data["password"])
        if officer is not None and factors.count(officer):
            request.session.cycle_key()
            request.session[_PENDING] = [str(officer.pk), officer.auth_epoch]
            return redirect(_with_next("sign_in_code", request))
        _failed(request, email, Officer.unguarded.filter(email=plain_address(email)).first())
        form.add_error(None, WRONG)
    context = {
        "form": form,
        "next": safe_next(request),
        "persons": persons(),
        "without_posting": officer_of_session(request) is not None,
    }
    return render(request, "accounts/sign_in.html", context)


@public("The second step of signing in.")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator app, for the officer whose password was right a moment ago."""
    officer = _pending(request)
    if officer is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lockout.refuse_if_locked(officer.email, lockout.address_of(request))
        if totp.code_is_right(officer, form.cleaned_data["code"]):
            return _finished(request, officer, "totp")
        _failed(request, officer.email, officer)
        form.add_error("code", WRONG_CODE)
    return render(request, "accounts/code.html", {"form": form, "next": safe_next(request)})


@public("The second step of signing in, for somebody without the phone.")
def sign_in_recovery(request: HttpRequest) -> HttpResponse:
    """A recovery code instead; afterwards the security page, since a factor was lost."""
    officer = _pending(request)
    if officer is None:
        return redirect("sign_in")
    form = RecoveryCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lockout.refuse_if_locked(officer.email, lockout.address_of(request))
        if recovery_codes.use(officer, form.cleaned_data["code"]):
            _finished(request, officer, "recovery_code")
            left = recovery_codes.left(officer)
            messages.warning(
                request,
                _("You used a recovery code; %(left)s are left. Set up a new factor now, and remove the lost one.")
                % {"left": left},
            )
            return redirect("security")
        _failed(request, officer.email, officer)
        form.add_error("code", WRONG)
    return render(request, "accounts/recovery_code.html", {"form": form, "next": safe_next(request)})


@public("A challenge names nobody; the passkey does.", methods=("POST",))
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for a passkey of this site."""
    lockout.refuse_if_locked("", lockout.address_of(request))
    return JsonResponse(passkey.begin(request.session))


@public("Signing in comes before there is an actor.", methods=("POST",))
def sign_in_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey is both factors: the device, and the finger or number that opens it."""
    lockout.refuse_if_locked("", lockout.address_of(request))
    try:
        officer = passkey.complete(request.session, request.POST.get("credential", ""))
    except passkey.WrongPasskey:
        _failed(request, "", None)
        messages.error(request, WRONG_PASSKEY)
        return redirect(_with_next("sign_in", request))
    return _finished(request, officer, "passkey")


@page(Officer, Action.VISIT)
def step_up(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A fresh factor, before nominal data, validation and changes of who is who."""
    officer = Officer.unguarded.get(pk__in=[actor.officer_id])
    if settings.DEMONSTRATION and request.session.get(finish.FACTOR) == "demonstration":
        finish.step_up(request, officer, factor="demonstration")
        return redirect(safe_next(request))
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST":
        lockout.refuse_if_locked(officer.email, lockout.address_of(request), lockout.INSIDE)
        factor = _fresh_factor(request, officer, form)
        if factor:
            finish.step_up(request, officer, factor=factor)
            return redirect(safe_next(request))
    context = {
        "form": form,
        "next": safe_next(request),
        "has_passkey": bool(passkey.keys_of(officer)),
        "has_app": totp.is_enrolled(officer),
    }
    return render(request, "accounts/step_up.html", context)


@page(Officer, Action.VISIT, methods=("POST",))
def step_up_options(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A challenge for one of the officer's own passkeys."""
    return JsonResponse(passkey.begin(request.session, Officer.unguarded.get(pk__in=[actor.officer_id])))


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


def _fresh_factor(request: HttpRequest, officer: Officer, form: CodeForm) -> str:
    """The factor that was just shown; '' and an error in the form or a message where it was not right."""
    if "credential" in request.POST:
        try:
            passkey.complete(request.session, request.POST["credential"], officer)
        except passkey.WrongPasskey:
            messages.error(request, WRONG_PASSKEY)
        else:
            return "passkey"
    elif form.is_valid():
        if totp.code_is_right(officer, form.cleaned_data["code"]):
            return "totp"
        form.add_error("code", WRONG_CODE)
    else:
        return ""
    _failed(request, officer.email, officer, lockout.INSIDE)
    return ""


def _finished(request: HttpRequest, officer: Officer, factor: str) -> HttpResponse:
    there = safe_next(request)
    finish.finish_sign_in(request, officer, factor=factor)
    lockout.forgive(officer.email)
    return redirect(there)


def _with_next(name: str, request: HttpRequest) -> str:
    return f"{reverse(name)}?{urlencode({'next': safe_next(request)})}"


def _failed(request: HttpRequest, email: str, officer: Officer | None, at: str = lockout.DOOR) -> None:
    """Counts the failure and writes its event; the one that locks says so in the trail."""
    locked = lockout.count_failure(email, lockout.address_of(request), at)
    what = finish.what(officer) if officer else trail.NOTHING
    with transaction.atomic():
        trail.record(trail.NOBODY, Verb.SIGN_IN_FAILED, what)
        if locked:
            trail.record(trail.NOBODY, Verb.SIGN_IN_LOCKED, what)
