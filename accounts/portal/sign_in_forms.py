"""The forms of signing in, joining and the security page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Officer

WRONG = _("The address, the password or the code is not right.")
WRONG_CODE = _("This code is not right, or was used already. Wait for the next one and try again.")
WRONG_PASSKEY = _("The passkey did not work. Try again, or use another way.")


class PasswordForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=200,
        strip=False,
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of your authenticator app"),
        help_text=_("Six digits. A new one appears every 30 seconds."),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class RecoveryCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("One of the ten codes you were given when you set up your account. Each works once."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


def _rules() -> str:
    return " ".join(password_validators_help_texts())


class NewPasswordForm(forms.Form):
    """A new password, typed twice, that passes the installation's rules for this person."""

    password = forms.CharField(
        label=_("New password"),
        help_text=lazy(_rules, str)(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
        strip=False,
    )
    again = forms.CharField(
        label=_("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
        strip=False,
    )

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.officer)
        return password

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return given


class ChangePasswordForm(NewPasswordForm):
    """The same for somebody who is signed in: the present password is asked first."""

    present = forms.CharField(
        label=_("Your present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=200,
        strip=False,
    )
    field_order = ["present", "password", "again"]


class HandOverForm(forms.Form):
    """What somebody whose factors were reset must know: the password, and what the contact point said."""

    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=200,
        strip=False,
    )
    code = forms.CharField(
        label=_("Hand-over code"),
        help_text=_("Your contact point tells you this code by voice. It is not in the mail."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you can tell your passkeys apart, such as: office laptop."),
        max_length=60,
    )
