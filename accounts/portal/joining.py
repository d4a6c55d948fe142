"""From the link in a mail to an account: invitation, password, factor, recovery codes; or a factor anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.access.portal import public
from accounts.actions.joining import LinkIsOver, Newcomer, invitation_of, join, join_as_known, officer_invited
from accounts.letters import hash_of
from accounts.middleware import officer_of_session
from accounts.models import Invitation, LetterKind, Officer
from accounts.portal.sign_in_forms import (
    WRONG,
    WRONG_CODE,
    WRONG_PASSKEY,
    CodeForm,
    HandOverForm,
    NewPasswordForm,
    PasskeyNameForm,
)
from accounts.sign_in import factors, finish, links, lockout, passkey, recovery_codes, totp
from accounts.sign_in.adapter import open_text, seal_text
from audit import trail
from audit.uuid7 import uuid7
from audit.verbs import Verb

# What is proved so far, in the session: nothing of it opens a page of the portal.
_JOINING = "opencen_joining"
_ENROLLING = "opencen_enrolling"


@public("An invited person has no account yet; the link's secret is the proof.")
def join_page(request: HttpRequest, secret: str) -> HttpResponse:
    """Who invites whom to what. Following the link changes nothing: programs that check mails follow links too."""
    lockout.refuse_if_locked("", lockout.address_of(request))
    try:
        invitation = invitation_of(secret)
    except LinkIsOver:
        lockout.count_failure("", lockout.address_of(request))
        raise
    known, here = officer_invited(invitation), officer_of_session(request)
    somebody_else = here is not None and (known is None or known.pk != here.pk)
    if request.method == "POST" and not somebody_else:
        if known is None:
            return _begin_joining(request, invitation, secret)
        if here is not None:
            posting = join_as_known(here, secret)
            request.session[finish.SEAT] = posting.seat_key
            messages.success(request, _("You hold the new role now."))
            return redirect("home")
    context = {
        "invitation": invitation,
        "known": known,
        "here": here,
        "somebody_else": somebody_else,
        "address": request.path,
    }
    return render(request, "accounts/join.html", context)


def _begin_joining(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    # A new session: nothing that somebody planted before can wait in it for the sign-in.
    request.session.flush()
    request.session[_JOINING] = {
        "invitation": str(invitation.pk),
        "hash": hash_of(secret).hex(),
        "officer": str(uuid7()),
        "email": invitation.email,
        "name": invitation.display_name,
    }
    return redirect("join_password")


@public("An invited person has no account yet; the session knows which link was followed.")
def join_password(request: HttpRequest) -> HttpResponse:
    """A password of one's own; kept as its hash until the factor is proved."""
    joining = request.session.get(_JOINING)
    if joining is None:
        raise LinkIsOver
    form = NewPasswordForm(request.POST or None, officer=_newcomer(joining))
    if request.method == "POST" and form.is_valid():
        request.session[_JOINING] = joining | {"password": make_password(form.cleaned_data["password"])}
        return redirect("enrol_factor")
    return render(request, "accounts/join_password.html", {"form": form, "email": joining["email"]})


@public("Somebody whose factors were reset can't sign in; link, password and hand-over code are the proof.")
def enrol_anew(request: HttpRequest, link: str) -> HttpResponse:
    """Password and hand-over code, before a new factor may be set up."""
    officer = links.enrolment.officer_of(link)
    if officer is None:
        raise LinkIsOver
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = lockout.address_of(request)
        lockout.refuse_if_locked(officer.email, address)
        right_password = officer.check_password(form.cleaned_data["password"])
        if links.hand_over_code_is_right(officer, form.cleaned_data["code"]) and right_password:
            request.session.flush()
            request.session[_ENROLLING] = {"officer": str(officer.pk), "epoch": officer.auth_epoch}
            return redirect("enrol_factor")
        locked = lockout.count_failure(officer.email, address)
        with transaction.atomic():
            trail.record(trail.NOBODY, Verb.SIGN_IN_LOCKED if locked else Verb.SIGN_IN_FAILED, finish.what(officer))
        form.add_error(None, WRONG)
    return render(request, "accounts/enrol_anew.html", {"form": form})


