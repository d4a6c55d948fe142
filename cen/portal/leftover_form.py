"""The reasons why what was found in the texts may leave."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.refusals import Finding
from cen.actions.leftover_reasons import LONGEST_REASON, place_of
from cen.leftovers import Leftover


class LeftoverForm(forms.Form):
    """A field for each leftover; the answers are the reasons by `place_of`."""

    def __init__(self, data: QueryDict | None, leftovers: Sequence[Leftover]) -> None:
        super().__init__(data)
        for one in leftovers:
            self.fields[place_of(one)] = forms.CharField(
                label=_("Why may this stay: %s") % one.excerpt,
                help_text=str(one.sentence),
                max_length=LONGEST_REASON,
                error_messages={"required": _("Say why this may stay.")},
            )

    def show(self, findings: Sequence[Finding]) -> list[Finding]:
        """Puts each finding at its field; gives back those that belong to none."""
        others = []
        for finding in findings:
            if finding.pointer in self.fields and finding.code.startswith("leftover"):
                sentence = finding.sentence if finding.code != "leftover" else _("Say why this may stay.")
                self.add_error(finding.pointer, forms.ValidationError(sentence, code=finding.code))
            else:
                others.append(finding)
        return others
