"""The security page: a person's factors, recovery codes, sessions and last sign-ins."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.access.actions import Action
from accounts.access.portal import page
from accounts.actions import own_account
from accounts.actor import Actor
from accounts.models import Officer
from accounts.portal.sign_in_forms import WRONG_CODE, WRONG_PASSKEY, ChangePasswordForm, CodeForm, PasskeyNameForm
from accounts.sign_in import finish, lockout, passkey, recovery_codes, sessions, totp
from accounts.sign_in.adapter import open_text, seal_text
from accounts.sign_in.history import last_sign_ins

_SECRET = "opencen_app_secret"  # noqa: S105  (the name under which the session keeps it)


def _self(actor: Actor) -> Officer:
    found: Officer = Officer.unguarded.get(pk__in=[actor.officer_id])
    return found


@page(Officer, Action.VISIT, methods=("GET",))
def security(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All that opens the account, and what was opened with it."""
    officer = _self(actor)
    context = {
        "officer": officer,
        "app": totp.app_of(officer),
        "passkeys": [
            {"id": row.pk, "name": row.wrap().name, "added": row.created_at, "used": row.last_used_at}
            for row in passkey.keys_of(officer)
        ],
        "codes_left": recovery_codes.left(officer),
        "sessions": sessions.open_sessions(officer.pk, officer.auth_epoch, request.session.session_key or ""),
        "sign_ins": last_sign_ins(actor),
    }
    return render(request, "accounts/security.html", context)


@page(Officer, Action.AMEND)
def add_app(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Sets up an authenticator app, in place of an earlier one."""
    if _SECRET not in request.session:
        request.session[_SECRET] = seal_text(totp.new_secret())
    secret = open_text(request.session[_SECRET])
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if own_account.add_app(actor, secret, form.cleaned_data["code"]):
            del request.session[_SECRET]
            messages.success(request, _("The authenticator app is set up."))
            return redirect("security")
        form.add_error("code", WRONG_CODE)
    return render(request, "accounts/add_app.html", {"form": form, "secret": secret})


@page(Officer, Action.AMEND, methods=("GET",))
def app_picture(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The QR code of the app that is being set up; an empty picture where none is."""
    secret = request.session.get(_SECRET)
    picture = totp.picture(_self(actor), open_text(secret)) if secret else '<svg xmlns="http://www.w3.org/2000/svg"/>'
    return HttpResponse(picture, content_type="image/svg+xml")


@page(Officer, Action.AMEND)
def add_passkey(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Adds a passkey under a name of one's own."""
    form = PasskeyNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            credential = passkey.complete_enrolment(request.session, _self(actor), request.POST.get("credential", ""))
        except passkey.WrongPasskey:
            form.add_error(None, WRONG_PASSKEY)
        else:
            own_account.add_passkey(actor, form.cleaned_data["name"], credential)
            messages.success(request, _("The passkey is set up."))
            return redirect("security")
    return render(request, "accounts/add_passkey.html", {"form": form})


@page(Officer, Action.AMEND, methods=("POST",))
def add_passkey_options(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(passkey.begin_enrolment(request.session, _self(actor)))


@page(Officer, Action.AMEND, methods=("POST",))
def remove_factor(request: HttpRequest, actor: Actor, factor_id: int) -> HttpResponse:
    """Removes an app or a passkey; other sessions end."""
    finish.keep_session(request, own_account.remove_factor(actor, factor_id))
    messages.success(request, _("The factor is removed, and your other sessions have ended."))
    return redirect("security")


@page(Officer, Action.AMEND, methods=("POST",))
def renew_recovery_codes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """New recovery codes, shown once."""
    return render(request, "accounts/recovery_codes.html", {"codes": own_account.new_recovery_codes(actor)})


@sensitive_post_parameters()
@page(Officer, Action.AMEND)
def change_password(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new password for somebody who knows the present one."""
    officer = _self(actor)
    form = ChangePasswordForm(request.POST or None, officer=officer)
    if request.method == "POST":
        lockout.refuse_if_locked(officer.email, lockout.address_of(request), lockout.INSIDE)
        if form.is_valid():
            if officer.check_password(form.cleaned_data["present"]):
                finish.keep_session(request, own_account.change_password(actor, form.cleaned_data["password"]))
                messages.success(request, _("Your password is changed, and your other sessions have ended."))
                return redirect("security")
            lockout.count_failure(officer.email, lockout.address_of(request), lockout.INSIDE)
            form.add_error("present", _("This is not your present password."))
    return render(request, "accounts/change_password.html", {"form": form})


@page(Officer, Action.VISIT, methods=("POST",))
def end_session(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ends one other session, or all of them."""
    current = request.session.session_key or ""
    if mark := request.POST.get("session", ""):
        sessions.end_session(actor, mark)
        messages.success(request, _("The session has ended."))
    else:
        sessions.end_other_sessions(actor, current)
        messages.success(request, _("All your other sessions have ended."))
    return redirect("security")