@public("The last step of joining: the session knows whose password was set or proved.")
def enrol_factor(request: HttpRequest) -> HttpResponse:
    """An authenticator app or a passkey; then the account opens and the recovery codes are shown."""
    under_way = _under_way(request)
    form, named, problem = CodeForm(), PasskeyNameForm(initial={"name": _("My passkey")}), ""
    if request.method == "POST" and "credential" in request.POST:
        named = PasskeyNameForm(request.POST)
        try:
            credential = passkey.complete_enrolment(request.session, under_way.officer, request.POST["credential"])
        except passkey.WrongPasskey:
            problem = str(WRONG_PASSKEY)
        else:
            name = named.cleaned_data["name"] if named.is_valid() else str(_("My passkey"))
            store = partial(passkey.store, name=name, credential=credential)
            return _enrolled(request, under_way, store, "passkey")
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid():
            code, secret = form.cleaned_data["code"], _secret(request)
            if totp.code_fits(secret, code):
                return _enrolled(request, under_way, lambda officer: _enrol_app(officer, secret, code), "totp")
            form.add_error("code", WRONG_CODE)
    context = {"form": form, "named": named, "secret": _secret(request), "problem": problem}
    return render(request, "accounts/enrol_factor.html", context)


@public("The picture of the secret that the page itself shows as text.", methods=("GET",))
def enrol_picture(request: HttpRequest) -> HttpResponse:
    """The QR code for the authenticator app."""
    under_way = _under_way(request)
    return HttpResponse(totp.picture(under_way.officer, _secret(request)), content_type="image/svg+xml")


@public("A challenge for the person whose password was just set or proved.", methods=("POST",))
def enrol_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(passkey.begin_enrolment(request.session, _under_way(request).officer))


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """Whose factor is being set up, and how it ends: a new account, or an old one made whole."""

    officer: Officer
    end: Callable[[Callable[[Officer], None], str], tuple[Officer, list[str]]]


def _under_way(request: HttpRequest) -> _UnderWay:
    joining, enrolling = request.session.get(_JOINING), request.session.get(_ENROLLING)
    if joining and "password" in joining:
        return _UnderWay(_newcomer(joining), partial(_join, joining))
    if enrolling:
        officer = Officer.unguarded.filter(
            pk=enrolling["officer"], auth_epoch=enrolling["epoch"], is_active=True
        ).first()
        if officer is not None:
            return _UnderWay(officer, partial(_make_whole, officer))
    raise LinkIsOver


def _newcomer(joining: dict[str, Any]) -> Officer:
    return Officer(id=UUID(joining["officer"]), email=joining["email"], display_name=joining["name"])


def _join(joining: dict[str, Any], enrol: Callable[[Officer], None], factor: str) -> tuple[Officer, list[str]]:
    newcomer = Newcomer(UUID(joining["officer"]), joining["password"], enrol, factor)
    return join(UUID(joining["invitation"]), bytes.fromhex(joining["hash"]), newcomer)


def _make_whole(officer: Officer, enrol: Callable[[Officer], None], factor: str) -> tuple[Officer, list[str]]:
    with transaction.atomic():
        current = Officer.unguarded.select_for_update().get(pk=officer.pk)
        if current.auth_epoch != officer.auth_epoch:
            raise LinkIsOver
        factors.forget_all(current)
        enrol(current)
        codes = recovery_codes.make(current)
        letters.write(LetterKind.FACTORS_CHANGED, officer=current)
        what = finish.what(current)
        trail.record(trail.Who("officer", str(current.pk)), Verb.OFFICER_ENROLLED, what, facts={"factor": factor})
    return current, codes


def _enrol_app(officer: Officer, secret: str, code: str) -> None:
    if not totp.enrol(officer, secret, code):
        raise LinkIsOver(WRONG_CODE)


def _enrolled(
    request: HttpRequest, under_way: _UnderWay, enrol: Callable[[Officer], None], factor: str
) -> HttpResponse:
    with transaction.atomic():
        officer, codes = under_way.end(enrol, factor)
        finish.finish_sign_in(request, officer, factor=factor)
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


def _secret(request: HttpRequest) -> str:
    """The app's secret of this enrolment: the same while the page is open, sealed, gone with the session."""
    key = _JOINING if request.session.get(_JOINING) else _ENROLLING
    kept = request.session[key]
    if "secret" not in kept:
        request.session[key] = kept | {"secret": seal_text(totp.new_secret())}
    return open_text(request.session[key]["secret"])
