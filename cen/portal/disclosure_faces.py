"""The words of alerts about disclosures (alerts.portal.faces)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alerts.portal import faces
from alerts.portal.faces import Line

REASONS = {
    "disclosure.asked": _("somebody asks you for nominal detail"),
    "disclosure.answered": _("the owner answered your request for nominal detail"),
    "disclosure.revoked": _("the owner ended what was granted to you"),
}


class DisclosureFace:
    pointing: frozenset[str] = frozenset()

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def line(self, headline: dict[str, Any]) -> Line:
        url = reverse("disclosure", args=[headline["disclosure"]]) if headline.get("disclosure") else ""
        return Line(str(headline.get("reference", "")), url, str(headline.get("state", "")))

    def reason(self, reason: dict[str, Any]) -> str:
        return str(REASONS[self.kind])


for kind in REASONS:
    faces.show(DisclosureFace(kind))
