"""Findings that a person may keep after looking: their codes travel with the form as `confirmed`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Finding

_MOST = 40


class ConfirmedField(forms.MultipleChoiceField):
    """Check boxes for the findings shown; codes confirmed earlier stay ticked. Any well-formed code is taken:
    a code that no rule knows confirms nothing."""

    def __init__(self) -> None:
        super().__init__(label=_("I looked at this and keep it"), required=False, widget=forms.CheckboxSelectMultiple)

    def valid_value(self, value: Any) -> bool:
        text = str(value)
        return len(text) <= 40 and text.replace("_", "").isalnum()


class Confirms(forms.Form):
    """A form whose `confirmed` lists the codes of findings that the person keeps."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"] = ConfirmedField()
        self._offered: dict[str, Any] = {}
        given = self.data.getlist("confirmed") if self.is_bound and hasattr(self.data, "getlist") else ()
        # Confirmed before: kept as answered, named by their codes until a finding brings its sentence again.
        self._offer((code, _("Confirmed before: %s") % code) for code in [*given, *self.initial.get("confirmed", [])])

    def offer(self, findings: Iterable[Finding]) -> None:
        """Lets the person confirm what may be confirmed."""
        self._offer((one.code, one.sentence) for one in findings if one.severity == "confirm")

    def confirmed(self) -> list[str]:
        """The codes that were ticked."""
        return sorted(set(self.cleaned_data["confirmed"]))[:_MOST]

    @property
    def asks_to_confirm(self) -> bool:
        """Whether there is anything to tick."""
        return bool(self._offered)

    def _offer(self, pairs: Iterable[tuple[str, Any]]) -> None:
        field: Any = self.fields["confirmed"]
        self._offered |= {code: label for code, label in pairs if field.valid_value(code)}
        field.choices = list(self._offered.items())
        if not self._offered:
            field.widget = forms.MultipleHiddenInput()
        else:
            field.widget = forms.CheckboxSelectMultiple(choices=field.choices)
