"""A forgotten password: a link by mail, then a new one. The mailbox alone never opens an account."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.access.portal import public
from accounts.actions.joining import LinkIsOver
from accounts.actions.own_account import set_password
from accounts.models import LetterKind, Officer
from accounts.models.officer import plain_address
from accounts.portal.sign_in_forms import AddressForm, NewPasswordForm
from accounts.sign_in import links, lockout
from audit import trail


@public("Somebody who forgot the password can't sign in.")
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Asks for a link; the answer, and the work until it, are the same whether the address has an account."""
    form = AddressForm(request.POST or None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        email = plain_address(form.cleaned_data["email"])
        if lockout.may_have_link(email, lockout.address_of(request)):
            with transaction.atomic():
                officer = Officer.unguarded.filter(email=email, is_active=True).first()
                letters.write(LetterKind.PASSWORD_LINK, officer=officer)
    return render(request, "accounts/forgotten_password.html", {"form": form, "asked": asked})


@public("The link by mail is the proof; a factor is still needed to sign in.")
def new_password(request: HttpRequest, link: str) -> HttpResponse:
    """A new password for the holder of a link that still works. Every session of the person ends."""
    officer = links.password.officer_of(link)
    if officer is None:
        raise LinkIsOver
    form = NewPasswordForm(request.POST or None, officer=officer)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            current = Officer.unguarded.select_for_update().get(pk=officer.pk)
            # Asked again under the lock: two clicks on one link set one password.
            if current.password != officer.password:
                raise LinkIsOver
            set_password(trail.Who("officer", str(current.pk)), current, form.cleaned_data["password"])
        lockout.forgive(officer.email)
        messages.success(request, _("Your password is changed. Sign in with it and your second factor."))
        return redirect("sign_in")
    return render(request, "accounts/new_password.html", {"form": form, "email": officer.email})
